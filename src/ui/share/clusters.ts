/** A machine as its picture shows it. */
export interface Machine {
  name: string;
  /** How many it has of a device, and which. */
  devices?: readonly [count: number, resource: keyof typeof DEVICES];
  /** Keys of its taints. */
  taints?: readonly string[];
}

/** A cluster to start from, as a person chooses it. */
export interface StarterCluster {
  preset: string;
  title: string;
  words: string;
  /** What one can try there. */
  tries: string;
  /** Its machines, in the rows of its picture. */
  rows: readonly (readonly Machine[])[];
  /** How many machines there are of one kind that are too many to be drawn each. */
  crowd?: number;
}

/** What people call the devices that Pods ask for. */
export const DEVICES = { 'nvidia.com/gpu': 'GPU', 'google.com/tpu': 'TPU' } as const;

const CPUS: readonly Machine[] = [{ name: 'cpu-1' }, { name: 'cpu-2' }, { name: 'cpu-3' }];
const GPUS: readonly Machine[] = [
  { name: 'gpu-a100-1', devices: [4, 'nvidia.com/gpu'], taints: ['nvidia.com/gpu'] },
  { name: 'gpu-a100-2', devices: [4, 'nvidia.com/gpu'], taints: ['nvidia.com/gpu'] },
  { name: 'gpu-t4-1', devices: [2, 'nvidia.com/gpu'], taints: ['nvidia.com/gpu', 'dedicated'] },
];
const TPUS: readonly Machine[] = [{ name: 'tpu-1', devices: [4, 'google.com/tpu'], taints: ['google.com/tpu'] }];
const CONTROL_PLANE: readonly Machine[] = ['control-plane-1', 'control-plane-2', 'control-plane-3'].map((name) => ({
  name,
  taints: ['node-role.kubernetes.io/control-plane'],
}));

export const CLUSTERS: readonly StarterCluster[] = [
  {
    preset: 'ml',
    title: 'Machine learning',
    words: 'Three CPU nodes, three with GPUs. The control plane is the provider’s.',
    tries: 'Train on a GPU that a taint guards, power its node off, and see training resume from the checkpoint.',
    rows: [CPUS, GPUS],
  },
  {
    preset: 'tpu',
    title: 'With a TPU',
    words: 'The same, and a node with four TPUs.',
    tries: 'Move a Job from a GPU to the TPU: another resource to ask for, another taint to tolerate.',
    rows: [CPUS, GPUS, TPUS],
  },
  {
    preset: 'self-managed',
    title: 'Self-managed',
    words: 'The same, and three control plane nodes that are yours to keep alive.',
    tries: 'Power control plane nodes off one by one, and see what still runs when etcd has lost its majority.',
    rows: [CPUS, GPUS, CONTROL_PLANE],
  },
  {
    preset: 'laptop',
    title: 'A laptop',
    words: 'One small node, no GPU.',
    tries: 'Fill it: see which requests still fit, and which Pod waits for room.',
    rows: [[{ name: 'laptop' }]],
  },
  {
    preset: 'empty',
    title: 'Nothing',
    words: 'A control plane without nodes.',
    tries: 'Apply a Pod, and read what Pending means where there is nowhere to go.',
    rows: [],
  },
  {
    preset: 'pool:200xlarge',
    title: '200 nodes',
    words: 'Large ones, for thousands of Pods.',
    tries: 'Scale a Deployment to thousands of Pods, and watch the scheduler work through its queue.',
    rows: [],
    crowd: 200,
  },
  {
    preset: 'pool:5000xlarge',
    title: '5,000 nodes',
    words: 'The largest there is. It takes a while to boot.',
    tries: 'Zoom from all of it to one node, power it off, and find what became of its Pods.',
    rows: [],
    crowd: 5_000,
  },
];

/** What there is in a cluster, in numbers: `6 nodes, 10 GPUs`. */
export function sizeWords({ rows, crowd = 0 }: Pick<StarterCluster, 'rows' | 'crowd'>): string {
  const machines = rows.flat();
  const nodes = machines.length + crowd;
  const counts = Object.entries(DEVICES).map(([resource, word]) => {
    const devices = machines.reduce((sum, one) => sum + (one.devices?.[1] === resource ? one.devices[0] : 0), 0);
    return devices === 0 ? '' : counted(devices, word);
  });
  return [nodes === 0 ? 'no nodes' : counted(nodes, 'node'), ...counts].filter((words) => words !== '').join(', ');
}

const counted = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
