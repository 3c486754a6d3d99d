import type { ContainerStatus, PodStatus } from '../../api/objects';
import { conditionOf } from '../../api/conditions';
import { hasEnded } from './container-run';
import { seenRun } from './core';
import { matchingRule } from './restart-policy';
import type { ContainerRecord, PodRecord } from './state';

/** The condition that says so while all containers are being ended to begin anew. */
export const ALL_RESTARTING = 'AllContainersRestarting';

const REASON = 'RestartingAllContainers';
const MESSAGE = 'The container is removed because RestartAllContainers in place';

/** What is said of a container's run that was taken away. */
export const TAKEN_AWAY: NonNullable<NonNullable<ContainerStatus['lastState']>['terminated']> = {
  exitCode: 137,
  reason: REASON,
  message: MESSAGE,
  startedAt: null as unknown as string,
  finishedAt: null as unknown as string,
};

/** What a container is at whose run was taken away, until the next one. */
export const AWAITING_ANEW = { reason: REASON, message: MESSAGE };

/** Whether some container's end can make all of them begin anew. Models podutil AllContainersCouldRestart. */
export function couldRestartAll({ pod: { spec } }: PodRecord): boolean {
  return [...(spec.initContainers ?? []), ...spec.containers].some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => (action as string) === 'RestartAllContainers'),
  );
}

/** Whether the container's end calls for that. */
function callsForAll(record: PodRecord, container: ContainerRecord): boolean {
  const run = seenRun(container);
  if (run?.seen !== 'exited' || !hasEnded(run)) return false;
  return matchingRule(record, container, run.exitCode)?.action === 'RestartAllContainers';
}

/** Whether the Pod's status says that its containers are being ended to begin anew. */
export function isRestartingAll({ status }: PodRecord): boolean {
  return status !== null && conditionOf({ status }, ALL_RESTARTING)?.status === 'True';
}

/** Whether all containers are to begin anew. Models pkg/kubelet/container/helpers.go ShouldAllContainersRestart. */
export function restartsAll(record: PodRecord): boolean {
  if (!couldRestartAll(record)) return false;
  return isRestartingAll(record) || [...record.containers.values()].some((one) => callsForAll(record, one));
}

/** Whether nothing of the old containers is left. Models AllContainersRestartCleanedUp. */
export function isClearedAll(record: PodRecord): boolean {
  return [...record.containers.values()].every((container) => !seenRun(container));
}

/**
 * The containers to take away, in order: those that called for it come last, so that a kubelet that stops meanwhile
 * will know.
 */
export function resetOrder(record: PodRecord): ContainerRecord[] {
  const present = [...record.containers.values()].filter((container) => seenRun(container));
  const main = [...present.filter(({ kind }) => kind === 'main'), ...present.filter(({ kind }) => kind !== 'main')];
  const calls = (container: ContainerRecord): boolean => callsForAll(record, container);
  return [...main.filter((one) => !calls(one)), ...main.filter(calls)];
}

/** A container's runs so far count no more, but as restarts. */
export function takeAway(container: ContainerRecord): void {
  const run = seenRun(container);
  if (run) container.cleared = run.attempt;
}

/** A Pod that ran goes on running while its containers begin anew, init containers and all. */
export function phaseKept(record: PodRecord, before: PodStatus, derived: string): string {
  if (before.phase !== 'Running' || derived === 'Running' || !couldRestartAll(record)) return derived;
  const isBetween = [...record.containers.values()].some((one) => one.cleared !== undefined && !seenRun(one));
  return derived === 'Pending' || isBetween || restartsAll(record) ? 'Running' : derived;
}
