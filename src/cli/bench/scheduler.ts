import type { Json } from '../../api/objects';
import { assert, present } from '../../base/assert';
import { SchedulerAlone } from '../../kernel/scheduler/scheduler-alone';

export type Workload = 'plain' | 'gpu';

const SEED = 1;
const ZONES = 3;
/** Cycles that come before the engine has compiled the code; they count for Pods a second, not for a cycle's time. */
const WARM_UP = 200;

const TAINT = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const LABELS = { app: 'train' };

/** What is measured of the real one: nodes of 32 CPUs in three zones, with GPUs 16 each behind the usual taint. */
function node(index: number, workload: Workload): { kind: string } & Record<string, Json> {
  const name = `node-${index}`;
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % ZONES}` };
  const gpus = workload === 'gpu' ? { 'nvidia.com/gpu': '16' } : {};
  const allocatable = { cpu: '32', memory: '128Gi', pods: '110', ...gpus };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: workload === 'gpu' ? { taints: [TAINT] } : {},
    status: { capacity: allocatable, allocatable },
  };
}

function pod(index: number, workload: Workload): { kind: string } & Record<string, Json> {
  const requests = { cpu: '100m', memory: '200Mi' };
  const device = { 'nvidia.com/gpu': '1' };
  const resources = workload === 'gpu' ? { requests: { ...requests, ...device }, limits: device } : { requests };
  const spread = {
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: LABELS },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: 'default', labels: LABELS },
    spec: {
      containers: [{ name: 'main', image: 'nginx:1.27', resources }],
      ...(workload === 'gpu'
        ? { tolerations: [{ key: TAINT.key, operator: 'Exists' }], topologySpreadConstraints: [spread] }
        : {}),
    },
  };
}

/** A scheduler that has not begun, and Pods that wait for it. */
class Waiting extends SchedulerAlone {
  /** Wall milliseconds of each cycle, in their order. */
  readonly cycleMs: number[] = [];

  constructor(nodes: number, pods: number, workload: Workload) {
    super(SEED);
    this.scheduler.stop();
    for (let index = 0; index < nodes; index++) {
      const { status, ...made } = node(index, workload);
      this.create('nodes', made);
      this.admin.patch('nodes', '', `node-${index}`, (one) => ({ ...one, status: status as never }), 'status');
      this.admin.patch('nodes', '', `node-${index}`, (one) => ({ ...one, spec: made.spec as never }));
    }
    for (let index = 0; index < pods; index++) this.create('pods', pod(index, workload));
  }

  /** From the scheduler's start to the last binding. */
  run(pods: number): void {
    this.scheduler.start();
    while (this.#bound() < pods) {
      const timer = present(this.clock.take(Infinity), 'a Pod that waits has a timer');
      const startMs = performance.now();
      this.handle(timer);
      if (timer.owner === this.scheduler.name && timer.kind === 'cycle') this.cycleMs.push(performance.now() - startMs);
    }
  }

  #bound(): number {
    const { state } = this.scheduler;
    const settled = state.bindings.size === 0 && Object.values(this.scheduler.counts()).every((count) => count === 0);
    return settled ? this.cycleMs.length : 0;
  }
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)]!;

/**
 * Pods bound per CPU second, the API server's work for it included, and the time of one cycle (snapshot, filter,
 * score, assume), in milliseconds.
 */
export function schedulerThroughput(nodes: number, pods: number, workload: Workload): Record<string, number> {
  const waiting = new Waiting(nodes, pods, workload);
  const cpuStart = process.cpuUsage();
  waiting.run(pods);
  const cpu = process.cpuUsage(cpuStart);
  const cycles = waiting.cycleMs.slice(WARM_UP).sort((left, right) => left - right);
  assert(waiting.cycleMs.length === pods, 'each Pod is placed by one cycle');
  return {
    nodes,
    pods,
    boundPerCpuSecond: Math.round((pods * 1e6) / (cpu.user + cpu.system)),
    cycleMs10th: Number(quantile(cycles, 0.1).toFixed(3)),
    cycleMsMedian: Number(quantile(cycles, 0.5).toFixed(3)),
    cycleMs95th: Number(quantile(cycles, 0.95).toFixed(3)),
  };
}
