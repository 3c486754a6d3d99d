import { CLEANUP } from '../custom/settle';
import { DEFINITIONS, type Definition } from '../custom/definition';
import { fill, within } from '../defaults/fill';
import type { Kind } from '../kind';
import { validateDefinition, validateDefinitionUpdate } from '../validation/custom-resource-definitions';

/** Versions in which objects are stored, or were. */
function withStoredVersions(definition: Definition): Definition {
  const stored = definition.status.storedVersions ?? [];
  const now = definition.spec.versions?.find(({ storage }) => storage)?.name;
  if (now === undefined || stored.includes(now)) return definition;
  return { ...definition, status: { ...definition.status, storedVersions: [...stored, now] } };
}

/** Models apiextensions-apiserver/pkg/registry/customresourcedefinition strategy.go. */
export const customresourcedefinitions: Kind<Definition> = {
  resource: DEFINITIONS,
  needsRevision: true,
  generation: true,
  /** Models SetDefaults_CustomResourceDefinitionSpec. */
  defaults: (definition) =>
    within(definition, 'spec', (spec) => {
      const named = within(spec, 'names', (names) =>
        fill(names, {
          ...(names.kind ? { singular: names.kind.toLowerCase(), listKind: `${names.kind}List` } : {}),
        }),
      );
      return fill(named, { conversion: { strategy: 'None' } });
    }),
  prepareCreate: withStoredVersions,
  prepareUpdate: withStoredVersions,
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  startDeletion(marked) {
    const { metadata, status } = marked;
    const finalizers = [...(metadata.finalizers ?? []).filter((one) => one !== CLEANUP), CLEANUP];
    const terminating = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      lastTransitionTime: metadata.deletionTimestamp!,
    };
    const others = (status.conditions ?? []).filter(({ type }) => type !== 'Terminating');
    return {
      ...marked,
      metadata: { ...metadata, finalizers },
      status: { ...status, conditions: [...others, terminating] },
    };
  },
  mayVanish: () => false,
};
