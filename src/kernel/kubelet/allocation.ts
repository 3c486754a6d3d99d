import { equalJson } from '../../api/json';
import type { Container, Pod } from '../../api/objects';
import { admitResize, requestsOf, type Refusal } from './admission';
import { isAlive } from './container-run';
import { seenRun, specOf, type KubeletCore } from './core';
import { resourcesOf } from './pod-resources';
import type { ContainerRecord, PodRecord, ResizeRecord, Run } from './state';

/**
 * What a machine has promised its Pods, which is not always what their specs ask for: a resize in place waits until there
 * is room. A record's Pod has the resources that are allocated. Models pkg/kubelet/allocation.
 */

const RETRY_MS = 180_000;
const RESIZED = ['cpu', 'memory'] as const;

type Resources = Container['resources'];

/** The Pod as it was seen last, with the resources that it asks for. */
export const wantedPod = (record: PodRecord): Pod => record.resize?.wanted ?? record.pod;

/** Takes a newer version of the Pod in. What it asks for in addition is allocated, or has to wait. */
export function takeVersion(core: KubeletCore, record: PodRecord, pod: Pod): void {
  const before = wantedPod(record);
  const asksAnew = pod.spec !== before.spec && !sameResources(pod, before);
  if (record.stage !== 'sync' || (!asksAnew && !record.resize)) {
    record.pod = pod;
    return;
  }
  const resize: ResizeRecord = (record.resize ??= newResize(pod));
  resize.wanted = pod;
  if (asksAnew) return allocate(core, record, resize);
  record.pod = resize.pending ? withResourcesOf(pod, record.pod) : pod;
}

const newResize = (wanted: Pod): ResizeRecord => ({ wanted, pending: null, inProgress: false, actual: new Map() });

function allocate(core: KubeletCore, record: PodRecord, resize: ResizeRecord): void {
  const { wanted } = resize;
  const refusal = sameResources(wanted, record.pod) ? undefined : admitResize(core, record, requestsOf(wanted));
  if (refusal) {
    record.pod = withResourcesOf(wanted, record.pod);
    return postpone(core, record, resize, refusal);
  }
  const differs = !sameResources(wanted, record.pod);
  resize.pending = null;
  if (differs) keepActual(record, resize);
  record.pod = wanted;
  record.requests = requestsOf(wanted);
  record.resources = resourcesOf(wanted);
  core.cancel('resize', record.uid);
  if (!differs) return;
  resize.inProgress = true;
  tell(core, record, 'Normal', 'ResizeStarted', 'Pod resize started');
}

function postpone(core: KubeletCore, record: PodRecord, resize: ResizeRecord, refusal: Refusal): void {
  const told = resize.pending?.message === refusal.message && resize.pending.reason === refusal.reason;
  resize.pending = refusal;
  if (refusal.reason === 'Deferred') core.after(RETRY_MS, 'resize', record.uid);
  const { reason, message } = refusal;
  if (!told) tell(core, record, 'Warning', `Resize${reason}`, `Pod resize ${reason}`, message);
}

/** What running containers have stays what it was until somebody has seen to it. */
function keepActual(record: PodRecord, { wanted, actual }: ResizeRecord): void {
  for (const container of record.containers.values()) {
    const run = seenRun(container);
    const before = specOf(record, container.name).resources;
    if (!isAlive(run) || actual.get(container.name)?.attempt === run.attempt) continue;
    if (!equalJson(before ?? {}, containerOf(wanted, container.name)?.resources ?? {}))
      actual.set(container.name, { attempt: run.attempt, resources: before });
  }
}

/** Tries the resizes again that wait for room. `resized` is told of Pods that have something new to do or to say. */
export function retryResizes(core: KubeletCore, resized: (record: PodRecord) => void): void {
  for (const record of core.state.pods.values()) {
    const { resize } = record;
    if (record.stage !== 'sync' || resize?.pending?.reason !== 'Deferred') continue;
    const { pending } = resize;
    allocate(core, record, resize);
    if (resize.pending?.message !== pending.message) resized(record);
  }
}

