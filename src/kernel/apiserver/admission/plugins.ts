import { Admission } from './admission';
import { certificateSubjectRestriction } from './certificate-subject-restriction';
import { persistentVolumeClaimResize } from './claim-resize';
import { limitRanger } from './limit-ranger';
import { mutatingAdmissionPolicy } from './mutating-admission-policy';
import { namespaceLifecycle } from './namespace-lifecycle';
import { defaultIngressClass } from './default-ingress-class';
import { defaultTolerationSeconds, priority, taintNodesByCondition } from './pod-policies';
import { podResizeValidator } from './pod-resize';
import { podSecurity } from './pod-security';
import { podTopologyLabels } from './pod-topology-labels';
import { resourceQuota } from './resource-quota';
import { runtimeClass } from './runtime-class';
import { serviceAccount } from './service-account';
import { validatingAdmissionPolicy } from './validating-admission-policy';
import { mutatingAdmissionWebhook, validatingAdmissionWebhook } from './webhooks';
import { defaultStorageClass, storageObjectInUseProtection } from './storage-policies';

/** The admission plugins that are on, in the order of pkg/kubeapiserver/options AllOrderedPlugins. */
export const admission = new Admission([
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateSubjectRestriction,
  defaultIngressClass,
  podTopologyLabels,
  podResizeValidator,
  mutatingAdmissionPolicy,
  mutatingAdmissionWebhook,
  validatingAdmissionPolicy,
  validatingAdmissionWebhook,
  resourceQuota,
]);
