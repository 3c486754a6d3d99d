import { benchTraining } from '../../training/bench-training';
import { doorHotWrites, doorRequests } from './door';
import { fastForwardIdle, podsReady, podsReadyCompiled, replay, rollingUpdate, zoneLost } from './kernel';
import { lessonGoals } from './lessons';
import { schedulerThroughput, type Workload } from './scheduler';

/** A row of the table: what it does, and figures of its own besides time and memory. */
export interface Bench {
  readonly name: string;
  run(): Promise<Record<string, string | number>> | Record<string, string | number>;
}

/** Sizes and numbers of Pods at which the real scheduler was measured. */
const SCHEDULED: readonly (readonly [workload: Workload, nodes: number, pods: number])[] = [
  ['plain', 100, 1000],
  ['plain', 1000, 2000],
  ['plain', 5000, 5000],
  ['gpu', 100, 1000],
  ['gpu', 1000, 2000],
  ['gpu', 5000, 5000],
];

export const BENCHES: readonly Bench[] = [
  { name: 'pods-ready-1000', run: () => podsReady(1000, 20) },
  { name: 'pods-ready-1000-compiled', run: () => podsReadyCompiled(1000, 20) },
  { name: 'pods-ready-4000', run: () => podsReady(4000, 80) },
  { name: 'pods-ready-10000', run: () => podsReady(10_000, 200) },
  { name: 'pods-ready-30000', run: () => podsReady(30_000, 1_000) },
  { name: 'rolling-update-1000', run: () => rollingUpdate(1_000, 20) },
  { name: 'zone-lost-100', run: () => zoneLost(3_000, 300) },
  { name: 'idle-ml', run: fastForwardIdle },
  { name: 'replay-200', run: replay },
  { name: 'door-requests', run: doorRequests },
  { name: 'door-hot-writes', run: doorHotWrites },
  { name: 'lesson-goals', run: lessonGoals },
  ...SCHEDULED.map(([workload, nodes, pods]) => ({
    name: `schedule-${workload}-${nodes}`,
    run: () => schedulerThroughput(nodes, pods, workload),
  })),
  {
    name: 'training-steps',
    run: async () => {
      const { stepsPerSecond, bareStepsPerSecond, ratio } = await benchTraining();
      return { stepsPerSecond: Math.round(stepsPerSecond), bareStepsPerSecond: Math.round(bareStepsPerSecond), ratio };
    },
  },
  /* The last, because it takes minutes and gigabytes. */
  { name: 'pods-ready-150000', run: () => podsReady(150_000, 5_000) },
];
