import type { NODE_STATES, RINGS } from '../protocol/frame';
import {
  NODE_FLAGS,
  POD_FLAGS,
  type ControlPlaneView,
  type NodeDetail,
  type PodDetail,
  type PodPhase,
  type PodStrain,
  type ServiceView,
  type VolumeView,
} from '../protocol/frame';

/** What a frame's numbers mean, by id: the page keeps them, since frames carry them only when they are new. */
export interface Details {
  pods: PodDetails;
  nodes: ReadonlyMap<number, NodeDetail>;
}

/** What is known of Pods. Of very many of them most are never looked at. */
export interface PodDetails {
  get(id: number): PodDetail | undefined;
  /** The id of the Pod with this `namespace/name`; the newest of them, should there have been several. */
  idOf(key: string): number | undefined;
}

/** A clock that runs on a thing. Times are virtual milliseconds. */
export interface Ring {
  what: (typeof RINGS)[number];
  fromMs: number;
  untilMs: number;
}

/** One Pod at one moment. */
export interface PodGlyph {
  id: number;
  /** `namespace/name`. */
  key: string;
  detail: PodDetail;
  /** The node's name; empty while it has none. */
  node: string;
  phase: PodPhase;
  flags: number;
  /** 0…1. */
  progress: number;
  ring: Ring | null;
  ready: number;
  containers: number;
  restarts: number;
  /** What goes on in it for a while. */
  strain?: PodStrain;
}

/** One node at one moment. CPU in millicores, memory in bytes. */
export interface NodeGlyph {
  id: number;
  name: string;
  detail: NodeDetail;
  state: (typeof NODE_STATES)[number];
  flags: number;
  cpuRequested: number;
  cpuAllocatable: number;
  memoryRequested: number;
  memoryAllocatable: number;
  devicesUsed: number;
  devices: number;
  heardAtMs: number;
  /** CPU and memory that its containers use. */
  cpuUsed: number;
  memoryUsed: number;
  /** Services that its kube-proxy knows; −1 where none runs. */
  proxied: number;
}

/** Everything the stage shows at one moment. */
export interface Picture {
  /** Virtual milliseconds. */
  readonly atMs: number;
  /** All Pods as objects. Where there are very many, ask for some of them instead. */
  readonly pods: readonly PodGlyph[];
  readonly nodes: readonly NodeGlyph[];
  readonly volumes: readonly VolumeView[];
  readonly services: readonly ServiceView[];
  readonly controlPlane: ControlPlaneView;
  /** Is the same as long as what is known of nodes is: their names, pools, taints. */
  readonly nodesToken: unknown;
  readonly podCount: number;
  /** Some of them, in order. */
  podsFrom(first: number, count: number): readonly PodGlyph[];
  /** The Pods on a node, in the order in which they were made. */
  podsOn(node: string): readonly PodGlyph[];
  /** How many they are, by the nodes' order. */
  readonly podCounts: ArrayLike<number>;
  /** The Pod of this `namespace/name`. */
  podWith(key: string): PodGlyph | undefined;
  /** The Pods that are bound to no node: they stand in the scheduler's box. */
  readonly unplaced: readonly PodGlyph[];
}

/** A picture of Pods and nodes that are objects already. */
export class StoryPicture implements Picture {
  #byNode: Map<string, PodGlyph[]> | undefined;

  constructor(
    readonly atMs: number,
    readonly pods: readonly PodGlyph[],
    readonly nodes: readonly NodeGlyph[],
    readonly volumes: readonly VolumeView[],
    readonly services: readonly ServiceView[],
    readonly controlPlane: ControlPlaneView,
  ) {}

  get nodesToken(): unknown {
    return this.nodes;
  }

  get podCount(): number {
    return this.pods.length;
  }

  get podCounts(): number[] {
    return this.nodes.map((node) => this.podsOn(node.name).length);
  }

  get unplaced(): PodGlyph[] {
    return this.pods.filter((pod) => pod.node === '' && !isOver(pod));
  }

  podsOn(node: string): readonly PodGlyph[] {
    if (!this.#byNode) {
      this.#byNode = new Map();
      for (const pod of this.pods) {
        const there = this.#byNode.get(pod.node);
        if (there) there.push(pod);
        else this.#byNode.set(pod.node, [pod]);
      }
    }
    return this.#byNode.get(node) ?? [];
  }

  podsFrom(first: number, count: number): readonly PodGlyph[] {
    return this.pods.slice(first, first + count);
  }

  podWith(key: string): PodGlyph | undefined {
    return this.pods.find((pod) => pod.key === key);
  }
}

/** Whether a flag of `PodColumns.flags` is set. */
export function podHas(pod: Pick<PodGlyph, 'flags'>, flag: keyof typeof POD_FLAGS): boolean {
  return (pod.flags & POD_FLAGS[flag]) !== 0;
}

/** Whether a flag of `NodeColumns.flags` is set. */
export function nodeHas(node: Pick<NodeGlyph, 'flags'>, flag: keyof typeof NODE_FLAGS): boolean {
  return (node.flags & NODE_FLAGS[flag]) !== 0;
}

/** Whether the cluster does not hear of the node, or it is off. */
export function nodeIsDown(node: NodeGlyph): boolean {
  return node.state !== 'Ready' || nodeHas(node, 'off');
}

/** Whether the Pod's containers have ended for good: it holds no room any more. */
export function isOver(pod: Pick<PodGlyph, 'phase'>): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
