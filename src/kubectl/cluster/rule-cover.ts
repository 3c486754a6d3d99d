import type { Json } from '../../api/objects';
import type { JsonObject } from '../format/json';
import { listAt } from '../format/json';

const texts = (rule: Json, field: string): string[] => listAt(rule, field).map(String);

/** The parts of rules that other rules do not allow, each with one verb, one resource and one name at most. Models Covers. */
export function uncovered(owned: readonly Json[], wanted: readonly Json[]): JsonObject[] {
  return wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function breakDown(rule: Json): JsonObject[] {
  const names = texts(rule, 'resourceNames');
  const verbs = texts(rule, 'verbs');
  const onResources = texts(rule, 'apiGroups').flatMap((group) =>
    texts(rule, 'resources').flatMap((resource) =>
      verbs.flatMap((verb): JsonObject[] => {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] };
        return names.length === 0 ? [part] : names.map((name) => ({ ...part, resourceNames: [name] }));
      }),
    ),
  );
  const onUrls = texts(rule, 'nonResourceURLs').flatMap((url) =>
    verbs.map((verb): JsonObject => ({ verbs: [verb], nonResourceURLs: [url] })),
  );
  return [...onResources, ...onUrls];
}

/** Models ruleCovers: the part has one of everything at most. */
function covers(rule: Json, part: JsonObject): boolean {
  const holds = (field: string): boolean => {
    const set = texts(rule, field);
    return set.includes('*') || texts(part, field).every((one) => set.includes(one));
  };
  const names = texts(rule, 'resourceNames');
  const wanted = texts(part, 'resourceNames');
  const named = names.length === 0 || (wanted.length > 0 && wanted.every((name) => names.includes(name)));
  return (
    holds('verbs') &&
    holds('apiGroups') &&
    coversResources(texts(rule, 'resources'), texts(part, 'resources')) &&
    coversUrls(texts(rule, 'nonResourceURLs'), texts(part, 'nonResourceURLs')) &&
    named
  );
}

/** `*` stands for all resources, and `*` before a subresource for that of all. */
function coversResources(set: readonly string[], wanted: readonly string[]): boolean {
  return (
    set.includes('*') ||
    wanted.every((path) => {
      const slash = path.indexOf('/');
      return set.includes(path) || (slash >= 0 && set.includes(`*${path.slice(slash)}`));
    })
  );
}

function coversUrls(set: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((url) =>
    set.some((one) => one === url || one === '*' || (one.endsWith('*') && url.startsWith(one.slice(0, -1)))),
  );
}
