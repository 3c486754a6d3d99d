import type {
  ConfigMap,
  Event,
  Lease,
  PersistentVolume,
  PersistentVolumeClaim,
  PriorityClass,
  Secret,
  ServiceAccount,
  StorageClass,
  VolumeAttachment,
} from '../../../api/objects';
import {
  configMapTable,
  eventTable,
  leaseTable,
  priorityClassTable,
  secretTable,
  serviceAccountTable,
} from '../columns/small';
import { attachmentTable, claimTable, storageClassTable, volumeTable } from '../columns/storage';
import { setKey } from '../../../api/json';
import { validateClaim, validateClaimUpdate } from '../validation/claims';
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateSecret,
  validateSecretUpdate,
} from '../validation/config-data';
import { validateEvent } from '../validation/events';
import { validateLease, validatePriorityClass, validatePriorityClassUpdate } from '../validation/leases';
import { validateVolume, validateVolumeUpdate } from '../validation/persistent-volumes';
import {
  validateAttachment,
  validateAttachmentUpdate,
  validateStorageClass,
  validateStorageClassUpdate,
} from '../validation/storage-classes';
import { fill, within } from '../defaults/fill';
import type { Kind } from '../kind';

export const configmaps: Kind<ConfigMap> = {
  resource: 'configmaps',
  table: configMapTable,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
};

/** `stringData` is for writing only: it ends up in `data`. */
function withStringData(secret: Secret): Secret {
  const { stringData, ...others } = secret;
  if (!stringData) return secret;
  const data = { ...secret.data };
  for (const key of Object.keys(stringData)) setKey(data, key, base64(stringData[key]!));
  return { ...others, data };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

export const secrets: Kind<Secret> = {
  resource: 'secrets',
  table: secretTable,
  selectableFields: { type: (secret) => secret.type ?? '' },
  defaults: (secret) => fill(withStringData(secret), { type: 'Opaque' }),
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
};

export const serviceaccounts: Kind<ServiceAccount> = {
  resource: 'serviceaccounts',
  returnsDeleted: true,
  table: serviceAccountTable,
};

export const events: Kind<Event> = {
  resource: 'events',
  table: eventTable,
  createsOnUpdate: true,
  validate: validateEvent,
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  },
};

export const persistentvolumes: Kind<PersistentVolume> = {
  resource: 'persistentvolumes',
  table: volumeTable,
  returnsDeleted: true,
  defaults: (volume) =>
    within(volume, 'spec', (spec) =>
      within(fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }), 'hostPath', (source) =>
        fill(source, { type: '' }),
      ),
    ),
  prepareCreate: (volume, core) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: core.clock.time },
  }),
  warnings: (volume) =>
    volume.spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : [],
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
};

type ClaimSpec = PersistentVolumeClaim['spec'];

/** Only claims and snapshots can be sources; the old field and the new one say the same. Models NormalizeDataSources. */
function withDataSources(spec: ClaimSpec): ClaimSpec {
  const { dataSource, ...others } = spec;
  if (!dataSource)
    return spec.dataSourceRef && !spec.dataSourceRef.namespace ? { ...spec, dataSource: spec.dataSourceRef } : spec;
  const known = dataSource.kind === 'PersistentVolumeClaim' || dataSource.kind === 'VolumeSnapshot';
  if (!known) return others;
  return spec.dataSourceRef ? spec : { ...spec, dataSourceRef: dataSource };
}

export const persistentvolumeclaims: Kind<PersistentVolumeClaim> = {
  resource: 'persistentvolumeclaims',
  table: claimTable,
  returnsDeleted: true,
  defaults: (claim) => within(claim, 'spec', (spec) => fill(spec, { volumeMode: 'Filesystem' })),
  prepareCreate: (claim) => ({ ...claim, spec: withDataSources(claim.spec), status: { phase: 'Pending' } }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
};

export const storageclasses: Kind<StorageClass> = {
  resource: 'storageclasses',
  returnsDeleted: true,
  table: storageClassTable,
  defaults: (storageClass) => fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
};

export const volumeattachments: Kind<VolumeAttachment> = {
  resource: 'volumeattachments',
  returnsDeleted: true,
  needsRevision: true,
  table: attachmentTable,
  validate: validateAttachment,
  validateUpdate: validateAttachmentUpdate,
};

export const priorityclasses: Kind<PriorityClass> = {
  resource: 'priorityclasses',
  table: priorityClassTable,
  prepareCreate: (priorityClass) => ({ ...priorityClass, metadata: { ...priorityClass.metadata, generation: 1 } }),
  defaults: (priorityClass) => fill(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
};

export const leases: Kind<Lease> = {
  resource: 'leases',
  needsRevision: true,
  table: leaseTable,
  createsOnUpdate: true,
  validate: validateLease,
  validateUpdate: (next, _current, errors) => validateLease(next, errors),
};
