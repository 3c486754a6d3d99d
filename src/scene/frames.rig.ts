import {
  NO_HUE,
  POD_PHASES,
  type CauseView,
  type Frame,
  type NodeDetail,
  type PodDetail,
  type PodPhase,
} from '../protocol/frame';
import { KnownPods, PodDetailWriter } from '../protocol/pod-details';
import type { SchedulingRecord } from '../api/scheduling';
import type { Details } from './picture';

/** Small frames as data, for tests. */

const GIBI = 1024 ** 3;

export interface PodSketch {
  name: string;
  owner?: string;
  node?: string;
  phase?: PodPhase;
  cpu?: number;
  gpus?: number;
  tolerates?: string[];
  claims?: string[];
  /** Its nodeSelector. */
  wants?: Record<string, string>;
  leaving?: string;
}

export interface NodeSketch {
  name: string;
  pool?: string;
  gpus?: number;
  /** `KEY=VALUE:EFFECT`. */
  taints?: string[];
  state?: number;
  flags?: number;
  labels?: Record<string, string>;
}

export const ML_NODES: NodeSketch[] = [
  { name: 'cpu-1' },
  { name: 'cpu-2' },
  { name: 'cpu-3' },
  { name: 'gpu-a100-1', pool: 'gpu', gpus: 4, taints: ['nvidia.com/gpu=present:NoSchedule'] },
  { name: 'gpu-a100-2', pool: 'gpu', gpus: 4, taints: ['nvidia.com/gpu=present:NoSchedule'] },
  {
    name: 'gpu-t4-1',
    pool: 'gpu',
    gpus: 2,
    taints: ['nvidia.com/gpu=present:NoSchedule', 'dedicated=vision:NoSchedule'],
  },
];

/** Gives each name a number, the same in all frames of a test. */
export class Ids {
  readonly #ids = new Map<string, number>();

  of(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = this.#ids.size + 1));
    return id;
  }
}

export interface Sketch {
  pods?: PodSketch[];
  nodes?: NodeSketch[];
  sequence?: number;
  epoch?: number;
  atMs?: number;
  run?: Frame['run'];
  speed?: number;
  causes?: CauseView[];
  scheduling?: SchedulingRecord[];
  strains?: Frame['strains'];
  volumes?: Frame['volumes'];
  services?: Frame['services'];
  controlPlane?: Partial<Frame['controlPlane']>;
}

export function makeFrame(sketch: Sketch, ids: Ids): { frame: Frame; details: Details } {
  const pods = sketch.pods ?? [];
  const nodes = sketch.nodes ?? ML_NODES;
  const rows = new Map(nodes.map((node, index) => [node.name, index]));
  const podDetails = pods.map((pod) => podDetail(pod, ids));
  const nodeDetails = nodes.map((node) => nodeDetail(node, ids));
  const numbers = (length: number): Float64Array => new Float64Array(length);
  const frame: Frame = {
    sequence: sketch.sequence ?? 1,
    epoch: sketch.epoch ?? 1,
    atMs: sketch.atMs ?? 0,
    endMs: sketch.atMs ?? 0,
    speed: sketch.speed ?? 1,
    run: sketch.run ?? 'playing',
    note: '',
    saved: 'saved',
    pods: {
      count: pods.length,
      id: Uint32Array.from(podDetails, (one) => one.id),
      node: Int32Array.from(pods, (pod) => rows.get(pod.node ?? '') ?? -1),
      hue: Uint8Array.from(podDetails, (one) => one.hue),
      phase: Uint8Array.from(pods, (pod) => POD_PHASES.indexOf(phaseOf(pod))),
      flags: new Uint16Array(pods.length),
      progress: new Uint8Array(pods.length),
      ring: new Uint8Array(pods.length),
      ringFromMs: numbers(pods.length),
      ringUntilMs: numbers(pods.length),
      ready: Uint8Array.from(pods, (pod) => (phaseOf(pod) === 'Running' ? 1 : 0)),
      containers: new Uint8Array(pods.length).fill(1),
      restarts: new Uint16Array(pods.length),
    },
    nodes: {
      count: nodes.length,
      id: Uint32Array.from(nodeDetails, (one) => one.id),
      state: Uint8Array.from(nodes, (node) => node.state ?? 0),
      flags: Uint8Array.from(nodes, (node) => node.flags ?? 0),
      cpuUsed: new Float64Array(nodes.length),
      memoryUsed: new Float64Array(nodes.length),
      proxied: new Int16Array(nodes.length).fill(2),
      cpuRequested: Float64Array.from(nodes, (node) => sumOn(node.name, pods, (pod) => (pod.cpu ?? 0) * 1000)),
      cpuAllocatable: numbers(nodes.length).fill(8000),
      memoryRequested: numbers(nodes.length),
      memoryAllocatable: numbers(nodes.length).fill(32 * GIBI),
      devicesUsed: Uint16Array.from(nodes, (node) => sumOn(node.name, pods, (pod) => pod.gpus ?? 0)),
      devices: Uint16Array.from(nodes, (node) => node.gpus ?? 0),
      hue: new Uint8Array(nodes.length).fill(NO_HUE),
      troubled: new Uint16Array(nodes.length),
      heardAtMs: numbers(nodes.length),
    },
    strains: sketch.strains ?? [],
    podDetails: new PodDetailWriter().write(podDetails),
    nodeDetails,
    volumes: sketch.volumes ?? [],
    services: sketch.services ?? [],
    controlPlane: {
      revision: 1,
      tape: [],
      members: '3 of 3 members agree',
      loops: [],
      scheduler: { pod: '', nodes: nodes.length, fit: 0, winner: '', active: 0, backoff: 0, unschedulable: 0 },
      down: [],
      lastWords: [],
      ...sketch.controlPlane,
    },
    causes: sketch.causes ?? [],
    causesDropped: 0,
    scheduling: sketch.scheduling ?? [],
    marks: [],
    branchMarks: [],
    curves: [],
    branches: [],
    branch: 'main',
  };
  const details: Details = {
    pods: KnownPods.none().with(frame.podDetails, frame.pods.id),
    nodes: new Map(nodeDetails.map((one) => [one.id, one])),
  };
  return { frame, details };
}

