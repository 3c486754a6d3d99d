import { requiredNodeAffinityMatches } from '../../api/node-affinity';
import type { DaemonSet, Draft, Node, Pod, PodSpec, Toleration } from '../../api/objects';
import { toleratesTaint, untoleratedTaint } from '../../api/taints';
import { REVISION_LABEL } from './controller-history';
import { podFromTemplate } from './pod-control';

/** Which nodes a DaemonSet's Pods are for. Models pkg/controller/daemon/util/daemonset_util.go. */

const GENERATION_LABEL = 'pod-template-generation';
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const NAME_FIELD = 'metadata.name';

const tolerationOf = (key: string, effect: 'NoExecute' | 'NoSchedule'): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

/** What every daemon tolerates: it is there to look after such a node. */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  tolerationOf('not-ready', 'NoExecute'),
  tolerationOf('unreachable', 'NoExecute'),
  tolerationOf('disk-pressure', 'NoSchedule'),
  tolerationOf('memory-pressure', 'NoSchedule'),
  tolerationOf('pid-pressure', 'NoSchedule'),
  tolerationOf('unschedulable', 'NoSchedule'),
];
const HOST_NETWORK_TOLERATION = tolerationOf('network-unavailable', 'NoSchedule');

const sameToleration = (left: Toleration, right: Toleration): boolean =>
  left.key === right.key &&
  left.effect === right.effect &&
  left.operator === right.operator &&
  (left.value ?? '') === (right.value ?? '');

/** Models AddOrUpdateDaemonPodTolerations. */
function tolerationsOf(spec: PodSpec | undefined): Toleration[] {
  const wanted = spec?.hostNetwork ? [...DAEMON_TOLERATIONS, HOST_NETWORK_TOLERATION] : DAEMON_TOLERATIONS;
  const present = spec?.tolerations ?? [];
  const kept = present.map((one) => wanted.find((other) => sameToleration(one, other)) ?? one);
  return [...kept, ...wanted.filter((one) => !kept.includes(one))];
}

const generationOf = (set: DaemonSet): string | undefined => set.metadata.annotations?.[TEMPLATE_GENERATION];

/** The Pod for a node, which the scheduler can place nowhere else. Models ReplaceDaemonSetPodNodeNameNodeAffinity. */
export function newDaemonPod(set: DaemonSet, nodeName: string, hash: string): Draft<Pod> {
  const { metadata, ...pod } = podFromTemplate(set.spec.template, set);
  const generation = generationOf(set);
  const labels = {
    ...metadata.labels,
    ...(generation ? { [GENERATION_LABEL]: generation } : {}),
    [REVISION_LABEL]: hash,
  };
  const matchFields = [{ key: NAME_FIELD, operator: 'In' as const, values: [nodeName] }];
  const { affinity } = pod.spec;
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
  };
  const tolerations = tolerationsOf(set.spec.template.spec as PodSpec | undefined);
  const spec = { ...pod.spec, affinity: { ...affinity, nodeAffinity }, tolerations };
  return { ...pod, metadata: { ...metadata, labels }, spec };
}

/** The node that a Pod is on or is meant for. Models GetTargetNodeName. */
export function targetNodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms) {
    const byName = matchFields.find(({ key, operator }) => key === NAME_FIELD && operator === 'In');
    if (byName?.values?.length === 1) return byName.values[0];
  }
  return undefined;
}

/** Whether a Pod was made from the present template. Models IsPodUpdated. */
export function isUpdated(set: DaemonSet, pod: Pod, hash: string): boolean {
  const generation = generationOf(set);
  const labels = pod.metadata.labels ?? {};
  return labels[REVISION_LABEL] === hash || (generation !== undefined && labels[GENERATION_LABEL] === generation);
}

/** What a DaemonSet wants of a node: that a Pod is made for it, and that one which is there may stay. */
export interface DaemonPlace {
  readonly shouldRun: boolean;
  readonly mayStay: boolean;
}

/** Says of each node what a DaemonSet wants there. Models NodeShouldRunDaemonPod. */
export function placement(set: DaemonSet): (node: Node) => DaemonPlace {
  const spec = set.spec.template.spec as PodSpec | undefined;
  const pod = { spec: spec ?? {} } as Pod;
  const tolerations = tolerationsOf(spec);
  return (node) => {
    const isMeant = !spec?.nodeName || spec.nodeName === node.metadata.name;
    if (!isMeant || !requiredNodeAffinityMatches(pod, node)) return { shouldRun: false, mayStay: false };
    const { taints } = node.spec;
    if (!untoleratedTaint(taints, tolerations)) return { shouldRun: true, mayStay: true };
    const drivenOut = taints?.some((taint) => taint.effect === 'NoExecute' && !toleratesTaint(tolerations, taint));
    return { shouldRun: false, mayStay: !drivenOut };
  };
}
