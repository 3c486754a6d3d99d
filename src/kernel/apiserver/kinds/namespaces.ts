import type { Namespace } from '../../../api/objects';
import { namespaceTable } from '../columns/node';
import type { Kind } from '../kind';
import { validateNamespace } from '../validation/nodes';
import { equalJson } from '../../../api/json';

const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Models pkg/registry/core/namespace. */
export const namespaces: Kind<Namespace> = {
  resource: 'namespaces',
  selectableFields: {
    name: (namespace) => namespace.metadata.name,
    'status.phase': (namespace) => namespace.status.phase ?? '',
  },
  table: namespaceTable,
  defaults(namespace) {
    const { name, labels } = namespace.metadata;
    if (!name || labels?.[NAME_LABEL] === name) return namespace;
    return { ...namespace, metadata: { ...namespace.metadata, labels: { ...labels, [NAME_LABEL]: name } } };
  },
  prepareCreate(namespace) {
    const finalizers = namespace.spec?.finalizers ?? [];
    const spec = {
      ...namespace.spec,
      finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'],
    };
    return { ...namespace, spec, status: { phase: 'Active' } };
  },
  prepareUpdate: (next, current) => (equalJson(next.spec, current.spec) ? next : { ...next, spec: current.spec }),
  validate: validateNamespace,
  startDeletion: (namespace) => ({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } }),
  mayVanish: (namespace) => !namespace.spec.finalizers?.length && !namespace.metadata.finalizers?.length,
};
