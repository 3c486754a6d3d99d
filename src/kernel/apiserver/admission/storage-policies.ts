import type { ApiObject, PersistentVolumeClaim, StorageClass } from '../../../api/objects';
import type { AdmissionPlugin } from './admission';

const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
const PROTECTION: Record<string, string> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
};

/** Models plugin/pkg/admission/storage/storageclass/setdefault: a claim without a class gets the newest default one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  admit({ operation, object }, core) {
    const claim = object as PersistentVolumeClaim;
    if (operation !== 'create' || claim.spec.storageClassName !== undefined) return object;
    const classes = [...(core.store.all('storageclasses') as ReadonlyMap<string, StorageClass>).values()];
    const chosen = classes.filter(isDefault).sort(newestFirst)[0];
    return chosen ? { ...claim, spec: { ...claim.spec, storageClassName: chosen.metadata.name } } : object;
  },
};

function isDefault(storageClass: StorageClass): boolean {
  return IS_DEFAULT.some((key) => storageClass.metadata.annotations?.[key] === 'true');
}

/** Of two defaults the newer one is meant. */
export function newestFirst(left: ApiObject, right: ApiObject): number {
  const [a, b] = [left.metadata, right.metadata];
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp > b.creationTimestamp ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** Models plugin/pkg/admission/storage/storageobjectinuseprotection: what is in use stays until it is not. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: ['persistentvolumes', 'persistentvolumeclaims'],
  admit({ operation, resource, object }) {
    const finalizer = PROTECTION[resource.kind.resource]!;
    const finalizers = object.metadata.finalizers ?? [];
    if (operation !== 'create' || finalizers.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } } as ApiObject;
  },
};
