import { equalJson } from '../../api/json';
import type { Container, Pod } from '../../api/objects';
import { admitResize, requestsOf, type Refusal } from './admission';
import { isAlive } from './container-run';
import { memoryTrouble } from './memory-decrease';
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

const newResize = (wanted: Pod): ResizeRecord => ({
  wanted,
  pending: null,
  pendingSinceMs: 0,
  inProgress: false,
  error: null,
  actual: new Map(),
});

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
  resize.error = null;
  tell(core, record, 'Normal', 'ResizeStarted', 'Pod resize started');
}

function postpone(core: KubeletCore, record: PodRecord, resize: ResizeRecord, refusal: Refusal): void {
  const told = resize.pending?.message === refusal.message && resize.pending.reason === refusal.reason;
  if (!resize.pending) resize.pendingSinceMs = core.nowMs;
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
  const deferred: Deferred[] = [];
  for (const record of core.state.pods.values())
    if (record.stage === 'sync' && record.resize?.pending?.reason === 'Deferred')
      deferred.push({ record, resize: record.resize, pending: record.resize.pending });
  if (deferred.length > 1) deferred.sort(inOrderOfRetry);
  for (const { record, resize, pending } of deferred) {
    allocate(core, record, resize);
    if (resize.pending?.message !== pending.message) resized(record);
  }
}

interface Deferred {
  readonly record: PodRecord;
  readonly resize: ResizeRecord;
  readonly pending: Refusal;
}

/** First what asks for no more than it has, then by priority, by class of service, and by who has waited longest. */
function inOrderOfRetry(left: Deferred, right: Deferred): number {
  const rank = ({ record, resize }: Deferred): number[] => [
    asksForMore(record, resize) ? 1 : 0,
    -(resize.wanted.spec.priority ?? 0),
    resize.wanted.status.qosClass === 'Guaranteed' ? 0 : 1,
    resize.pendingSinceMs,
  ];
  const others = rank(right);
  return rank(left).reduce((order, value, at) => order || value - others[at]!, 0);
}

function asksForMore(record: PodRecord, { wanted }: ResizeRecord): boolean {
  const requests = requestsOf(wanted);
  return RESIZED.some((name) => (requests.get(name) ?? 0) > (record.requests.get(name) ?? 0));
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

/**
 * Gives running containers what is allocated to them, where they need no restart for that. Memory comes first: where that
 * fails, nothing is given.
 */
export function resizeInPlace(core: KubeletCore, record: PodRecord): 'nothing' | 'done' | 'failed' {
  const { resize } = record;
  if (!resize?.actual.size) return 'nothing';
  const names = [...resize.actual.keys()].filter((name) => !needsRestart(record, record.containers.get(name)!));
  if (names.length === 0) return 'nothing';
  const trouble = memoryTrouble(record, resize, names);
  if (trouble !== undefined) {
    if (resize.error !== trouble) tell(core, record, 'Warning', 'ResizeError', 'Pod resize error', trouble);
    resize.error = trouble;
    return 'failed';
  }
  resize.error = null;
  for (const name of names) resize.actual.delete(name);
  return 'done';
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
    containers?.map(({ name, resources }) => ({ name, resources: inGoOrder(resources) }));
  const summary = {
    initContainers: listed(spec.initContainers as Container[] | undefined),
    containers: listed(spec.containers),
    generation: metadata.generation,
    error,
  };
  core.podEvent(record, type, reason, `${prefix}: ${JSON.stringify(summary)}`);
}

/** As Go writes it: the fields of the struct in their order, maps by their keys. */
function inGoOrder(resources: Resources): object {
  const byKey = (amounts: object | undefined): object | undefined =>
    amounts && Object.fromEntries(Object.entries(amounts).sort(([left], [right]) => (left < right ? -1 : 1)));
  return { limits: byKey(resources?.limits), requests: byKey(resources?.requests) };
}
