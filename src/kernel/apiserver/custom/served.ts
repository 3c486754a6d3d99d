import type { Store } from '../../store/store';
import type { Resource } from '../kind';
import { customResource } from './custom-kind';
import { DEFINITIONS, hasCondition, type Definition } from './definition';

/** Derived from definitions, which are frozen: the same definition always stands for the same resources. */
const known = new WeakMap<Definition, readonly Resource[]>();

/** The custom resources that are served now, the stored version of each first. */
export function servedResources(store: Store): Resource[] {
  return [...store.all(DEFINITIONS).values()].flatMap((object) => resourcesOf(object as Definition));
}

function resourcesOf(definition: Definition): readonly Resource[] {
  let resources = known.get(definition);
  if (!resources) {
    const served = hasCondition(definition, 'Established') ? definition.spec.versions.filter((one) => one.served) : [];
    const ordered = [...served].sort((left, right) => Number(right.storage) - Number(left.storage));
    resources = ordered.map((version) => customResource(definition, version));
    known.set(definition, resources);
  }
  return resources;
}
