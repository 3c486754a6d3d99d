import { parseTime } from '../../api/time';
import type { ContainerStatus, Node, Pod } from '../../api/objects';
import type { RINGS } from '../../protocol/frame';
import { POD_FLAGS, POD_PHASES, type PodPhase } from '../../protocol/frame';
import { conditionStatus, holds } from '../../api/conditions';

/** What of a Pod's object the stage shows. Ring times are virtual milliseconds. */
export interface PodState {
  phase: PodPhase;
  flags: number;
  ring: (typeof RINGS)[number];
  ringFromMs: number;
  ringUntilMs: number;
  ready: number;
  containers: number;
  restarts: number;
}

const PULL_TROUBLE = new Set(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull']);

/** Reads a Pod and the Node it is bound to, if there is one. `epochMs` is the wall time of virtual time 0. */
export function podState(pod: Pod, node: Node | undefined, epochMs: number): PodState {
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  const main = pod.status.containerStatuses ?? [];
  const phase = phaseOf(pod, node, statuses);
  return {
    phase,
    flags: flagsOf(pod, statuses, phase),
    ...ringOf(pod, node, statuses, epochMs),
    ready: main.filter((status) => status.ready).length,
    containers: pod.spec.containers.length,
    restarts: statuses.reduce((sum, status) => sum + status.restartCount, 0),
  };
}

/** The number of a phase in `PodColumns.phase`. */
export const phaseNumber = (phase: PodPhase): number => POD_PHASES.indexOf(phase);

function phaseOf(pod: Pod, node: Node | undefined, statuses: readonly ContainerStatus[]): PodPhase {
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed') return phase;
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  if (!pod.spec.nodeName) return 'Pending';
  if (conditionStatus(node, 'Ready') === 'Unknown' || phase === 'Unknown') return 'Unknown';
  if (statuses.some((status) => status.state?.waiting?.reason === 'CrashLoopBackOff')) return 'CrashLoopBackOff';
  if (phase !== 'Running') return 'Creating';
  return isReady(pod) ? 'Running' : 'NotReady';
}

export function isReady(pod: Pod): boolean {
  return holds(pod, 'Ready');
}

function flagsOf(pod: Pod, statuses: readonly ContainerStatus[], phase: PodPhase): number {
  let flags = 0;
  for (const { state, lastState, ready, started, name } of statuses) {
    const last = state?.terminated ?? (state?.waiting ? lastState?.terminated : undefined);
    if (last?.reason === 'OOMKilled') flags |= POD_FLAGS.oomKilled;
    if (PULL_TROUBLE.has(state?.waiting?.reason ?? '')) flags |= POD_FLAGS.imagePullBackOff;
    const probed = pod.spec.containers.find((container) => container.name === name)?.readinessProbe;
    if (probed && state?.running && started && !ready && phase === 'NotReady') flags |= POD_FLAGS.probeFailing;
  }
  if (pod.status.reason === 'Evicted') flags |= POD_FLAGS.evicted;
  if (pod.metadata.namespace === 'kube-system') flags |= POD_FLAGS.system;
  return flags;
}

type RingState = Pick<PodState, 'ring' | 'ringFromMs' | 'ringUntilMs'>;
const NO_RING: RingState = { ring: 'none', ringFromMs: 0, ringUntilMs: 0 };

/** The clock that runs on the Pod: the grace period, the back-off, or what its toleration leaves it. */
function ringOf(pod: Pod, node: Node | undefined, statuses: readonly ContainerStatus[], epochMs: number): RingState {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp) {
    const untilMs = parseTime(deletionTimestamp) - epochMs;
    return {
      ring: 'grace period',
      ringFromMs: untilMs - (deletionGracePeriodSeconds ?? 0) * 1000,
      ringUntilMs: untilMs,
    };
  }
  for (const status of statuses) {
    const delayMs =
      status.state?.waiting?.reason === 'CrashLoopBackOff' ? backOffMs(status.state.waiting.message ?? '') : 0;
    const ended = status.lastState?.terminated?.finishedAt;
    if (delayMs <= 0 || !ended) continue;
    const fromMs = parseTime(ended) - epochMs;
    return { ring: 'back-off', ringFromMs: fromMs, ringUntilMs: fromMs + delayMs };
  }
  return evictionRing(pod, node, epochMs);
}

/** How long a `back-off 1m20s restarting failed container` lasts. */
export function backOffMs(message: string): number {
  const match = /back-off (?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)? restarting/.exec(message);
  if (!match) return 0;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

/** The earliest moment at which a NoExecute taint's toleration runs out. */
function evictionRing(pod: Pod, node: Node | undefined, epochMs: number): RingState {
  let best = NO_RING;
  for (const taint of node?.spec.taints ?? []) {
    if (taint.effect !== 'NoExecute' || !taint.timeAdded) continue;
    const seconds = tolerationSeconds(pod, taint.key, taint.value ?? '');
    if (seconds === undefined) continue;
    const fromMs = parseTime(taint.timeAdded) - epochMs;
    const untilMs = fromMs + seconds * 1000;
    if (best.ring === 'none' || untilMs < best.ringUntilMs)
      best = { ring: 'tolerationSeconds', ringFromMs: fromMs, ringUntilMs: untilMs };
  }
  return best;
}

/** The fewest seconds of the tolerations that match; undefined where one has no limit, or none matches. */
function tolerationSeconds(pod: Pod, key: string, value: string): number | undefined {
  const matching = (pod.spec.tolerations ?? []).filter((toleration) => {
    if (toleration.effect && toleration.effect !== 'NoExecute') return false;
    if (toleration.key && toleration.key !== key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === value;
  });
  const limits = matching.map((toleration) => toleration.tolerationSeconds);
  if (limits.length === 0 || limits.includes(undefined)) return undefined;
  return Math.max(0, Math.min(...(limits as number[])));
}
