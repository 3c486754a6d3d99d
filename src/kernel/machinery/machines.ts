import { assert } from '../../base/assert';
import type { Node, Pod } from '../../api/objects';

/** A file on a machine that names a Pod for its kubelet to run. `uid` is the Pod's, a new one each time it is put there. */
export interface StaticPodManifest {
  readonly uid: string;
  readonly pod: Pod;
}

/** A machine of the simulated world: what is true of it whether or not anybody has been told. */
export interface Machine {
  /** The Node as its kubelet registers it: labels, taints, capacity. */
  readonly node: Node;
  /** Counts the machines from 0 in the order of their coming: addresses are made of it, so none is given twice. */
  readonly number: number;
  powered: boolean;
  /** Whether the network between the machine and the rest of the cluster works. */
  linked: boolean;
  /** Whether an API server answers its kubelet, as far as that depends on the control plane. */
  served: boolean;
  /** Whether the kubelet's process runs. */
  kubeletUp: boolean;
  diskPressure: boolean;
  memoryPressure: boolean;
  /** Devices by extended resource: an id each, and whether it works. */
  devices: Map<string, { id: string; healthy: boolean }[]>;
  /** Complete images on the machine's disk: reference → size in megabytes. Survives loss of power. */
  images: Map<string, number>;
  /** The static Pods by their names in the files. */
  manifests: Map<string, StaticPodManifest>;
  /** Programs that cannot run here for now: they end as soon as they are started. */
  stopped: Set<string>;
  /** Counts the machine's starts: what ran before the last one is gone. */
  boots: number;
}

export interface MachinesState {
  machines: Map<string, Machine>;
  /** How many machines there have been. */
  added: number;
  registryUp: boolean;
  /** How fast images arrive. */
  megabytesPerSecond: number;
}

/** The hardware. Faults change it; kubelets live on it; nobody else may look. */
export class Machines {
  state: MachinesState = { machines: new Map(), added: 0, registryUp: true, megabytesPerSecond: 100 };

  restore(state: MachinesState): void {
    this.state = state;
  }

  add(node: Node): Machine {
    const name = node.metadata.name;
    assert(!this.state.machines.has(name), `there is a machine ${name} already`);
    const machine: Machine = {
      node,
      number: this.state.added++,
      powered: true,
      linked: true,
      served: true,
      kubeletUp: true,
      diskPressure: false,
      memoryPressure: false,
      devices: devicesOf(node),
      images: new Map(),
      manifests: new Map(),
      stopped: new Set(),
      boots: 1,
    };
    this.state.machines.set(name, machine);
    return machine;
  }

  remove(name: string): void {
    this.state.machines.delete(name);
  }

  get(name: string): Machine | undefined {
    return this.state.machines.get(name);
  }

  all(): Iterable<Machine> {
    return this.state.machines.values();
  }

  /** Whether the machine is on and can be reached. */
  reachable(name: string): boolean {
    const machine = this.state.machines.get(name);
    return machine !== undefined && machine.powered && machine.linked;
  }
}

/** `nvidia0`, `nvidia1` …: a device for each unit of an extended resource. */
function devicesOf(node: Node): Machine['devices'] {
  const devices: Machine['devices'] = new Map();
  for (const [resource, quantity] of Object.entries(node.status.capacity ?? {})) {
    if (!resource.includes('/') || resource.startsWith('hugepages-')) continue;
    const prefix = resource.split(/[./]/)[0]!;
    const count = Number(quantity);
    devices.set(
      resource,
      Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}`, healthy: true })),
    );
  }
  return devices;
}
