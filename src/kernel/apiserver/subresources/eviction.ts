import { conditionOf, holds } from '../../../api/conditions';
import { withDisruptionAllowed } from '../../../api/disruption';
import { objectKey, type ApiObject, type Pod, type PodCondition, type PodDisruptionBudget } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import { ApiError, forbidden, notFound } from '../../../api/status';
import { freezeDeep } from '../../../base/state';
import type { Core, Write } from '../core';
import { removeObject, type Removed } from '../deletion';
import type { Resource } from '../kind';
import { ownersToKeep } from '../ownership/pending';
import type { RemoveOptions } from '../typed-client';
import { updateObject } from '../writes';

/** Models pkg/registry/core/pod/storage/eviction.go. */

/** Evictions granted that the budget's controller has not noticed yet: more are not believed. */
const DISRUPTED_PODS_MAX = 2000;
/** When to come again where the budget has not been counted yet. */
const RETRY_AFTER_SECONDS = 10;

/** Evicts a Pod unless a budget forbids it. Throws ApiError: 404, 403, 429 TooManyRequests, 500 where budgets overlap. */
export function evictPod(
  core: Core,
  pods: Resource,
  namespace: string,
  name: string,
  options: RemoveOptions,
  write: Write,
): Removed {
  const pod = core.store.get('pods', `${namespace}/${name}`) as Pod | undefined;
  if (!pod) throw notFound('', 'pods', name);
  const budget = isBeyondBudgets(pod) ? undefined : budgetOf(core, pod);
  if (budget && !isNoLoss(pod, budget)) spend(core, pod, budget, write);
  markEvicted(core, pods, pod, options, write);
  return removeObject(core, pods, namespace, name, options, write);
}

/** Pods that do no work cannot be missed. Models canIgnorePDB. */
function isBeyondBudgets(pod: Pod): boolean {
  const { phase } = pod.status;
  return (
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
  );
}

/** The budget that covers the Pod. */
function budgetOf(core: Core, { metadata }: Pod): PodDisruptionBudget | undefined {
  const { namespace = '', labels } = metadata;
  const covering = [...core.store.keysIn('poddisruptionbudgets', namespace)]
    .map((key) => core.store.get('poddisruptionbudgets', key) as PodDisruptionBudget)
    .filter((budget) => selectorMatches(budget.spec.selector, labels));
  if (covering.length <= 1) return covering[0];
  const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  throw new ApiError(500, '', message);
}

/** Whether the Pod is not ready and the budget lets such Pods go: always, or while enough others are ready. */
function isNoLoss(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (holds(pod, 'Ready')) return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** Takes the eviction from the budget. Models checkAndDecrement. */
function spend(core: Core, pod: Pod, budget: PodDisruptionBudget, write: Write): void {
  const { name, generation = 0 } = budget.metadata;
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {}, conditions } = budget.status;
  if (observedGeneration < generation)
    throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`, RETRY_AFTER_SECONDS);
  if (disruptionsAllowed < 0) throw mistrusted(name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > DISRUPTED_PODS_MAX)
    throw mistrusted(name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (disruptionsAllowed === 0) throw tooManyRequests(whyNone(budget));
  if (write.dryRun) return;
  const now = core.clock.time;
  const status = {
    ...budget.status,
    disruptionsAllowed: disruptionsAllowed - 1,
    disruptedPods: { ...disruptedPods, [pod.metadata.name]: now },
  };
  if (disruptionsAllowed === 1)
    status.conditions = withDisruptionAllowed(conditions, 'InsufficientPods', '', observedGeneration, now);
  const spent = freezeDeep({ ...budget, status });
  core.store.put('poddisruptionbudgets', objectKey(budget), spent, core.clock.nowMs, write.cause, ownersToKeep(budget));
}

/** The cause in the refusal: a condition that failed or says something tells more than the counts. */
function whyNone({ metadata, status }: PodDisruptionBudget): string {
  const subject = `The disruption budget ${metadata.name}`;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  const condition = conditionOf({ status }, 'DisruptionAllowed');
  const told = condition?.status === 'False' && condition.message ? condition : undefined;
  if (told?.reason === 'SyncFailed')
    return `${subject} does not allow evicting pods currently because it failed sync: ${told.message}`;
  if (currentHealthy <= desiredHealthy)
    return `${subject} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return `${subject} does not allow evicting pods currently${told ? ` (${told.reason}): ${told.message}` : ''}`;
}

function tooManyRequests(why: string, retryAfterSeconds?: number): ApiError {
  return new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

const mistrusted = (name: string, why: string): ApiError => forbidden('policy', 'poddisruptionbudget', name, why);

/** Writes into the status why the Pod is about to end; not where it ends at once. */
function markEvicted(core: Core, pods: Resource, pod: Pod, options: RemoveOptions, write: Write): void {
  if (pods.kind.gracePeriodSeconds!(pod, options.gracePeriodSeconds) === 0 || write.dryRun) return;
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastProbeTime: null as unknown as string,
    lastTransitionTime: core.clock.time,
  };
  const others = (pod.status.conditions ?? []).filter((one) => one.type !== condition.type);
  const target = {
    resource: pods,
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    subresource: 'status',
  };
  const change = (current: ApiObject): ApiObject =>
    ({ ...current, status: { ...(current as Pod).status, conditions: [...others, condition] } }) as ApiObject;
  updateObject(core, target, change, { ...write, trusted: true, manager: undefined });
}
