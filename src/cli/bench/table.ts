import { benchTraining } from '../../training/bench-training';
import { fastForwardIdle, podsReady, replay } from './kernel';

/** A row of the table: what it does, and figures of its own besides time and memory. */
export interface Bench {
  readonly name: string;
  run(): Promise<Record<string, string | number>> | Record<string, string | number>;
}

export const BENCHES: readonly Bench[] = [
  { name: 'pods-ready-1000', run: () => podsReady(1000, 20) },
  { name: 'pods-ready-4000', run: () => podsReady(4000, 80) },
  { name: 'idle-ml', run: fastForwardIdle },
  { name: 'replay-200', run: replay },
  {
    name: 'training-steps',
    run: async () => {
      const { stepsPerSecond, bareStepsPerSecond, ratio } = await benchTraining();
      return { stepsPerSecond: Math.round(stepsPerSecond), bareStepsPerSecond: Math.round(bareStepsPerSecond), ratio };
    },
  },
];
