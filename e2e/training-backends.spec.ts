import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { serve } from '../src/cli/launch/serve.mjs';
import type { TrainingRequest, TrainingResult } from '../src/api/training';
import type { FromTraining } from '../src/protocol/training';
import { replayRun, type RecordedRun } from '../src/training/recorded-run';
import { DIST, rememberWorkers, sandboxAt } from './door';

/** Ten recorded runs of scikit-learn, with what it came to after each call. */
interface Recorded extends RecordedRun {
  expect: { steps: { coef: number[]; intercept: number; t: number; meanSquaredError: number; r2: number }[] };
}
const RUNS = readFileSync(new URL('../src/training/recorded-runs.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Recorded);

/** What 32-bit floats may differ from 64-bit ones. */
const tolerance = (value: number): number => 2e-4 + 5e-4 * Math.abs(value);

/** Asks the page's own training worker for one stretch, past the simulator. */
function train(page: Page, request: TrainingRequest): Promise<TrainingResult> {
  return page.evaluate(async (asked) => {
    const { podiumWorkers } = window as unknown as { podiumWorkers: Record<string, Worker> };
    const worker = podiumWorkers['training'];
    if (!worker) throw new Error('the page has no training worker');
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ kind: 'port', port: port2 }, [port2]);
    const answer = new Promise<TrainingResult>((resolve, reject) => {
      port1.onmessage = ({ data }: MessageEvent<FromTraining>) => {
        if (data.kind === 'trained') resolve(data.result);
        else if (data.kind === 'failed') reject(new Error(data.message));
      };
    });
    port1.postMessage({ kind: 'train', id: 1, request: asked });
    return answer.finally(() => port1.close());
  }, request);
}

test('ten recorded runs come out the same on WebGL, in the worker of the built page', async ({ page }) => {
  test.setTimeout(240_000);
  expect(RUNS).toHaveLength(10);
  const { server, url } = await serve(DIST, { port: 0 });
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') violations.push(message.text());
  });
  await rememberWorkers(page);
  await page.goto(sandboxAt(url));
  await expect
    .poll(() => page.evaluate(() => 'training' in (window as unknown as { podiumWorkers: object }).podiumWorkers), {
      timeout: 30_000,
    })
    .toBe(true);

  for (const run of RUNS) {
    const backends = new Set<string>();
    const replay = await replayRun(run, async (request) => {
      const result = await train(page, request);
      backends.add(result.backend);
      return result;
    });
    expect([...backends], run.id).toEqual(['webgl']);
    if ('problem' in replay) throw new Error(`${run.id}: ${replay.problem}`);
    const { steps } = replay.actual;
    expect(steps.length, run.id).toBe(run.expect.steps.length);
    run.expect.steps.forEach((expected, index) => {
      const actual = steps[index]!;
      const where = `${run.id}, call ${index}`;
      expect(actual.t, where).toBe(expected.t);
      const pairs: [string, number, number][] = [
        ...expected.coef.map((value, at): [string, number, number] => [`coef ${at}`, actual.coef[at]!, value]),
        ['intercept', actual.intercept, expected.intercept],
        ['meanSquaredError', actual.meanSquaredError, expected.meanSquaredError],
        ['r2', actual.r2, expected.r2],
      ];
      for (const [what, got, wanted] of pairs)
        expect(Math.abs(got - wanted), `${where}: ${what} is ${got}, not ${wanted}`).toBeLessThanOrEqual(
          tolerance(wanted),
        );
    });
  }
  expect(violations).toEqual([]);
  server.closeAllConnections();
  server.close();
});
