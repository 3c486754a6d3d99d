import type { CSIDriver, CSINode, CSIStorageCapacity, VolumeAttributesClass } from '../../../api/objects';
import { csiDriverTable, csiNodeTable, storageCapacityTable, volumeAttributesClassTable } from '../columns/storage';
import { fill, within } from '../defaults/fill';
import type { Kind } from '../kind';
import {
  validateCsiDriver,
  validateCsiDriverUpdate,
  validateStorageCapacity,
  validateStorageCapacityUpdate,
  validateVolumeAttributesClass,
  validateVolumeAttributesClassUpdate,
} from '../validation/csi-drivers';
import { validateCsiNode, validateCsiNodeUpdate } from '../validation/csi-nodes';

/** Models pkg/registry/storage: what drivers say of themselves, and the classes of what they can change. */

export const csinodes: Kind<CSINode> = {
  resource: 'csinodes',
  table: csiNodeTable,
  returnsDeleted: true,
  needsRevision: true,
  validate: validateCsiNode,
  validateUpdate: validateCsiNodeUpdate,
};

export const csidrivers: Kind<CSIDriver> = {
  resource: 'csidrivers',
  table: csiDriverTable,
  returnsDeleted: true,
  needsRevision: true,
  generation: true,
  /** Models SetDefaults_CSIDriver. */
  defaults: (driver) =>
    within(driver, 'spec', (spec) =>
      fill(spec, {
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        volumeLifecycleModes: ['Persistent'],
        requiresRepublish: false,
        seLinuxMount: false,
      }),
    ),
  validate: validateCsiDriver,
  validateUpdate: validateCsiDriverUpdate,
};

export const csistoragecapacities: Kind<CSIStorageCapacity> = {
  resource: 'csistoragecapacities',
  table: storageCapacityTable,
  needsRevision: true,
  validate: validateStorageCapacity,
  validateUpdate: validateStorageCapacityUpdate,
};

export const volumeattributesclasses: Kind<VolumeAttributesClass> = {
  resource: 'volumeattributesclasses',
  table: volumeAttributesClassTable,
  returnsDeleted: true,
  validate: validateVolumeAttributesClass,
  validateUpdate: validateVolumeAttributesClassUpdate,
};