const phaseOf = (pod: PodSketch): PodPhase => pod.phase ?? (pod.node ? 'Running' : 'Pending');

function sumOn(node: string, pods: readonly PodSketch[], of: (pod: PodSketch) => number): number {
  return pods.reduce((sum, pod) => sum + (pod.node === node ? of(pod) : 0), 0);
}

function podDetail(pod: PodSketch, ids: Ids): PodDetail {
  return {
    id: ids.of(pod.name),
    namespace: 'default',
    name: pod.name,
    uid: pod.name,
    ownerKind: 'Job',
    ownerName: pod.owner ?? pod.name,
    hue: 0,
    striped: false,
    monogram: 'po',
    tolerations: (pod.tolerates ?? []).map((key) => ({ key, operator: 'Exists', value: '', effect: 'NoSchedule' })),
    nodeSelector: pod.wants ?? {},
    nodeTerms: [],
    leaving: pod.leaving ?? '',
    cpuMilli: (pod.cpu ?? 0) * 1000,
    memoryBytes: 0,
    devices: pod.gpus ? { 'nvidia.com/gpu': pod.gpus } : {},
    claims: pod.claims ?? [],
    containerNames: ['main'],
    initContainerNames: [],
  };
}

function nodeDetail(node: NodeSketch, ids: Ids): NodeDetail {
  return {
    id: ids.of(node.name),
    name: node.name,
    pool: node.pool ?? 'cpu',
    zone: 'a',
    taints: (node.taints ?? []).map(taintOf),
    labels: node.labels ?? {},
    deviceResource: node.gpus ? 'nvidia.com/gpu' : '',
  };
}

function taintOf(text: string): NodeDetail['taints'][number] {
  const [, key = '', value = '', effect = ''] = /^([^=:]+)=?([^:]*):(.+)$/.exec(text) ?? [];
  return { key, value, effect };
}

/** A row of causes. `from` are the revisions it acted on. */
export function row(
  revision: number,
  atMs: number,
  actor: string,
  what: `${'create' | 'update' | 'delete'} ${string} ${string}`,
  from: number[] = [],
  node?: string,
): CauseView {
  const [verb, resource = '', key = ''] = what.split(' ');
  return { revision, atMs, verb: verb as CauseView['verb'], resource, key, actor, from, ...(node ? { node } : {}) };
}

/** An attempt that places `name` on the first of `fits`; the other nodes refuse for a taint. */
export function attempt(name: string, atMs: number, fits: readonly string[]): SchedulingRecord {
  const refusing = ML_NODES.map((node) => node.name).filter((node) => !fits.includes(node));
  return {
    namespace: 'default',
    name,
    uid: name,
    profile: 'default-scheduler',
    atMs,
    attempt: 1,
    wokenBy: 'PodAdd',
    outcome: fits.length > 0 ? 'Scheduled' : 'Unschedulable',
    nodes: ML_NODES.length,
    evaluated: ML_NODES.length,
    feasible: fits.length,
    refusals: [
      {
        plugin: 'TaintToleration',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['node(s) had untolerated taint(s)'],
        count: refusing.length,
        nodes: refusing,
      },
    ],
    filters: ['TaintToleration', 'NodeResourcesFit'],
    scorers: ['TaintToleration', 'NodeResourcesFit'],
    scores: fits.map((node, index) => ({ node, scores: [300, 90 - index], total: 390 - index })),
    ...(fits[0] ? { node: fits[0] } : {}),
  };
}

/** One Job from Apply to a running container on gpu-a100-1: rows and the attempt, all within 20 ms but for the last. */
export function oneJob(): { rows: CauseView[]; record: SchedulingRecord } {
  const pod = 'default/train-1';
  return {
    rows: [
      row(10, 1000, 'kubectl', 'create jobs default/train'),
      row(11, 1004, 'job-controller', `create pods ${pod}`, [10]),
      row(12, 1006, 'job-controller', 'update jobs default/train', [11]),
      row(13, 1012, 'kube-scheduler', `update pods ${pod}`, [11], 'gpu-a100-1'),
      row(14, 1020, 'kubelet/gpu-a100-1', `update pods ${pod}`, [13], 'gpu-a100-1'),
      row(15, 5000, 'kubelet/gpu-a100-1', `update pods ${pod}`, [14], 'gpu-a100-1'),
    ],
    record: attempt('train-1', 1008, ['gpu-a100-1', 'gpu-a100-2']),
  };
}
