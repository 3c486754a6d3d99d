import type { Namespace } from '../../../api/objects';
import { ApiError, forbidden, notFound } from '../../../api/status';
import type { AdmissionPlugin } from './admission';

const IMMORTAL = ['default', 'kube-system', 'kube-public'];

/** Models plugin/pkg/admission/namespace/lifecycle: nothing is made where there is no namespace, or one that goes. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit({ operation, resource, namespace, name, object }, core) {
    if (operation !== 'create' || !resource.row.namespaced) return object;
    const found = core.store.get('namespaces', namespace) as Namespace | undefined;
    if (!found) throw notFound('', 'namespaces', namespace);
    if (found.status.phase !== 'Terminating') return object;
    const { group, resource: plural } = resource.row;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const refusal = forbidden(group, plural, name, why);
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    };
    throw new ApiError(403, 'Forbidden', refusal.message, { ...refusal.status.details, causes: [cause] });
  },
  validate({ operation, resource, name }) {
    if (operation !== 'delete' || resource.kind.resource !== 'namespaces' || !IMMORTAL.includes(name)) return;
    throw forbidden('', 'namespaces', name, 'this namespace may not be deleted');
  },
};
