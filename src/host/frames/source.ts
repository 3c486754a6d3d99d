import type { SchedulingRecord } from '../../api/scheduling';
import type { ControlPlane } from '../../kernel/control-plane';
import type { Input } from '../../kernel/input';
import type { Machines } from '../../kernel/machinery/machines';
import type { Store } from '../../kernel/store/store';
import type { Timer } from '../../kernel/time/clock';
import type { Branch, Frame } from '../../protocol/frame';
import type { ProbeTally } from './strains';

/** What frames are built from: the part of a cluster that may be looked at. `Cluster` is one. */
export interface FrameSource {
  readonly clock: {
    readonly nowMs: number;
    readonly state: { readonly epochMs: number };
    timer(owner: string, kind: string, key: string): Timer | undefined;
  };
  readonly store: Pick<Store, 'onWrite' | 'all' | 'get' | 'revision' | 'causes'>;
  readonly machines: Pick<Machines, 'get'>;
  readonly scheduler: {
    latest(): SchedulingRecord | undefined;
    attemptsSince(atMs: number): SchedulingRecord[];
    records(namespace: string, name: string): readonly SchedulingRecord[];
    counts(): { readonly active: number; readonly backoff: number; readonly unschedulable: number };
  };
  readonly kubelets: ReadonlyMap<string, { readonly state: KubeletPulls & KubeletProbes; used(): Usage }>;
  /** Megabytes of an image by its name; 0 where no registry has it. */
  imageSizeMb(image: string): number;
  readonly volumes: { list(volume: string): string[] };
  readonly network: {
    rates(): ReadonlyMap<string, { readonly perSecond: number; readonly failed: number }>;
    proxyStopped(node: string): boolean;
    has(component: 'kube-proxy'): boolean;
  };
  readonly controlPlane: Pick<ControlPlane, 'outages' | 'members' | 'repairs'>;
}

/** CPU in millicores, memory in bytes. */
export interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What a kubelet knows of the images it pulls, one at a time: the first one runs. */
export interface KubeletPulls {
  readonly pulls: readonly { readonly uid: string; readonly container: string; readonly startedMs: number }[];
  /** By `UID_IMAGE`. */
  readonly pullBackOff: ReadonlyMap<string, { readonly delayMs: number; readonly updatedMs: number }>;
}

/** What a kubelet knows of its Pods' probes, by the Pods' uid. */
export interface KubeletProbes {
  readonly pods: ReadonlyMap<string, { readonly probes: ReadonlyMap<string, ProbeTally> }>;
}

/** What the host says beside the cluster. */
export interface FrameView extends Pick<Frame, 'endMs' | 'speed' | 'run' | 'note' | 'saved'> {
  branches: readonly (Omit<Branch, 'inputs'> & {
    readonly sharedInputs: number;
    readonly inputs: readonly Input[];
  })[];
  branch: string;
  /** The whole line of inputs of the branch, and how many of them the cluster has taken in. */
  inputs: readonly Input[];
  applied: number;
}
