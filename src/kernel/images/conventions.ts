import { DISK_DRIVER, FILES_DRIVER } from './csi-drivers';
import type { Dialect } from './shell/state';

/** The programs there are, by name. */
export type ProgramName =
  | 'tiny-shell'
  | 'busybox-shell'
  | 'server'
  | 'unknown'
  | 'nginx'
  | 'httpd'
  | 'redis'
  | 'postgres'
  | 'sgd-regressor'
  | 'model-server'
  | 'load'
  | 'evaluate'
  | 'coredns'
  | 'kube-proxy'
  | 'nvidia-device-plugin'
  | 'tpu-device-plugin';

/** An image that somebody has made. */
export interface KnownImage {
  readonly sizeMb: number;
  /** What runs where the Pod gives no command; the shell's words where it gives arguments only. */
  readonly program: ProgramName;
  /** Names under which a command starts the image's own program. */
  readonly commands?: readonly string[];
  /** Tags there are; without: every version number, with the usual suffixes, and `latest`. */
  readonly tags?: readonly string[];
  /** Whether arguments without a command replace the program. */
  readonly argumentsReplace: boolean;
}

/** A rule by which a pull fails. */
export interface PullRefusal {
  readonly nameContains?: string;
  readonly tag?: string;
  readonly refusal: 'notFound' | 'denied';
}

/** A CSI driver that runs on every node. */
export interface CsiDriverOnNode {
  readonly name: string;
  /** Labels of a node that say where its volumes can be reached. */
  readonly topologyKeys: readonly string[];
  /** How many volumes a node can attach; null: any number, since they are mounted over the network. */
  readonly volumesOnNode: number | null;
}

/**
 * What holds for images, pulls and programs in a cluster. `podium` is the world of the presets; `recorded` that of the
 * clusters whose behaviour was recorded. Data only: no code asks which one it is.
 */
export interface Conventions {
  readonly name: 'podium' | 'recorded';
  readonly pull: {
    /** Virtual milliseconds of a first pull; null: size by bandwidth. */
    readonly firstMs: number | null;
    /** At least, and for an image the node has already. */
    readonly againMs: number;
    readonly failureMs: number;
  };
  readonly sandboxMs: number;
  readonly images: Readonly<Record<string, KnownImage>>;
  readonly refusals: readonly PullRefusal[];
  /** Names this close to a known one are typing errors: there is no such image. */
  readonly nearMiss: number;
  readonly unknown: { readonly sizeMb: number; readonly program: ProgramName; readonly runsCommands: boolean };
  readonly csiDrivers: readonly CsiDriverOnNode[];
  /** Whether a metrics server tells what Pods and nodes use. */
  readonly metricsApi: boolean;
  /** Whether a provider gives Services addresses that are reached from outside. */
  readonly loadBalancers: boolean;
  /** What the system's own programs use of each machine. */
  readonly system: { readonly cpuMilli: number; readonly memoryBytes: number };
  /** Whether device plugins tell how each device is. */
  readonly devicePlugins: boolean;
  readonly shell: ProgramName;
  readonly dialect: Dialect;
}

const PODIUM_TAGS = ['1.0', '1.1', '1.2', '1.3', '1.4', 'latest'];

const box = (sizeMb: number): KnownImage => ({ sizeMb, program: 'busybox-shell', argumentsReplace: true });
const service = (sizeMb: number, program: ProgramName, ...commands: string[]): KnownImage => ({
  sizeMb,
  program,
  commands,
  argumentsReplace: true,
});
const podium = (sizeMb: number, program: ProgramName): KnownImage => ({
  sizeMb,
  program,
  commands: [program],
  tags: PODIUM_TAGS,
  argumentsReplace: false,
});

/** A program of Kubernetes itself: what it does is done by the cluster's own parts. */
const kubernetes = (sizeMb: number, command: string, tag: string, program: ProgramName = 'server'): KnownImage => ({
  sizeMb,
  program,
  commands: [command],
  tags: [tag],
  argumentsReplace: false,
});

const IMAGES: Conventions['images'] = {
  busybox: box(4),
  alpine: box(8),
  ubuntu: box(30),
  python: box(350),
  nginx: service(70, 'nginx', 'nginx', '/docker-entrypoint.sh'),
  httpd: service(60, 'httpd', 'httpd', 'httpd-foreground'),
  redis: service(50, 'redis', 'redis-server', 'docker-entrypoint.sh'),
  postgres: service(150, 'postgres', 'postgres', 'docker-entrypoint.sh'),
  'podium/sgd-regressor': podium(600, 'sgd-regressor'),
  'podium/model-server': podium(400, 'model-server'),
  'podium/load': podium(60, 'load'),
  'podium/evaluate': podium(600, 'evaluate'),
  'registry.k8s.io/etcd': kubernetes(60, 'etcd', '3.6.8-0'),
  'registry.k8s.io/kube-apiserver': kubernetes(30, 'kube-apiserver', 'v1.36.3'),
  'registry.k8s.io/kube-controller-manager': kubernetes(25, 'kube-controller-manager', 'v1.36.3'),
  'registry.k8s.io/kube-scheduler': kubernetes(20, 'kube-scheduler', 'v1.36.3'),
  'registry.k8s.io/kube-proxy': kubernetes(30, '/usr/local/bin/kube-proxy', 'v1.36.3', 'kube-proxy'),
  'registry.k8s.io/coredns/coredns': kubernetes(25, '/coredns', 'v1.14.2', 'coredns'),
  'nvcr.io/nvidia/k8s-device-plugin': kubernetes(90, 'nvidia-device-plugin', 'v0.17.1', 'nvidia-device-plugin'),
  'gke.gcr.io/tpu-device-plugin': kubernetes(40, '/usr/bin/tpu_device_plugin', 'v1.36.3', 'tpu-device-plugin'),
  'registry.k8s.io/pause': { sizeMb: 1, program: 'server', argumentsReplace: false },
};

const PODIUM: Conventions = {
  name: 'podium',
  pull: { firstMs: null, againMs: 500, failureMs: 1000 },
  sandboxMs: 100,
  images: IMAGES,
  refusals: [],
  nearMiss: 2,
  unknown: { sizeMb: 200, program: 'unknown', runsCommands: false },
  csiDrivers: [
    { name: DISK_DRIVER, topologyKeys: ['topology.kubernetes.io/zone'], volumesOnNode: 15 },
    { name: FILES_DRIVER, topologyKeys: [], volumesOnNode: null },
  ],
  metricsApi: true,
  loadBalancers: true,
  system: { cpuMilli: 80, memoryBytes: 600 << 20 },
  devicePlugins: true,
  shell: 'busybox-shell',
  dialect: 'busybox',
};

const RECORDED: Conventions = {
  name: 'recorded',
  pull: { firstMs: 2000, againMs: 500, failureMs: 1000 },
  sandboxMs: 100,
  images: {},
  refusals: [
    { nameContains: 'missing', refusal: 'notFound' },
    { tag: 'nope', refusal: 'notFound' },
    { nameContains: 'private', refusal: 'denied' },
  ],
  nearMiss: 0,
  unknown: { sizeMb: 50, program: 'server', runsCommands: true },
  csiDrivers: [],
  metricsApi: false,
  loadBalancers: false,
  system: { cpuMilli: 0, memoryBytes: 0 },
  devicePlugins: false,
  shell: 'tiny-shell',
  dialect: 'tiny',
};

/** The tables by name. */
export const CONVENTIONS: Record<Conventions['name'], Conventions> = { podium: PODIUM, recorded: RECORDED };
