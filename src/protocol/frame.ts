import type { NodeSelectorTerm } from '../api/node-affinity';
import type { SchedulingRecord } from '../api/scheduling';
import type { PodDetailColumns } from './pod-details';

/** How a Pod is, as its outline and mark show it. The order is the number in `PodColumns.phase`. */
export const POD_PHASES = [
  'Pending',
  'Creating',
  'Running',
  'NotReady',
  'Succeeded',
  'Failed',
  'CrashLoopBackOff',
  'Terminating',
  'Unknown',
] as const;
export type PodPhase = (typeof POD_PHASES)[number];

/** Bits of `PodColumns.flags`. */
export const POD_FLAGS = {
  /** An image is being pulled; `progress` says how far. */
  pulling: 1,
  /** A volume is being attached or mounted. */
  mounting: 2,
  /** A checkpoint is being written. */
  checkpointing: 4,
  oomKilled: 8,
  evicted: 16,
  imagePullBackOff: 32,
  /** It computes real training steps. */
  training: 64,
  /** It belongs to `kube-system`. */
  system: 128,
  /** A probe of it fails. */
  probeFailing: 256,
} as const;

const TROUBLED: ReadonlySet<PodPhase> = new Set<PodPhase>(['Failed', 'CrashLoopBackOff', 'Unknown']);
const TROUBLE_FLAGS = POD_FLAGS.oomKilled | POD_FLAGS.imagePullBackOff;

/** Whether a Pod needs a person: the stage shows it in `--bad`, whatever its glyph. */
export function inTrouble({ phase, flags }: { readonly phase: PodPhase; readonly flags: number }): boolean {
  return TROUBLED.has(phase) || (flags & TROUBLE_FLAGS) !== 0;
}

/** The owner colour of what has no owner on the stage. */
export const NO_HUE = 6;

/** What a Pod's ring counts down. The order is the number in `PodColumns.ring`. */
export const RINGS = ['none', 'back-off', 'grace period', 'tolerationSeconds', 'probe delay'] as const;

/** One row a Pod; all arrays have `count` entries. */
export interface PodColumns {
  count: number;
  /** Names the Pod for as long as it lives; `details` describes it. */
  id: Uint32Array;
  /** Row in NodeColumns; −1 while it is bound to no node. */
  node: Int32Array;
  /** Owner colour, 0–5. */
  hue: Uint8Array;
  /** Index into POD_PHASES. */
  phase: Uint8Array;
  flags: Uint16Array;
  /** Progress of the one thing that goes on, 0–255. */
  progress: Uint8Array;
  /** Index into RINGS. */
  ring: Uint8Array;
  /** Virtual ms at which the ring began and runs out. */
  ringFromMs: Float64Array;
  ringUntilMs: Float64Array;
  /** Ready containers, containers, restarts. */
  ready: Uint8Array;
  containers: Uint8Array;
  restarts: Uint16Array;
}

/** What goes on in a Pod for a while and few Pods have: a frame holds those that have any of it. */
export interface PodStrain {
  id: number;
  /** A probe that fails: how often in a row by now, and how often it may. */
  probe?: { type: 'startup' | 'liveness' | 'readiness'; failures: number; limit: number };
  /** Virtual ms of a restart not long ago. */
  restartedMs?: number;
  /** How many init containers have done their work, until all have. */
  initsDone?: number;
  /** The image that is pulled, in megabytes. */
  pull?: { image: string; doneMb: number; totalMb: number };
}

/** What a node is. The order is the number in `NodeColumns.state`. */
export const NODE_STATES = ['Ready', 'NotReady', 'Unknown'] as const;

/**
 * Bits of `NodeColumns.flags`. `off` and `cut` are what is so, `state` is what the cluster believes. `ownProxy`: the
 * machine does a kube-proxy's work itself, out of sight, and nobody can stop it.
 */
export const NODE_FLAGS = {
  off: 1,
  cut: 2,
  cordoned: 4,
  diskPressure: 8,
  memoryPressure: 16,
  kubeletDown: 32,
  proxyDown: 64,
  ownProxy: 128,
} as const;

/** One row a node. CPU in millicores, memory in bytes. */
export interface NodeColumns {
  count: number;
  id: Uint32Array;
  state: Uint8Array;
  flags: Uint8Array;
  cpuRequested: Float64Array;
  cpuAllocatable: Float64Array;
  memoryRequested: Float64Array;
  memoryAllocatable: Float64Array;
  devicesUsed: Uint16Array;
  devices: Uint16Array;
  /** Colour of the owner whose Pods request most CPU of it; 6 where there are none on the stage. */
  hue: Uint8Array;
  /** Pods on it that need a person. */
  troubled: Uint16Array;
  /** Virtual ms of the last heartbeat that reached the API server. */
  heardAtMs: Float64Array;
  /** What its containers use. */
  cpuUsed: Float64Array;
  memoryUsed: Float64Array;
  /** Services that its kube-proxy knows; −1 where none runs. */
  proxied: Int16Array;
}