/** Forgets what is done with: containers that have been started anew have what is allocated. */
export function settleResize(core: KubeletCore, record: PodRecord): void {
  const { resize } = record;
  if (!resize) return;
  for (const [name, { attempt }] of resize.actual)
    if (seenRun(record.containers.get(name)!)?.attempt !== attempt) resize.actual.delete(name);
  if (resize.inProgress && resize.actual.size === 0) {
    resize.inProgress = false;
    tell(core, record, 'Normal', 'ResizeCompleted', 'Pod resize completed');
  }
  if (!resize.inProgress && !resize.pending) delete record.resize;
}

/** Gives running containers what is allocated to them, where they need no restart for that. Returns whether any got it. */
export function resizeInPlace(record: PodRecord): boolean {
  const actual = record.resize?.actual;
  if (!actual?.size) return false;
  const names = [...actual.keys()].filter((name) => !needsRestart(record, record.containers.get(name)!));
  for (const name of names) actual.delete(name);
  return names.length > 0;
}

/** Whether a container has to be started anew to get what is allocated to it. */
export function needsRestart(record: PodRecord, { name }: ContainerRecord): boolean {
  const actual = record.resize?.actual.get(name);
  if (!actual) return false;
  const { resources, resizePolicy } = specOf(record, name);
  return RESIZED.some(
    (resource) =>
      amountsOf(actual.resources, resource) !== amountsOf(resources, resource) &&
      resizePolicy?.find(({ resourceName }) => resourceName === resource)?.restartPolicy === 'RestartContainer',
  );
}

const amountsOf = (resources: Resources, name: string): string =>
  `${resources?.requests?.[name] ?? ''} ${resources?.limits?.[name] ?? ''}`;

/** What a container's run has of the machine. */
export function actualResources(record: PodRecord, { name }: ContainerRecord, run: Run): Resources {
  const actual = record.resize?.actual.get(name);
  return actual?.attempt === run.attempt ? actual.resources : specOf(record, name).resources;
}

const containersOf = ({ spec }: Pod): Container[] => [
  ...((spec.initContainers ?? []) as Container[]),
  ...spec.containers,
];

const containerOf = (pod: Pod, name: string): Container | undefined =>
  containersOf(pod).find((container) => container.name === name);

function sameResources(left: Pod, right: Pod): boolean {
  return containersOf(left).every(({ name, resources }) =>
    equalJson(resources ?? {}, containerOf(right, name)?.resources ?? {}),
  );
}

function withResourcesOf(pod: Pod, other: Pod): Pod {
  const given = <T extends { name: string }>(container: T): T => {
    const { resources: _, ...rest } = container as T & { resources?: Resources };
    const resources = containerOf(other, container.name)?.resources;
    return { ...rest, ...(resources ? { resources } : {}) } as unknown as T;
  };
  const { containers, initContainers } = pod.spec;
  const spec = { ...pod.spec, containers: containers.map(given) };
  if (initContainers) spec.initContainers = initContainers.map(given);
  return { ...pod, spec };
}

/** Models pkg/kubelet/events/resize_event_message.go: the Event says what is wanted, as JSON. */
function tell(
  core: KubeletCore,
  record: PodRecord,
  type: 'Normal' | 'Warning',
  reason: string,
  prefix: string,
  error?: string,
): void {
  const { spec, metadata } = wantedPod(record);
  const listed = (containers: readonly Container[] | undefined): object[] | undefined =>
    containers?.map(({ name, resources = {} }) => ({ name, resources }));
  const summary = {
    initContainers: listed(spec.initContainers as Container[] | undefined),
    containers: listed(spec.containers),
    generation: metadata.generation,
    error,
  };
  core.podEvent(record, type, reason, `${prefix}: ${JSON.stringify(summary)}`);
}
