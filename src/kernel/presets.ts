import type { ApiObject, Node, Taint } from '../api/objects';
import type { AddOnName } from './addons/table';
import type { ControlPlaneKind } from './control-plane';
import { CONTROL_PLANE_LABEL } from './control-plane-pods';
import { SCHEDULER_CONFIGURATION } from './scheduler/preset-configuration';
import { STORAGE_CLASSES } from './storage/classes';

/** A cluster to start from: its machines and what its API holds besides. */
export interface Preset {
  readonly nodes: readonly Node[];
  readonly objects: readonly ApiObject[];
  readonly controlPlane: ControlPlaneKind;
  /** What runs in Pods of `kube-system`, and does so from the start. */
  readonly addOns: readonly AddOnName[];
}

/** A machine type: what it holds, and the labels and taints clouds give such nodes. */
interface Shape {
  pool: string;
  cpu: string;
  memory: string;
  instanceType: string;
  devices?: Record<string, string>;
  labels?: Record<string, string>;
  taints?: Taint[];
}

const GPU_TAINT: Taint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const TPU_TAINT: Taint = { key: 'google.com/tpu', value: 'present', effect: 'NoSchedule' };

const SHAPES = {
  cpu: { pool: 'cpu', cpu: '8', memory: '32Gi', instanceType: 'n2-standard-8' },
  a100: {
    pool: 'gpu',
    cpu: '16',
    memory: '128Gi',
    instanceType: 'a2-highgpu-4g',
    devices: { 'nvidia.com/gpu': '4' },
    labels: {
      'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB',
      'cloud.google.com/gke-accelerator': 'nvidia-tesla-a100',
    },
    taints: [GPU_TAINT],
  },
  t4: {
    pool: 'gpu',
    cpu: '8',
    memory: '32Gi',
    instanceType: 'n1-standard-8',
    devices: { 'nvidia.com/gpu': '2' },
    labels: { 'nvidia.com/gpu.product': 'Tesla-T4', 'cloud.google.com/gke-accelerator': 'nvidia-tesla-t4' },
    taints: [GPU_TAINT],
  },
  tpu: {
    pool: 'tpu',
    cpu: '16',
    memory: '64Gi',
    instanceType: 'ct5lp-hightpu-4t',
    devices: { 'google.com/tpu': '4' },
    labels: { 'cloud.google.com/gke-tpu-accelerator': 'tpu-v5-lite-podslice' },
    taints: [TPU_TAINT],
  },
  large: { pool: 'cpu', cpu: '32', memory: '128Gi', instanceType: 'n2-standard-32' },
  laptop: { pool: 'cpu', cpu: '4', memory: '8Gi', instanceType: 'laptop' },
  controlPlane: {
    pool: 'control-plane',
    cpu: '4',
    memory: '16Gi',
    instanceType: 'n2-standard-4',
    labels: { [CONTROL_PLANE_LABEL]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' },
    taints: [{ key: CONTROL_PLANE_LABEL, effect: 'NoSchedule' }],
  },
} satisfies Record<string, Shape>;

type ShapeName = keyof typeof SHAPES;

/** What the API of every preset holds besides its nodes. */
const OBJECTS = [...STORAGE_CLASSES, SCHEDULER_CONFIGURATION] as unknown as ApiObject[];

const REGION = 'podium-1';
const POOL_LIMIT = 5000;

function machine(name: string, shapeName: ShapeName, zone: string, extraTaints: Taint[] = []): Node {
  const shape: Shape = SHAPES[shapeName];
  const taints = [...(shape.taints ?? []), ...extraTaints];
  const capacity = {
    cpu: shape.cpu,
    memory: shape.memory,
    pods: '110',
    'ephemeral-storage': '100Gi',
    ...shape.devices,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': shape.instanceType,
        'topology.kubernetes.io/region': REGION,
        'topology.kubernetes.io/zone': `${REGION}${zone}`,
        'cloud.google.com/gke-nodepool': shape.pool,
        ...shape.labels,
      },
    },
    spec: taints.length > 0 ? { taints } : {},
    status: { capacity, allocatable: capacity },
  } as unknown as Node;
}

const ml = (): Node[] => [
  machine('cpu-1', 'cpu', 'a'),
  machine('cpu-2', 'cpu', 'a'),
  machine('cpu-3', 'cpu', 'b'),
  machine('gpu-a100-1', 'a100', 'a'),
  machine('gpu-a100-2', 'a100', 'a'),
  machine('gpu-t4-1', 't4', 'b', [{ key: 'dedicated', value: 'vision', effect: 'NoSchedule' }]),
];

const controlPlane = (): Node[] =>
  ['a', 'b', 'c'].map((zone, index) => machine(`control-plane-${index + 1}`, 'controlPlane', zone));

const NETWORK: readonly AddOnName[] = ['coredns', 'kube-proxy'];
const WITH_GPUS: readonly AddOnName[] = [...NETWORK, 'nvidia-device-plugin'];

const PRESETS: Record<string, Omit<Preset, 'nodes' | 'objects'> & { nodes: () => Node[] }> = {
  ml: { nodes: ml, controlPlane: 'managed', addOns: WITH_GPUS },
  tpu: {
    nodes: () => [...ml(), machine('tpu-1', 'tpu', 'a')],
    controlPlane: 'managed',
    addOns: [...WITH_GPUS, 'tpu-device-plugin'],
  },
  'self-managed': { nodes: () => [...ml(), ...controlPlane()], controlPlane: 'self-managed', addOns: WITH_GPUS },
  laptop: { nodes: () => [machine('laptop', 'laptop', 'a')], controlPlane: 'plain', addOns: NETWORK },
  empty: { nodes: () => [], controlPlane: 'plain', addOns: [] },
};

/** The names of the presets that have one; `pool:{n}x{shape}` makes pools of any size. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);

/** The preset of this name, or the reason why there is none. */
export function presetOf(name: string): Preset | { problem: string } {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset) return { ...preset, nodes: preset.nodes(), objects: OBJECTS };
  if (!name.startsWith('pool:')) {
    return {
      problem: `unknown preset ${JSON.stringify(name)}; there are ${PRESET_NAMES.join(', ')} and pool:{n}x{shape}`,
    };
  }
  return poolsOf(name.slice('pool:'.length));
}

/** Models text such as `20xcpu,4xa100`. */
function poolsOf(text: string): Preset | { problem: string } {
  const nodes: Node[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,4})x(\w+)$/.exec(part);
    const shape = match?.[2] ?? '';
    if (!match || !Object.hasOwn(SHAPES, shape)) {
      return {
        problem: `a pool is {n}x{shape} with a shape of ${Object.keys(SHAPES).join(', ')}, not ${JSON.stringify(part)}`,
      };
    }
    const count = Number(match[1]);
    for (let index = 1; index <= count; index++) {
      nodes.push(machine(`${shape}-${index}`, shape as ShapeName, 'abc'[index % 3]!));
    }
  }
  if (nodes.length > POOL_LIMIT) return { problem: `a cluster has at most ${POOL_LIMIT} nodes` };
  return { nodes, objects: OBJECTS, controlPlane: 'managed', addOns: [] };
}
