import { changeField } from '../field-path';
import type { FieldSpec } from '../field-specs';
import { isSelected } from '../identity';
import type { Gvk } from '../identity';
import type { ResourceList } from '../resource-list';
import { hashOf } from '../generate';

/** Kinds whose names mean something beyond the cluster's objects. */
const KEPT: readonly Gvk[] = [
  { kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', kind: 'APIService' },
  { kind: 'Namespace' },
];

/** Puts text before or after the names of resources. Models PrefixTransformerPlugin and SuffixTransformerPlugin. */
export function transformNames(
  list: ResourceList,
  text: string,
  side: 'prefixes' | 'suffixes',
  specs: readonly FieldSpec[],
): void {
  for (const resource of list.resources) {
    const original = resource.originalIdentity;
    if (KEPT.some((kind) => isSelected(original, kind))) continue;
    for (const spec of specs) {
      if (!isSelected(original, spec)) continue;
      if (spec.path === 'metadata/name') {
        resource[side].push(text);
        resource.storeIdentity();
      }
      changeField(resource.object, spec, (name) =>
        typeof name === 'object' ? name : side === 'prefixes' ? `${text}${name ?? ''}` : `${name ?? ''}${text}`,
      );
    }
  }
}

/** Puts a hash of the data after the names of what was generated. Models HashTransformerPlugin. */
export async function transformHashes(list: ResourceList): Promise<void> {
  for (const resource of list.resources) {
    if (!resource.needsHash) continue;
    const hash = await hashOf(resource);
    resource.storeIdentity();
    resource.name = `${resource.name}-${hash}`;
  }
}
