import type { PersistentVolumeClaim, StorageClass } from '../../../api/objects';
import { compareQuantities, quantityOf } from '../../../api/quantity';
import { forbidden } from '../../../api/status';
import type { AdmissionPlugin } from './admission';

/** Models plugin/pkg/admission/storage/persistentvolume/resize: only a class that allows it lets a claim grow. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate({ operation, object, current, name }, core) {
    if (operation !== 'update' || object === current) return;
    const [next, old] = [object as PersistentVolumeClaim, current as PersistentVolumeClaim];
    const [size, oldSize] = [next.spec.resources?.requests?.['storage'], old.spec.resources?.requests?.['storage']];
    if (size === undefined || oldSize === undefined || compareQuantities(quantityOf(size), quantityOf(oldSize)) <= 0)
      return;
    const refuse = (why: string): Error => forbidden('', 'persistentvolumeclaims', name, why);
    if (old.status.phase !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded');
    const storageClass = core.store.get('storageclasses', next.spec.storageClassName ?? '') as StorageClass | undefined;
    if (storageClass?.allowVolumeExpansion === true) return;
    throw refuse(
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
};
