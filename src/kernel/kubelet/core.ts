import { milliValue, wholeValue } from '../../api/quantity';
import { assert, present } from '../../base/assert';
import { nextBetween } from '../../base/random';
import { freezeDeep } from '../../base/state';
import type { Container, Json, Node, Pod, PodStatus } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { formatTime } from '../../api/time';
import type { TypedClient } from '../apiserver/typed-client';
import type { Conventions } from '../images/conventions';
import { parseImage } from '../images/reference';
import type { EventRecorder, EventSubject } from '../machinery/event-recorder';
import type { Informers } from '../machinery/informers';
import type { Machine, Machines } from '../machinery/machines';
import type { ConnectionSink, TrainingDesk, VolumeContents, Wire } from '../machinery/ports';
import type { Clock } from '../time/clock';
import { compileMachine } from './compile-machine';
import { nodeMachine } from './node.machine';
import type { ContainerRecord, KubeletState, PodRecord, Run, StarvedResource } from './state';

/** What a kubelet is given. `informers` shows it its own Node and the Pods bound to it. */
export interface KubeletParts {
  readonly clock: Clock;
  readonly client: TypedClient;
  readonly informers: Informers;
  readonly recorder: EventRecorder;
  readonly machines: Machines;
  readonly volumes: VolumeContents;
  readonly wire: Wire;
  readonly connections: ConnectionSink;
  readonly training: TrainingDesk;
  readonly conventions: Conventions;
  /** The extended resources that a plugin in a Pod tells of; the machine's own programs tell of the others. */
  readonly pluggedResources: ReadonlySet<string>;
  readonly seed: number;
  /** A container of a static Pod has begun or ended. */
  readonly onStaticPod?: () => void;
}

export const NODE = compileMachine(nodeMachine);
export const NODE_OFF = NODE.states.indexOf('off');
export const NODE_BOOTING = NODE.states.indexOf('booting');
export const NODE_UNATTENDED = NODE.states.indexOf('unattended');

/** What goes on without the kubelet's process: the containers. */
export const RUNTIME_KINDS = new Set(['process', 'remainingGrace', 'request', 'response', 'training']);

/** The kubelet's own start. */
export const START_KINDS = new Set(['kubeletStart', 'runtimeReady']);

type HostIPs = NonNullable<PodStatus['hostIPs']>;

const SECOND_MS = 1000;
/** Between two looks at all containers: a second from the end of one to the next, and what a look takes. */
const RELIST_MS = 1015;
const EVENTS_HELD = 500;

/** What all parts of a kubelet share: its state, its parts, its clock, its words to the API server. */
export class KubeletCore {
  state: KubeletState;

  constructor(
    readonly name: string,
    readonly nodeName: string,
    readonly parts: KubeletParts,
    state: KubeletState,
  ) {
    this.state = state;
  }

  get nowMs(): number {
    return this.parts.clock.nowMs;
  }

  /** Now as metav1.Time. */
  get time(): string {
    return this.timeAt(this.nowMs);
  }

  /** A moment as metav1.Time. */
  timeAt(ms: number): string {
    return formatTime(this.parts.clock.state.epochMs + ms);
  }

