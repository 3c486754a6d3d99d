import type { Json } from '../../api/objects';
import { goList } from '../format/go-text';
import { compareBytes, listAt } from '../format/json';

interface Rule {
  verbs: string[];
  groups: string[];
  resources: string[];
  names: string[];
  urls: string[];
}

/** Rules as rows of resources, URLs, names and verbs: broken down, joined by subject, sorted. Models pkg/util/rbac. */
export function policyRows(rules: Json[]): string[][] {
  const simple = compact(rules.map(ruleOf).flatMap(breakDown));
  const order = (rule: Rule): string =>
    [rule.verbs, rule.groups, rule.resources, rule.names, rule.urls].map((part) => goList(part)).join(' ');
  return simple
    .sort((left, right) => compareBytes(order(left), order(right)))
    .map((rule) => [subjectText(rule), goList(rule.urls), goList(rule.names), goList(rule.verbs)]);
}

const texts = (rule: Json, field: string): string[] => listAt(rule, field).map(String);

function ruleOf(rule: Json): Rule {
  return {
    verbs: texts(rule, 'verbs'),
    groups: texts(rule, 'apiGroups'),
    resources: texts(rule, 'resources'),
    names: texts(rule, 'resourceNames'),
    urls: texts(rule, 'nonResourceURLs'),
  };
}

/** One rule for each group, resource and name, verbs kept together. */
function breakDown(rule: Rule): Rule[] {
  const parts: Rule[] = [];
  for (const group of rule.groups) {
    for (const resource of rule.resources) {
      const base = { groups: [group], resources: [resource], urls: [] };
      if (rule.names.length === 0) for (const verb of rule.verbs) parts.push({ ...base, names: [], verbs: [verb] });
      for (const name of rule.names)
        for (const verb of rule.verbs) parts.push({ ...base, names: [name], verbs: [verb] });
    }
  }
  for (const url of rule.urls)
    for (const verb of rule.verbs) parts.push({ groups: [], resources: [], names: [], urls: [url], verbs: [verb] });
  return parts;
}

/** Joins the verbs of rules about one resource. */
function compact(rules: Rule[]): Rule[] {
  const joined: Rule[] = [];
  const bySubject = new Map<string, Rule>();
  for (const rule of rules) {
    const key = rule.resources.length === 0 ? '' : JSON.stringify([rule.groups, rule.resources, rule.names]);
    const known = key === '' ? undefined : bySubject.get(key);
    if (known) {
      for (const verb of rule.verbs) if (!known.verbs.includes(verb)) known.verbs.push(verb);
      continue;
    }
    const copy = { ...rule, verbs: [...rule.verbs] };
    if (key !== '') bySubject.set(key, copy);
    joined.push(copy);
  }
  return joined;
}

/** `deployments.apps/scale`. Models CombineResourceGroup. */
function subjectText({ resources, groups }: Rule): string {
  const [resource = '', ...sub] = (resources[0] ?? '').split('/');
  const group = groups[0] ? `.${groups[0]}` : '';
  return resources.length === 0 ? '' : `${resource}${group}${sub.length > 0 ? `/${sub.join('/')}` : ''}`;
}
