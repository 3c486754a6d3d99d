import type { UsageMeter } from './usage-meter';
import type { RandomState } from '../../base/random';
import type { Container, Pod, PodStatus } from '../../api/objects';
import type { ProgramName } from '../images/conventions';
import type { ProgramEffect, ProgramEvent, ProgramSetup } from '../images/program';
import type { WireRequest } from '../machinery/ports';

/** A line of a container's log. */
export interface LogLine {
  /** Virtual milliseconds since the cluster's start. */
  readonly atMs: number;
  readonly text: string;
}

/** The log of one run of a container. Bounded: the oldest lines go first. */
export interface Log {
  lines: LogLine[];
  /** Lines that are gone: the index of the first one kept. */
  dropped: number;
  bytes: number;
}

/** A process in a container: its main one, or one that a probe, a hook or a person started. */
export interface Process {
  program: ProgramName;
  setup: ProgramSetup;
  state: object;
  /** What it printed; the main process prints to the container's log instead. */
  output: string;
  purpose: 'main' | 'probe' | 'postStart' | 'preStop' | 'exec';
  /** The probe's key, the connection of `kubectl exec`, or nothing. */
  about: string;
  startedMs: number;
  /** Names of the sleeps it has begun. */
  timers: readonly string[];
  /** What has been typed of a line at its terminal. */
  typed?: string;
}

/** One run of a container. */
export interface Run {
  /** What the runtime calls it, and its image. */
  readonly id: string;
  readonly imageId: string;
  /** How often the container had run before. */
  attempt: number;
  /** State of the container machine, and the transitions that led there. */
  state: number;
  taken: number;
  /** What the kubelet has seen of it: nothing yet, that it runs, that it has ended. */
  seen: 'nothing' | 'running' | 'exited';
  image: string;
  createdMs: number;
  startedMs: number;
  finishedMs: number;
  exitCode: number;
  reason: string;
  message: string;
  processes: Map<string, Process>;
  nextProcess: number;
  /** The run's own file system. */
  files: ReadonlyMap<string, string>;
  log: Log;
  ports: readonly number[];
  /** What it uses of the machine. */
  meter: UsageMeter;
  memoryBytes: number;
  /** A limit on its CPU makes work wait until then. */
  busyUntilMs: number;
  /** Requests that its program has not answered yet. */
  serving: ReadonlyMap<string, WireRequest>;
  /** Stretches of training asked for and not answered. */
  training: readonly string[];
  /** Seconds it has to end, once it is being stopped. */
  graceSeconds: number;
  stoppedMs: number;
  /** What hangs on a volume that cannot be reached: effects not carried out, events not taken. */
  hanging: { process: string; effects: ProgramEffect[]; events: { process: string; event: ProgramEvent }[] } | null;
}

export interface ContainerRecord {
  readonly name: string;
  readonly kind: 'init' | 'sidecar' | 'main';
  /** Where it stands in the Pod, as Events say it. */
  readonly fieldPath: string;
  /** The runs that are kept, newest first: at most two that have ended. */
  runs: Run[];
  /** Why it could not be started, since the last time that it was tried. */
  trouble: { reason: string; message: string } | null;
  /** The restart back-off. */
  backOff: { delayMs: number; updatedMs: number } | null;
  /** The last of the runs that were taken away so that all of the Pod's containers begin anew. */
  cleared?: number;
}

export interface VolumeRecord {
  readonly name: string;
  /** State of the volume machine, and the transitions that led there. */
  state: number;
  taken: number;
  /** Where its files are: in `files` here, on the machine, or on a volume that outlives the Pod. */
  place: { kind: 'pod' } | { kind: 'host'; path: string } | { kind: 'network'; handle: string };
  files: ReadonlyMap<string, string>;
  readOnly: boolean;
  /** What makes the attach/detach controller and the kubelet speak of the same volume; empty where nothing is attached. */
  uniqueName: string;
  failures: number;
  retryMs: number;
}

/** What a probe knows of its container. */
export interface ProbeRecord {
  container: string;
  type: ProbeType;
  /** The run that it watches; −1 before the first. */
  attempt: number;
  /** Failed for good: waits for the next run. */
  onHold: boolean;
  last: boolean | null;
  inRow: number;
  /** What holds for now; null: nothing is known. */
  result: boolean | null;
  /** Since when it is not asked any more, as the answer of the run that it watches cannot change; null: it is asked. */
  restsSinceMs: number | null;
}

export type ProbeType = 'startup' | 'liveness' | 'readiness';

/** What one sync has found and done so far. */
export interface SyncProgress {
  startedMs: number;
  createSandbox: boolean;
  killPod: boolean;
  initToStart: string[];
  toStart: string[];
  /** When the newest run that had ended did so, by container: what the sync knows of the past. */
  endedMs: ReadonlyMap<string, number>;
  /** The container that is being started. */
  starting: string | null;
  /** How the postStart hook went, where that is known before anybody waits for it. */
  hook: { failure: string | null } | null;
  actions: number;
  error: boolean;
  /** The end of the earliest restart back-off met; Infinity where none was. */
  backOffUntilMs: number;
  /** Containers whose end is waited for. */
  killing: string[];
  /** Containers that are still to be taken away. */
  toReset: string[];
  /** Whether all containers are being ended, in their order. */
  endsAll: boolean;
  /** Whom a container that is to end does not wait for any longer. */
  excused: ReadonlyMap<string, string>;
}

