import { withTopologyLabels } from '../admission/pod-topology-labels';
import { freezeDeep } from '../../../base/state';
import {
  objectKey,
  type ApiObject,
  type LabelSelector,
  type Pod,
  type PodCondition,
} from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import { ApiError, conflict, notFound } from '../../../api/status';
import type { Core, Write } from '../core';
import { removeObject, type Removed } from '../deletion';
import type { Resource } from '../kind';
import type { RemoveOptions } from '../typed-client';
import { updateObject } from '../writes';

/** Models pkg/registry/core/pod/storage: binding and eviction. */

/** What is used of a Binding. */
export interface BindingBody {
  metadata?: { name?: string; uid?: string; resourceVersion?: string; annotations?: Record<string, string> };
  target?: { kind?: string; name?: string };
}


/** Binds a Pod to a Node. Throws ApiError: 404, and 409 for a Pod that is bound or being deleted. */
export function bindPod(
  core: Core,
  pods: Resource,
  namespace: string,
  name: string,
  binding: BindingBody,
  write: Write,
): void {
  const nodeName = binding.target?.name ?? '';
  const target = { resource: pods, namespace, name, subresource: 'binding' };
  const refusal = (why: string): ApiError => conflict('', 'pods/binding', name, why);
  updateObject(
    core,
    target,
    (current) => {
      const pod = current as Pod;
      const { uid, resourceVersion } = binding.metadata ?? {};
      if (uid && uid !== pod.metadata.uid) {
        throw refusal(
          `StorageError: invalid object, Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`,
        );
      }
      if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion) {
        throw refusal(
          `StorageError: invalid object, Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${pod.metadata.resourceVersion}`,
        );
      }
      if (pod.metadata.deletionTimestamp) throw refusal(`pod ${name} is being deleted, cannot be assigned to a host`);
      if (pod.spec.nodeName) throw refusal(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
      return bound(core, pod, nodeName, binding.metadata?.annotations);
    },
    write,
  );
}

/** The Pod on its node. What it was nominated for is over. Models BindingREST.setPodNodeAndMetadata. */
function bound(core: Core, pod: Pod, nodeName: string, annotations: Record<string, string> | undefined): Pod {
  const metadata = withTopologyLabels(core, pod.metadata, nodeName);
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations };
  const { nominatedNodeName: _nominated, ...status } = pod.status;
  return {
    ...pod,
    metadata,
    spec: { ...pod.spec, nodeName },
    status: { ...status, conditions: scheduled(core, pod) },
  };
}

/** The Pod's conditions with PodScheduled true. */
function scheduled(core: Core, pod: Pod): PodCondition[] {
  const conditions = pod.status.conditions ?? [];
  const known = conditions.find((one) => one.type === 'PodScheduled');
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null as unknown as string,
    lastTransitionTime: known?.status === 'True' ? known.lastTransitionTime! : core.clock.time,
  };
  return [...conditions.filter((one) => one !== known), condition];
}

/** Evicts a Pod, unless a budget forbids it. Throws ApiError: 404, 429 TooManyRequests. */
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
  if (!isBeyondBudgets(pod)) spendBudget(core, pod, write);
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

/** What is used of a PodDisruptionBudget. */
interface Budget extends ApiObject {
  spec: { selector?: LabelSelector };
  status: { disruptionsAllowed: number; observedGeneration?: number; disruptedPods?: Record<string, string> };
}

/** Takes the eviction from the budget that covers the Pod. */
function spendBudget(core: Core, pod: Pod, write: Write): void {
  const { namespace = '', name, labels } = pod.metadata;
  const budgets = [...core.store.keysIn('poddisruptionbudgets', namespace)].map(
    (key) => core.store.get('poddisruptionbudgets', key) as Budget,
  );
  const covering = budgets.filter((budget) => selectorMatches(budget.spec.selector, labels));
  const [budget] = covering;
  if (!budget) return;
  if (covering.length > 1) {
    throw new ApiError(
      500,
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const { status } = budget;
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
    throw tooManyEvictions(`The disruption budget ${budget.metadata.name} is still being processed by the server.`);
  }
  if (status.disruptionsAllowed <= 0) {
    throw tooManyEvictions(`The disruption budget ${budget.metadata.name} does not allow evicting pods currently`);
  }
  if (write.dryRun) return;
  const disruptedPods = { ...status.disruptedPods, [name]: core.clock.time };
  const spent: Budget = {
    ...budget,
    status: { ...status, disruptionsAllowed: status.disruptionsAllowed - 1, disruptedPods },
  };
  core.store.put('poddisruptionbudgets', objectKey(budget), freezeDeep(spent), core.clock.nowMs, write.cause);
}

function tooManyEvictions(why: string): ApiError {
  return new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: why }],
  });
}

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
  updateObject(core, target, change, { ...write, trusted: true });
}
