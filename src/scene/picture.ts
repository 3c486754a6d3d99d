import {
  NODE_FLAGS,
  NODE_STATES,
  POD_FLAGS,
  POD_PHASES,
  RINGS,
  type ControlPlaneView,
  type Frame,
  type NodeDetail,
  type PodDetail,
  type PodPhase,
  type PodStrain,
  type ServiceView,
  type VolumeView,
} from '../protocol/frame';

/** What a frame's numbers mean, by id: the page keeps them, since frames carry them only when they are new. */
export interface Details {
  pods: ReadonlyMap<number, PodDetail>;
  nodes: ReadonlyMap<number, NodeDetail>;
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
  atMs: number;
  pods: PodGlyph[];
  nodes: NodeGlyph[];
  volumes: VolumeView[];
  services: ServiceView[];
  controlPlane: ControlPlaneView;
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

const TROUBLED: ReadonlySet<PodPhase> = new Set<PodPhase>(['Failed', 'CrashLoopBackOff', 'Unknown']);

/** Whether a Pod needs a person: the stage shows it in `--bad`, whatever its glyph. */
export function inTrouble(pod: Pick<PodGlyph, 'phase' | 'flags'>): boolean {
  return TROUBLED.has(pod.phase) || podHas(pod, 'oomKilled') || podHas(pod, 'imagePullBackOff');
}

/** The frame's Pods as objects. A Pod whose detail has not arrived, or that belongs to `kube-system`, is left out. */
export function podGlyphs(frame: Frame, details: Details): PodGlyph[] {
  const { pods, nodes } = frame;
  const glyphs: PodGlyph[] = [];
  const strains = new Map(frame.strains.map((one) => [one.id, one]));
  for (let row = 0; row < pods.count; row++) {
    const detail = details.pods.get(pods.id[row]!);
    const flags = pods.flags[row]!;
    if (!detail || (flags & POD_FLAGS.system) !== 0) continue;
    const nodeId = pods.node[row]! < 0 ? undefined : nodes.id[pods.node[row]!];
    const what = RINGS[pods.ring[row]!] ?? 'none';
    const strain = strains.get(detail.id);
    glyphs.push({
      id: detail.id,
      key: `${detail.namespace}/${detail.name}`,
      detail,
      node: nodeId === undefined ? '' : (details.nodes.get(nodeId)?.name ?? ''),
      phase: POD_PHASES[pods.phase[row]!] ?? 'Unknown',
      flags,
      progress: pods.progress[row]! / 255,
      ring: what === 'none' ? null : { what, fromMs: pods.ringFromMs[row]!, untilMs: pods.ringUntilMs[row]! },
      ready: pods.ready[row]!,
      containers: pods.containers[row]!,
      restarts: pods.restarts[row]!,
      ...(strain ? { strain } : {}),
    });
  }
  return glyphs;
}

/** The frame's nodes as objects. */
export function nodeGlyphs(frame: Frame, details: Details): NodeGlyph[] {
  const { nodes } = frame;
  const glyphs: NodeGlyph[] = [];
  for (let row = 0; row < nodes.count; row++) {
    const detail = details.nodes.get(nodes.id[row]!);
    if (!detail) continue;
    glyphs.push({
      id: detail.id,
      name: detail.name,
      detail,
      state: NODE_STATES[nodes.state[row]!] ?? 'Unknown',
      flags: nodes.flags[row]!,
      cpuRequested: nodes.cpuRequested[row]!,
      cpuAllocatable: nodes.cpuAllocatable[row]!,
      memoryRequested: nodes.memoryRequested[row]!,
      memoryAllocatable: nodes.memoryAllocatable[row]!,
      devicesUsed: nodes.devicesUsed[row]!,
      devices: nodes.devices[row]!,
      heardAtMs: nodes.heardAtMs[row]!,
      cpuUsed: nodes.cpuUsed[row]!,
      memoryUsed: nodes.memoryUsed[row]!,
      proxied: nodes.proxied[row]!,
    });
  }
  return glyphs;
}

/** The frame as it is, without story. */
export function pictureOf(frame: Frame, details: Details): Picture {
  return {
    atMs: frame.atMs,
    pods: podGlyphs(frame, details),
    nodes: nodeGlyphs(frame, details),
    volumes: frame.volumes,
    services: frame.services,
    controlPlane: frame.controlPlane,
  };
}

/** The Pods of each node, in the order of the frame. */
export function podsByNode(pods: readonly PodGlyph[]): Map<string, PodGlyph[]> {
  const byNode = new Map<string, PodGlyph[]>();
  for (const pod of pods) {
    if (pod.node === '') continue;
    const there = byNode.get(pod.node);
    if (there) there.push(pod);
    else byNode.set(pod.node, [pod]);
  }
  return byNode;
}

/** The Pods that are bound to no node: they stand in the scheduler's box. */
export function unplaced(pods: readonly PodGlyph[]): PodGlyph[] {
  return pods.filter((pod) => pod.node === '' && !isOver(pod));
}
