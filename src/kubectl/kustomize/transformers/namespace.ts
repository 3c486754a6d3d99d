import { CliError } from '../../errors';
import type { JsonObject } from '../../format/json';
import { isObject, listAt, setAt, textAt } from '../../format/json';
import { changeField } from '../field-path';
import type { FieldSpec } from '../field-specs';
import { isClusterScoped, sameIdentity } from '../identity';
import type { ResourceList } from '../resource-list';
import type { Resource } from '../resource';

/** Puts all resources into one namespace. Models NamespaceTransformerPlugin. */
export function transformNamespace(list: ResourceList, namespace: string, specs: readonly FieldSpec[]): void {
  for (const resource of list.resources) {
    resource.storeIdentity();
    setNamespace(resource, namespace, specs);
    const { identity } = resource;
    const same = list.resources.filter((one) => sameIdentity(one.identity, identity));
    if (same.length !== 1) {
      const texts = same.map(({ object }) => JSON.stringify(object));
      throw new CliError(`namespace transformation produces ID conflict: [${texts.join(' ')}]`);
    }
  }
}

function setNamespace(resource: Resource, namespace: string, specs: readonly FieldSpec[]): void {
  const { object } = resource;
  if (!isClusterScoped(resource.identity)) setAt(object, namespace, 'metadata', 'namespace');
  if (/^(Cluster)?RoleBinding$/.test(textAt(object, 'kind'))) setSubjects(object, namespace);
  for (const spec of specs) {
    /* Only a core Namespace is named after the namespace. */
    if (spec.path === 'metadata/name' && object['apiVersion'] !== 'v1') continue;
    changeField(object, spec, () => namespace, '');
  }
}

/** Subjects named `default` move along. */
function setSubjects(object: JsonObject, namespace: string): void {
  for (const subject of listAt(object, 'subjects'))
    if (isObject(subject) && subject['name'] === 'default') subject['namespace'] = namespace;
}
