import type { ControllerRevision, Draft, Pod, StatefulSet, Volume } from '../../api/objects';
import { REVISION_LABEL, templateOf } from './controller-history';
import { podFromTemplate } from './pod-control';

/** What makes a StatefulSet's Pods different from each other. Models pkg/controller/statefulset/stateful_set_utils.go. */

const NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

export const startOrdinal = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0;
const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;

/** The ordinal at the end of a Pod's name; −1 where the name is not one of the set's. Models getParentNameAndOrdinal. */
export function ordinalOf(set: StatefulSet, pod: { metadata: { name: string } }): number {
  const match = /^(.*)-([0-9]+)$/.exec(pod.metadata.name);
  return match?.[1] === set.metadata.name ? Number(match[2]) : -1;
}

/** Whether the set wants a Pod of this ordinal. Models podInOrdinalRange. */
export function inRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinal(set);
  return ordinal >= start && ordinal < start + (set.spec.replicas ?? 1);
}

/** The name of the revision that a Pod was made from. */
export const revisionOfPod = (pod: Pod): string => pod.metadata.labels?.[REVISION_LABEL] ?? '';

const identityLabels = (set: StatefulSet, ordinal: number): Record<string, string> => ({
  [NAME_LABEL]: podName(set, ordinal),
  [INDEX_LABEL]: String(ordinal),
});

/** The Pod of an ordinal at a revision. Models newVersionedStatefulSetPod. */
export function newStatefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): Draft<Pod> {
  const name = podName(set, ordinal);
  const { metadata, ...pod } = podFromTemplate(templateOf(revision), set);
  const labels = { ...metadata.labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision.metadata.name };
  const { serviceName } = set.spec;
  const volumes = volumesOf(set, ordinal, pod.spec.volumes ?? []);
  const spec = { ...pod.spec, hostname: name, ...(serviceName ? { subdomain: serviceName } : {}) };
  return { ...pod, metadata: { ...metadata, name, labels }, spec: volumes.length > 0 ? { ...spec, volumes } : spec };
}

/** The Pod with the labels of its identity; the same Pod where they are right. Models updateIdentity. */
export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const wanted = identityLabels(set, ordinalOf(set, pod));
  const labels = pod.metadata.labels ?? {};
  if (Object.entries(wanted).every(([key, value]) => labels[key] === value)) return pod;
  return { ...pod, metadata: { ...pod.metadata, labels: { ...labels, ...wanted } } };
}

/** A claim's volume takes the place of a volume of the same name in the template. Models updateStorage. */
function volumesOf(set: StatefulSet, ordinal: number, present: readonly Volume[]): Volume[] {
  const claims = claimsOf(set, ordinal).map(({ template, name }) => ({
    name: template,
    persistentVolumeClaim: { claimName: name },
  }));
  return [...claims, ...present.filter((volume) => !claims.some((one) => one.name === volume.name))];
}

/** The claims of an ordinal: from which template, and the name. */
export function claimsOf(set: StatefulSet, ordinal: number): { template: string; name: string }[] {
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => {
    const template = metadata?.name ?? '';
    return { template, name: `${template}-${podName(set, ordinal)}` };
  });
}
