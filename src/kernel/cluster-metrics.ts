import type { MetricsReader, NodeMetrics, PodMetrics } from './apiserver/metrics';
import type { Conventions } from './images/conventions';
import type { Kubelet } from './kubelet/kubelet';
import { WINDOW_MS } from './kubelet/usage-meter';
import type { Machines } from './machinery/machines';
import type { Clock } from './time/clock';

/** The metrics server: it asks the kubelets that it can reach. */
export class ClusterMetrics implements MetricsReader {
  constructor(
    private readonly machines: Machines,
    private readonly kubelets: ReadonlyMap<string, Kubelet>,
    private readonly clock: Clock,
    private readonly system: Conventions['system'],
  ) {}

  pods(): PodMetrics[] {
    return this.#reached().flatMap(([, kubelet]) => this.#podsOf(kubelet));
  }

  nodes(): NodeMetrics[] {
    const atMs = Math.floor(this.clock.nowMs / WINDOW_MS) * WINDOW_MS + this.clock.state.epochMs;
    return this.#reached().map(([name, kubelet]) => {
      const used = this.#podsOf(kubelet).flatMap((pod) => pod.containers);
      const sum = (of: 'cpuMilli' | 'memoryBytes'): number =>
        used.reduce((total, one) => total + one[of], this.system[of]);
      return { name, atMs, windowMs: WINDOW_MS, cpuMilli: sum('cpuMilli'), memoryBytes: sum('memoryBytes') };
    });
  }

  #reached(): [string, Kubelet][] {
    const up = (name: string): boolean => this.machines.reachable(name) && this.machines.get(name)!.kubeletUp;
    return [...this.kubelets].filter(([name]) => up(name));
  }

  #podsOf(kubelet: Kubelet): PodMetrics[] {
    const { epochMs } = this.clock.state;
    return kubelet.usage().map(({ endMs, ...usage }) => ({ ...usage, atMs: endMs + epochMs, windowMs: WINDOW_MS }));
  }
}
