import { createInterface } from 'node:readline';
import { observeKubectl } from './observe-kubectl';
import { observeScheduler } from './observe-scheduler';
import { observeTraining } from './observe-training';

type Observer = (lines: AsyncIterable<string>, write: (line: string) => void) => Promise<void>;

const SUITES: Record<string, Observer> = {
  scheduler: observeScheduler,
  kubectl: observeKubectl,
  training: observeTraining,
};

const suite = process.argv[2] ?? '';
const observer = Object.hasOwn(SUITES, suite) ? SUITES[suite] : undefined;
if (!observer) {
  process.stderr.write(
    `observe: unknown suite ${JSON.stringify(suite)}; there are ${Object.keys(SUITES).join(', ')}\n`,
  );
  process.exit(2);
}
await observer(createInterface({ input: process.stdin }), (line) => process.stdout.write(`${line}\n`));
