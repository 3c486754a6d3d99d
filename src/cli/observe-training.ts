import { cpuBackend } from '../training/backend-cpu';
import type { RecordedRun } from '../training/recorded-run';
import { replayRun } from '../training/recorded-run';
import { createTrainer } from '../training/trainer';

/** Repeats recorded runs with the product's own trainer: a run a line in, `{ id, actual | problem }` a line out. */
export async function observeTraining(lines: AsyncIterable<string>, write: (line: string) => void): Promise<void> {
  const { trainStretch } = createTrainer([cpuBackend], () => {});
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const one = JSON.parse(line) as RecordedRun;
    write(JSON.stringify({ id: one.id, ...(await replayRun(one, trainStretch)) }));
  }
}
