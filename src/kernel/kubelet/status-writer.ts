import { conditionOf } from '../../api/conditions';
import { equalJson } from '../../api/json';
import { Alike } from '../../base/alike';
import { freezeDeep } from '../../base/state';
import type { Pod, PodCondition, PodStatus } from '../../api/objects';
import type { KubeletCore } from './core';
import { KUBELET_CONDITIONS } from './pod-conditions';
import type { PodRecord } from './state';

const isTerminal = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed';

/**
 * Takes a status in and tells the API server, if it changed. A Pod whose containers may still run never becomes
 * terminal. Models pkg/kubelet/status/status_manager.go.
 */
export function setStatus(core: KubeletCore, record: PodRecord, status: PodStatus): void {
  const before = record.status ?? record.pod.status;
  const next =
    couldRun(record) && isTerminal(status.phase) && !isTerminal(before.phase) ? heldBack(status, before) : status;
  const isFirst = record.status === null;
  if (record.status && equalJson(record.status, next)) return;
  record.status = freezeDeep(next);
  record.statusDirty = true;
  writeStatus(core, record, isFirst);
}

/** The sandbox is there: the API server hears of that alone, before anything else is known. Models kubelet.go OnPodSandboxReady. */
export function reportSandbox(core: KubeletCore, record: PodRecord): void {
  const { status } = record;
  if (!status) return;
  const type = 'PodReadyToStartContainers';
  const conditions = (status.conditions ?? []).map((condition) =>
    condition.type === type && condition.status !== 'True'
      ? alikeReady.share({ ...condition, status: 'True', lastTransitionTime: core.time })
      : condition,
  );
  setStatus(core, record, { ...status, conditions });
}

/** Of Pods whose sandboxes are ready within a second. */
const alikeReady = new Alike<PodCondition>(4);

/** Whether containers of the Pod may still run. */
function couldRun(record: PodRecord): boolean {
  return !record.refused && (record.stage === 'sync' || record.stage === 'terminating');
}

function heldBack(status: PodStatus, before: PodStatus): PodStatus {
  const { reason: _reason, message: _message, ...rest } = status;
  return {
    ...rest,
    ...(before.reason ? { reason: before.reason } : {}),
    ...(before.message ? { message: before.message } : {}),
    phase: before.phase ?? 'Pending',
  };
}

/** Tells the API server what it has not heard yet. `compare`: it may have heard it from this kubelet's last process. */
export function writeStatus(core: KubeletCore, record: PodRecord, compare = true): void {
  const { status } = record;
  if (!status || !record.statusDirty || record.gone) return;
  core.because(record);
  const written = core.write(() => {
    core.parts.client.patch(
      'pods',
      record.namespace,
      record.name,
      (current) => merged(record.uid, current, status, compare),
      'status',
    );
  });
  if (written) record.statusDirty = false;
}

/** The kubelet's status with what others have written into it. */
function merged(uid: string, current: Pod, status: PodStatus, compare: boolean): Pod {
  if (current.metadata.uid !== uid) return current;
  const { conditions = [], qosClass, nominatedNodeName, resourceClaimStatuses } = current.status;
  const isOwn = (type: string): boolean => KUBELET_CONDITIONS.has(type) || conditionOf({ status }, type) !== undefined;
  const foreign = conditions.filter((condition) => !isOwn(condition.type));
  let next = status;
  if (foreign.length > 0 || nominatedNodeName || resourceClaimStatuses || qosClass !== status.qosClass) {
    const all = [...(status.conditions ?? []), ...foreign];
    next = { ...status, ...(all.length > 0 ? { conditions: all } : {}) };
    if (qosClass) next.qosClass = qosClass;
    if (nominatedNodeName) next.nominatedNodeName = nominatedNodeName;
    if (resourceClaimStatuses) next.resourceClaimStatuses = resourceClaimStatuses;
  }
  return compare && equalJson(next, current.status) ? current : { ...current, status: next };
}

/**
 * The last word on a Pod that has been terminated: containers that never ran count as failed, and the phase is
 * final. Models status_manager.go TerminatePod.
 */
export function markTerminated(core: KubeletCore, record: PodRecord): void {
  const { status } = record;
  if (!status) return;
  const initialized = hasInitialized(status);
  const containerStatuses = (status.containerStatuses ?? []).map((one) =>
    one.state?.terminated || !initialized ? one : { ...one, state: { terminated: UNLOCATED } },
  );
  setStatus(core, record, {
    ...status,
    ...(status.containerStatuses ? { containerStatuses } : {}),
    ...(isTerminal(status.phase) ? {} : { phase: 'Failed' }),
  });
}

/** Whether a container after the init containers has ever started, or the last of them has succeeded. */
function hasInitialized({ initContainerStatuses = [], containerStatuses = [] }: PodStatus): boolean {
  const last = initContainerStatuses.at(-1);
  if (!last || containerStatuses.some((one) => one.lastState?.terminated || !one.state?.waiting)) return true;
  return last.state?.terminated?.exitCode === 0 || last.lastState?.terminated?.exitCode === 0;
}

const UNLOCATED = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
  startedAt: null as unknown as string,
  finishedAt: null as unknown as string,
};

/** The Pod is gone from the machine: the object that was only waiting for this goes too. */
export function removePod(core: KubeletCore, record: PodRecord): void {
  if (record.gone || !record.pod.metadata.deletionTimestamp) return;
  core.because(record);
  core.write(() => {
    core.parts.client.remove('pods', record.namespace, record.name, { gracePeriodSeconds: 0, uid: record.uid });
  });
}
