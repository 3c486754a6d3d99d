import type { Container, ContainerState, ContainerStatus } from '../../api/objects';
import { Alike } from '../../base/alike';
import { seenRun, specOf, type KubeletCore } from './core';
import { deviceStatus } from './devices';
import { actualResources } from './allocation';
import { isReady, isStarted } from './probe-results';
import { AWAITING_ANEW, TAKEN_AWAY } from './restart-all';
import { shouldStart } from './restart-policy';
import type { ContainerRecord, PodRecord, Run } from './state';

/** A container's status as the kubelet has seen it. Models pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses. */
export function containerStatus(core: KubeletCore, record: PodRecord, container: ContainerRecord): ContainerStatus {
  const spec = specOf(record, container.name);
  const run = seenRun(container);
  const hasInit = (record.pod.spec.initContainers?.length ?? 0) > 0;
  let state: ContainerState = { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } };
  let lastState: ContainerState = NO_STATE;
  if (run) {
    state = stateOf(core, run);
    const before = container.runs.find((one) => one.attempt < run.attempt && one.seen === 'exited');
    if (before) lastState = before.attempt === container.cleared ? { terminated: TAKEN_AWAY } : stateOf(core, before);
  } else if (container.cleared !== undefined) {
    state = { waiting: AWAITING_ANEW };
    lastState = { terminated: TAKEN_AWAY };
  }
  if (container.trouble && run?.seen !== 'running' && canBeInTrouble(record, container, run)) {
    if (state.terminated) lastState = { terminated: state.terminated };
    const { reason, message } = container.trouble;
    state = { waiting: { reason, ...(message ? { message } : {}) } };
  }
  return {
    name: container.name,
    state,
    lastState,
    ready: isReady(record, container, run),
    restartCount: run?.attempt ?? (container.cleared ?? -1) + 1,
    image: run?.image ?? spec.image ?? '',
    imageID: run?.imageId ?? '',
    ...(run ? { containerID: run.id } : {}),
    started: isStarted(record, container, run),
    ...(run ? resourcesOf(actualResources(record, container, run), spec.resources?.requests) : {}),
    ...deviceStatus(core, record, container.name),
  } as ContainerStatus;
}

const NO_STATE: ContainerState = Object.freeze({});

/** A trouble shows while the container is to be started, not when it has ended for good. */
function canBeInTrouble(record: PodRecord, container: ContainerRecord, run: Run | undefined): boolean {
  if (container.kind === 'init' && run?.seen === 'exited' && run.exitCode === 0) return false;
  return shouldStart(record, container, run);
}

function stateOf(core: KubeletCore, run: Run): ContainerState {
  const startedAt = core.timeAt(run.startedMs || run.createdMs);
  if (run.seen === 'running') return { running: { startedAt } };
  return {
    terminated: {
      exitCode: run.exitCode,
      reason: run.reason,
      ...(run.message ? { message: run.message } : {}),
      startedAt,
      finishedAt: core.timeAt(run.finishedMs),
      containerID: run.id,
    },
  };
}

/** What the container has, and what is allocated to it, as its status repeats them. */
function resourcesOf(actual: Resources, allocated: Requests): Partial<ContainerStatus> {
  const { requests, limits } = actual ?? {};
  return {
    resources: alikeResources.share({
      ...(limits && Object.keys(limits).length > 0 ? { limits } : {}),
      ...(requests && Object.keys(requests).length > 0 ? { requests } : {}),
    }),
    ...(allocated && Object.keys(allocated).length > 0 ? { allocatedResources: allocated } : {}),
  };
}

const alikeResources = new Alike<NonNullable<Resources>>(8);

type Resources = Container['resources'];
type Requests = NonNullable<Resources>['requests'];
