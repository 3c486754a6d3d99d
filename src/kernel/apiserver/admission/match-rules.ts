import type { LabelSelector } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import type { Core } from '../core';
import type { AdmissionRequest } from './admission';

/** Models apiserver/pkg/admission/plugin/webhook/predicates: which requests somebody wants to see. */

export interface Rule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

export interface MatchSelectors {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

const GROUP = 'admissionregistration.k8s.io';

/** Whether anybody is asked at all. What says who is asked is not among it; nor are the writes of the cluster's own parts, but for new Pods. */
export function isAsked({ resource, operation, write }: AdmissionRequest): boolean {
  if (resource.row.group === GROUP) return false;
  return !write.trusted || (operation === 'create' && resource.kind.resource === 'pods');
}

const has = (words: readonly string[] | undefined, word: string): boolean =>
  words?.some((one) => one === '*' || one === word) === true;

export function matchesRule(rule: Rule, { operation, resource, subresource, name, object }: AdmissionRequest): boolean {
  const { group, version, resource: plural, namespaced } = resource.row;
  const whole = subresource === '' ? plural : `${plural}/${subresource}`;
  const resources = rule.resources ?? [];
  const wanted =
    resources.includes('*/*') ||
    resources.includes(whole) ||
    (subresource === ''
      ? resources.includes('*')
      : resources.includes(`${plural}/*`) || resources.includes(`*/${subresource}`));
  const scope = rule.scope ?? '*';
  const names = rule.resourceNames ?? [];
  return (
    wanted &&
    has(rule.operations, operation.toUpperCase()) &&
    has(rule.apiGroups, group) &&
    has(rule.apiVersions, version) &&
    (scope === '*' || (scope === 'Namespaced') === namespaced) &&
    (names.length === 0 || names.includes(name || object.metadata.name))
  );
}

/** A Namespace is selected by its own labels, what is in none by any selector. */
export function matchesSelectors(
  { namespaceSelector, objectSelector }: MatchSelectors,
  request: AdmissionRequest,
  core: Core,
): boolean {
  const { object, current, namespace, resource } = request;
  const selects = (selector: LabelSelector | undefined, labels: Record<string, string> | undefined): boolean =>
    selector === undefined || Object.keys(selector).length === 0 || selectorMatches(selector, labels ?? {});
  const place =
    resource.kind.resource === 'namespaces'
      ? object
      : namespace === ''
        ? undefined
        : core.store.get('namespaces', namespace);
  if (place && !selects(namespaceSelector, place.metadata.labels)) return false;
  return (
    selects(objectSelector, object.metadata.labels) ||
    (current !== undefined && selects(objectSelector, current.metadata.labels))
  );
}