/** What of a Pod does not change while it lives. Sent once, and again when it does change. */
export interface PodDetail {
  id: number;
  namespace: string;
  name: string;
  uid: string;
  /** The controller at the top of its owners (Deployment rather than ReplicaSet), or the Pod itself. */
  ownerKind: string;
  ownerName: string;
  /** One of six owner colours, 0–5; further owners reuse them and are striped. */
  hue: number;
  striped: boolean;
  /** Two letters for the owner. */
  monogram: string;
  tolerations: { key: string; operator: string; value: string; effect: string; seconds?: number }[];
  nodeSelector: Record<string, string>;
  /** Terms of the required node affinity, one of which must match. */
  nodeTerms: readonly NodeSelectorTerm[];
  /** Why somebody puts it out, such as `made room for train-wide-9hq4m`; empty while nobody does. */
  leaving: string;
  cpuMilli: number;
  memoryBytes: number;
  /** Devices it asks for, by extended resource. */
  devices: Record<string, number>;
  /** Claims it mounts. */
  claims: string[];
  containerNames: string[];
  initContainerNames: string[];
}

export interface NodeDetail {
  id: number;
  name: string;
  /** The band it is drawn in, such as `cpu` or `gpu`. */
  pool: string;
  zone: string;
  taints: { key: string; value: string; effect: string }[];
  labels: Record<string, string>;
  /** The extended resource of its devices, such as `nvidia.com/gpu`; empty where it has none. */
  deviceResource: string;
}

export interface VolumeView {
  /** The claim's `namespace/name`, or the volume's name where nothing claims it. */
  key: string;
  claim: string;
  volume: string;
  size: string;
  accessMode: string;
  storageClass: string;
  bound: boolean;
  /** Names of nodes it is plugged into. */
  attachedTo: string[];
  /** A refused attachment: the node that wants it. */
  refusedBy: string[];
  checkpoints: number;
}

export interface ServiceView {
  key: string;
  name: string;
  endpoints: number;
  ready: number;
  /** Ids of the Pods behind it that are ready. */
  pods: number[];
  requestsPerSecond: number;
  /** Requests through it that failed. */
  failuresPerSecond: number;
}

/** A control loop that acted lately: want and have. */
export interface LoopView {
  controller: string;
  /** Such as `Job train-sgd`. */
  subject: string;
  want: number;
  have: number;
  atMs: number;
}

export interface ControlPlaneView {
  revision: number;
  /** The last five revisions that were not lease renewals, oldest first. */
  tape: { revision: number; kind: string }[];
  members: string;
  loops: LoopView[];
  scheduler: {
    /** The Pod of the latest attempt: `namespace/name`. */
    pod: string;
    nodes: number;
    fit: number;
    winner: string;
    active: number;
    backoff: number;
    unschedulable: number;
  };
  /** Components that do nothing: stopped, waiting to lead, or without a quorum. */
  down: string[];
  /** Why, for each of them, and who starts it again: the longest words first. */
  lastWords: string[][];
}

/** A revision and its cause: what the stage's messages are made of. */
export interface CauseView {
  revision: number;
  atMs: number;
  verb: 'create' | 'update' | 'delete';
  resource: string;
  key: string;
  actor: string;
  /** Revisions it acted on. */
  from: readonly number[];
  /** Pod's or Node's node, where a kubelet will hear of it. */
  node?: string;
}

export const MARK_KINDS = [
  'start',
  'you',
  'fault',
  'started',
  'trouble',
  'refused',
  'checkpoint',
  'goal',
  'completed',
] as const;

/** A moment worth finding again. */
export interface Mark {
  atMs: number;
  kind: (typeof MARK_KINDS)[number];
  label: string;
  /** What it is about: `pods default/train-sgd-x7k2p`. */
  subject?: string;
}

/** Points of a loss curve since the last frame. */
export interface CurvePiece {
  /** `namespace/pod`. */
  pod: string;
  owner: string;
  hue: number;
  /** Step, loss, virtual ms: three numbers a point. */
  points: Float64Array;
  backend: string;
  /** True where this container started anew: at a checkpoint's step, or at zero. */
  resumedFrom?: number;
  checkpoints: number[];
}

export interface Branch {
  id: string;
  name: string;
  /** Branch it left, and when. */
  parent: string | null;
  fromMs: number;
  /** How far it has run. */
  endMs: number;
  /** Inputs of the whole line, those that it shares with its ancestors included. */
  inputs: number;
}

/** Whether a frame is of a moment before the end of what has happened. */
export const looksBack = ({ atMs, endMs }: Pick<Frame, 'atMs' | 'endMs'>): boolean => atMs < endMs;

/** Everything the stage, the timeline and the top bar show; one an animation frame at most, on request. */
export interface Frame {
  sequence: number;
  /** Increases when history changes (reset, rewind, branch): what was remembered from earlier frames is void. */
  epoch: number;
  atMs: number;
  /** Virtual ms up to which this branch has run. */
  endMs: number;
  speed: number;
  run: 'playing' | 'paused' | 'waiting for training' | 'rewound' | 'replaying';
  /** What the run state needs said, such as why training has not answered. */
  note: string;
  saved: 'saved' | 'saving' | 'not saved' | 'viewer';
  pods: PodColumns;
  nodes: NodeColumns;
  strains: PodStrain[];
  podDetails: PodDetailColumns;
  nodeDetails: NodeDetail[];
  volumes: VolumeView[];
  services: ServiceView[];
  controlPlane: ControlPlaneView;
  causes: CauseView[];
  /** Cause rows left out of `causes` because there were too many. */
  causesDropped: number;
  /** Scheduling attempts since the last frame, newest last, at most four. */
  scheduling: SchedulingRecord[];
  marks: Mark[];
  /** What was done on other branches than the open one, once each: they may have been made before the page was. */
  branchMarks: { branch: string; marks: Mark[] }[];
  curves: CurvePiece[];
  branches: Branch[];
  branch: string;
}
