import { Admission } from './admission';
import { persistentVolumeClaimResize } from './claim-resize';
import { namespaceLifecycle } from './namespace-lifecycle';
import { defaultTolerationSeconds, priority, runtimeClass, taintNodesByCondition } from './pod-policies';
import { podTopologyLabels } from './pod-topology-labels';
import { serviceAccount } from './service-account';
import { defaultStorageClass, storageObjectInUseProtection } from './storage-policies';

/** The admission plugins that are on, in the order of pkg/kubeapiserver/options AllOrderedPlugins. */
export const admission = new Admission([
  namespaceLifecycle,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  podTopologyLabels,
]);