/** Quantities by resource; absent where there are none. */
export interface PodResources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** A resize in place that is not done with. */
export interface ResizeRecord {
  /** The Pod with what it asks for. */
  wanted: Pod;
  /** Why that is not allocated yet. */
  pending: { reason: string; message: string } | null;
  /** Virtual milliseconds: since when. */
  pendingSinceMs: number;
  /** Whether something was allocated that not every container is known to have. */
  inProgress: boolean;
  /** Why what is allocated could not be given. */
  error: string | null;
  /** What runs of containers still have, where it is not what is allocated. */
  actual: Map<string, { attempt: number; resources: Container['resources'] }>;
}

/** A Pod's place on a node. */
export interface PodRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The Pod as last seen, with the resources that are allocated to it. */
  pod: Pod;
  /** There only while the Pod is resized. */
  resize?: ResizeRecord;
  /** Whether it comes from a file on the machine; the API shows a mirror of it. */
  isStatic: boolean;
  /** Whether the object is gone from the API, or the file from the machine. */
  gone: boolean;
  /** State of the Pod worker machine, and the transitions that led there. */
  worker: number;
  workerTaken: number;
  stage: 'sync' | 'terminating' | 'terminated' | 'finished';
  /** Whether somebody asked for another sync. */
  pending: boolean;
  /** Whether somebody asks for one more after that. */
  again: boolean;
  /** Whether the picture of the containers is newer than the last sync. */
  fresh: boolean;
  lastSyncMs: number | null;
  /** Seconds the containers have to end, once the Pod terminates. */
  graceSeconds: number | null;
  sync: SyncProgress | null;
  sandbox: { state: 'none' | 'ready' | 'notReady'; seen: boolean; ip: string; attempt: number };
  containers: Map<string, ContainerRecord>;
  volumes: Map<string, VolumeRecord>;
  volumesSinceMs: number;
  probes: ReadonlyMap<string, ProbeRecord>;
  /** The status as the kubelet means it to be. */
  status: PodStatus | null;
  /** Whether the API server has not heard of it yet. */
  statusDirty: boolean;
  /** Why the kubelet refused it; it never starts then. */
  refused: boolean;
  /** Why the kubelet ends it before its time; `disrupts`: so that its owner may know. */
  evicted: { reason: string; message: string; disrupts: boolean } | null;
  /** Whether somebody has set bounds to what it may write on the machine. */
  limitsStorage: boolean;
  deadlineReported: boolean;
  /** Devices by container. */
  devices: ReadonlyMap<string, string[]>;
  /** What its containers have together, as its status repeats it. */
  resources: PodResources;
  /** What its containers request: cpu in thousandths, everything else in whole units. */
  requests: ReadonlyMap<string, number>;
  /** What the informer has shown since the last sync: the causes of what the sync writes. */
  revisions: number[];
}

/** A pull that waits or runs. */
export interface PullRequest {
  uid: string;
  container: string;
  askedMs: number;
  startedMs: number;
}

export interface PendingEvent {
  subject: {
    apiVersion: string;
    kind: string;
    namespace?: string;
    name: string;
    uid?: string;
    resourceVersion?: string;
    fieldPath?: string;
  };
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What a machine may run short of. */
export type StarvedResource = 'memory' | 'ephemeral-storage';

export type PressureType = 'MemoryPressure' | 'DiskPressure';

/** What a kubelet knows of its machine's want. */
export interface PressureState {
  /** When each condition that still holds was last observed. */
  observedMs: Map<PressureType, number>;
  /** The Pod that was told to go, and how long its end is waited for. */
  leaving: { uid: string; untilMs: number } | null;
}

/** What a kubelet knows of a resource of its machine's devices. */
export interface DevicePlugin {
  /** Its plugin answers; it does so no more; nobody counts on it any longer. */
  readonly stage: 'registered' | 'stopped' | 'forgotten';
  /** The uid of the Pod in which it runs, or ran. */
  readonly uid: string;
}

export interface KubeletState {
  random: RandomState;
  /** State of the node machine, and the transitions that led there. */
  node: number;
  nodeTaken: number;
  /** When the kubelet's process started. */
  startedMs: number;
  /** The moment within each second at which it looks at the containers, and at which it takes up what is due. */
  relistPhaseMs: number;
  tickPhaseMs: number;
  pods: Map<string, PodRecord>;
  /** Pods with containers that have changed since the kubelet looked. */
  dirty: Set<string>;
  /** Pulls, one at a time: the first one runs. */
  pulls: PullRequest[];
  /** Pull back-off by Pod and image. */
  pullBackOff: Map<string, { delayMs: number; updatedMs: number; message: string }>;
  /** Memory that all containers use together. */
  memoryBytes: number;
  /** What the machine is short of. */
  pressure: PressureState;
  /** What its containers' programs do for others: `uid/container` → the program. */
  duties: Map<string, ProgramName>;
  /** What plugins tell of the machine's devices, by resource. */
  plugins: Map<string, DevicePlugin>;
  /** Devices in use: `resource/id` → uid. */
  devices: Map<string, string>;
  /** Files of the machine itself: what hostPath and local volumes hold. Outlive power. */
  hostFiles: ReadonlyMap<string, string>;
  nextIp: number;
  /** The machine's address, once it is known. */
  hostIp: string;
  /** Whether the Node was last reported ready, by this process. */
  reportedReady: boolean;
  /** Whether the Node was registered since the kubelet started: one that is deleted then stays so. */
  registered: boolean;
  /** Whether the Node was cordoned when the kubelet last looked. */
  knownUnschedulable: boolean;
  reportedMs: number;
  /** What is to be reported with the Node's status once there is a network. */
  statusWanted: boolean;
  /** Events that could not be sent. */
  /** Whether the Pods must be listed once there is a network. */
  relistWanted: boolean;
  events: PendingEvent[];
}
