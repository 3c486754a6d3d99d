import { controllerOf, type Pod, type PodDisruptionBudget, type Volume } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import { parseTime } from '../../api/time';
import { isTerminal } from './simulation';

/** Which Pods keep a node from being removed. Models cluster-autoscaler/simulator/drainability/rules. */

const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const SAFE_VOLUMES = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
const MIRROR = 'kubernetes.io/config.mirror';
/** A Pod that should have been gone for so long is not waited for. */
const LONG_TERMINATING_MS = 30_000;

export type BlockingReason =
  'NotReplicated' | 'UnmovableKubeSystemPod' | 'NotSafeToEvictAnnotation' | 'LocalStorageRequested' | 'NotEnoughPdb';

/** What removing its node means for a Pod: it need not be moved, it is to be moved, or it is in the way. */
export type Drainability = 'skip' | 'move' | BlockingReason;

export function drainability(pod: Pod, budgets: readonly PodDisruptionBudget[], epochNowMs: number): Drainability {
  const safe = pod.metadata.annotations?.[SAFE_TO_EVICT];
  const covering = budgets.filter((budget) => covers(budget, pod));
  if (pod.metadata.annotations?.[MIRROR] !== undefined || isLongTerminating(pod, epochNowMs)) return 'skip';
  if (controllerOf(pod)?.kind === 'DaemonSet' || isTerminal(pod)) return 'skip';
  if (safe !== 'true') {
    if (!controllerOf(pod)) return 'NotReplicated';
    if (pod.metadata.namespace === 'kube-system' && covering.length === 0) return 'UnmovableKubeSystemPod';
    if (safe === 'false') return 'NotSafeToEvictAnnotation';
    if (hasLocalStorage(pod)) return 'LocalStorageRequested';
  }
  return covering.some(({ status }) => (status.disruptionsAllowed ?? 0) < 1) ? 'NotEnoughPdb' : 'move';
}

const covers = (budget: PodDisruptionBudget, pod: Pod): boolean =>
  budget.metadata.namespace === pod.metadata.namespace && selectorMatches(budget.spec.selector, pod.metadata.labels);

function isLongTerminating({ metadata }: Pod, epochNowMs: number): boolean {
  return (
    metadata.deletionTimestamp !== undefined && parseTime(metadata.deletionTimestamp) + LONG_TERMINATING_MS < epochNowMs
  );
}

/** Models utils/drain HasBlockingLocalStorage. */
function hasLocalStorage(pod: Pod): boolean {
  const safe = (pod.metadata.annotations?.[SAFE_VOLUMES] ?? '').split(',').map((name) => name.trim());
  const isLocal = ({ emptyDir, hostPath }: Volume): boolean =>
    hostPath !== undefined || (emptyDir !== undefined && emptyDir.medium !== 'Memory');
  return (pod.spec.volumes ?? []).some((volume) => isLocal(volume) && !safe.includes(volume.name));
}