  /** The machine's addresses as all of its Pods' statuses have them: derived. */
  get hostIPs(): HostIPs {
    const { hostIp } = this.state;
    if (this.#hostIPs[0]?.ip !== hostIp) this.#hostIPs = freezeDeep([{ ip: hostIp }]);
    return this.#hostIPs;
  }

  #hostIPs: HostIPs = [];

  /** Told what is used more than before, and by which Pod: whoever looks after pressure. */
  usesMore: (resource: StarvedResource, record?: PodRecord) => void = () => undefined;

  /** A run uses so many bytes of the machine's memory from now on. */
  useMemory(run: Run, bytes: number): void {
    this.state.memoryBytes += bytes - run.memoryBytes;
    run.memoryBytes = bytes;
  }

  /** The whole name of an image, as the machine's disk knows it. */
  imageName(image: string): string {
    const reference = parseImage(image);
    return 'problem' in reference ? image : reference.full;
  }

  get machine(): Machine {
    return present(this.parts.machines.get(this.nodeName), `machine ${this.nodeName}`);
  }

  /** The Node as the kubelet knows it. */
  get node(): Node | undefined {
    return this.parts.informers.byKey('nodes', this.nodeName);
  }

  /** Whether the machine runs. */
  get powered(): boolean {
    return this.state.node !== NODE_OFF;
  }

  /** Whether the kubelet's process runs. */
  get attended(): boolean {
    return this.powered && this.state.node !== NODE_UNATTENDED && this.state.node !== NODE_BOOTING;
  }

  /** Whether the kubelet and the API server hear each other. */
  get online(): boolean {
    return this.attended && this.machine.linked && this.machine.served;
  }

  pod(uid: string): PodRecord | undefined {
    return this.state.pods.get(uid);
  }

  after(delayMs: number, kind: string, key: string, data?: Json, periodic = false): void {
    this.parts.clock.after(delayMs, this.name, kind, key, data, periodic);
  }

  at(atMs: number, kind: string, key: string, periodic = false): void {
    this.parts.clock.set(atMs, this.name, kind, key, undefined, periodic);
  }

  cancel(kind: string, key: string): void {
    this.parts.clock.cancel(this.name, kind, key);
  }

  /** A duration with up to `factor` of itself more. Models k8s.io/apimachinery/pkg/util/wait Jitter. */
  jitter(ms: number, factor: number): number {
    return nextBetween(this.state.random, ms, ms * (1 + factor));
  }

  between(low: number, high: number): number {
    return nextBetween(this.state.random, low, high);
  }

  /** The last moment at or before now at which the kubelet looked at all containers. */
  get lastRelistMs(): number {
    const { relistPhaseMs } = this.state;
    return Math.floor((this.nowMs - relistPhaseMs) / RELIST_MS) * RELIST_MS + relistPhaseMs;
  }

  get nextRelistMs(): number {
    return this.lastRelistMs + RELIST_MS;
  }

  /** The first moment at or after `ms` at which the kubelet takes up what is due. */
  tickAtOrAfter(ms: number): number {
    const { tickPhaseMs } = this.state;
    return Math.ceil((ms - tickPhaseMs) / SECOND_MS) * SECOND_MS + tickPhaseMs;
  }

  /** Something about a Pod's containers has changed: the next look will find it. */
  expectRelist(uid: string): void {
    this.state.dirty.add(uid);
    if (!this.attended) return;
    if (!this.parts.clock.timer(this.name, 'relist', '')) this.at(this.nextRelistMs, 'relist', '');
  }

  /** Says what the next writes act on. */
  because(pod: PodRecord): void {
    this.parts.client.because(pod.revisions);
  }

  /** Writes unless nobody hears it; an object that is gone is no fault. Returns whether it was written. */
  write(change: () => void): boolean {
    if (!this.online) return false;
    try {
      change();
      return true;
    } catch (error) {
      if (isRefusal(error, 'NotFound') || isRefusal(error, 'Conflict')) return true;
      throw error;
    }
  }

  event(subject: EventSubject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.online) this.parts.recorder.event(subject, type, reason, message);
    else if (this.state.events.length < EVENTS_HELD)
      this.state.events.push(Object.freeze({ subject, type, reason, message }));
  }

  podEvent(record: PodRecord, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.because(record);
    this.event(podSubject(record.pod), type, reason, message);
  }

  containerEvent(
    record: PodRecord,
    container: ContainerRecord,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    this.because(record);
    this.event(podSubject(record.pod, container.fieldPath), type, reason, message);
  }

  /** Sends what was held back while nobody heard it. */
  flushEvents(): void {
    const events = this.state.events;
    this.state.events = [];
    for (const { subject, type, reason, message } of events) this.event(subject, type, reason, message);
  }
}

/** Of a Pod or container several things are often said at once: those Events share what they are about. */
let lastSubject: { pod: Pod; fieldPath: string | undefined; subject: EventSubject } | undefined;

function podSubject(pod: Pod, fieldPath?: string): EventSubject {
  if (lastSubject?.pod !== pod || lastSubject.fieldPath !== fieldPath)
    lastSubject = { pod, fieldPath, subject: Object.freeze(makeSubject(pod, fieldPath)) };
  return lastSubject.subject;
}

function makeSubject(pod: Pod, fieldPath: string | undefined): EventSubject {
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    ...(namespace ? { namespace } : {}),
    name,
    uid,
    resourceVersion,
    ...(fieldPath ? { fieldPath } : {}),
  };
}

/** `name_namespace(uid)`: how kubelets name a Pod in messages. */
export function podText(record: PodRecord): string {
  return `${record.name}_${record.namespace}(${record.uid})`;
}

export type ContainerSpec = Container;

/** The container's part of the Pod's spec. */
export function specOf(record: PodRecord, name: string): ContainerSpec {
  const { containers, initContainers } = record.pod.spec;
  const spec = containers.find((one) => one.name === name) ?? initContainers?.find((one) => one.name === name);
  assert(spec, `Pod ${record.name} has no container ${name}`);
  return spec as ContainerSpec;
}

/** Thousandths of a CPU that a container may use. */
export function cpuLimit(record: PodRecord, name: string): number {
  const limit = specOf(record, name).resources?.limits?.['cpu'];
  return limit === undefined ? Infinity : milliValue(limit as string);
}

/** Bytes of memory that a container may use. */
export function memoryLimit(record: PodRecord, name: string): number {
  const limit = specOf(record, name).resources?.limits?.['memory'];
  return limit === undefined ? Infinity : wholeValue(limit as string);
}

/** The newest run that the kubelet has seen, of those that were not taken away. */
export function seenRun({ runs, cleared = -1 }: ContainerRecord): Run | undefined {
  return runs.find((run) => run.seen !== 'nothing' && run.attempt > cleared);
}

/** The newest run, seen or not. */
export function lastRun(container: ContainerRecord): Run | undefined {
  return container.runs[0];
}
