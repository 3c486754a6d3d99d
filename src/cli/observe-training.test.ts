import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { observeTraining } from './observe-training';

type Step = { rows: number[]; t: number; coef: number[]; intercept: number; meanSquaredError: number; r2: number };
type Recorded = { id: string; about: string; expect: { steps: Step[] } };

const lines = readFileSync(new URL('../training/recorded-runs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const recorded = lines.map((line) => JSON.parse(line) as Recorded);

/** 32-bit floats beside scikit-learn's 64. */
function expectClose(actual: number, wanted: number): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(2e-4 + 5e-4 * Math.abs(wanted));
}

it('repeats recorded runs of scikit-learn, a line for a line', async () => {
  const written: string[] = [];
  await observeTraining(
    (async function* () {
      yield* lines;
    })(),
    (line) => written.push(line),
  );
  expect(written.length).toBe(recorded.length);
  for (const [index, line] of written.entries()) {
    const { id, actual } = JSON.parse(line) as { id: string; actual: { steps: Step[] } };
    const wanted = recorded[index]!;
    expect(id).toBe(wanted.id);
    expect(actual.steps.map(({ rows, t }) => ({ rows, t }))).toEqual(
      wanted.expect.steps.map(({ rows, t }) => ({ rows, t })),
    );
    for (const [at, step] of wanted.expect.steps.entries()) {
      const { coef, intercept, meanSquaredError, r2 } = actual.steps[at]!;
      expect(coef.length).toBe(step.coef.length);
      coef.forEach((value, feature) => expectClose(value, step.coef[feature]!));
      expectClose(intercept, step.intercept);
      expectClose(meanSquaredError, step.meanSquaredError);
      expectClose(r2, step.r2);
    }
  }
});

it('answers a case that the program would refuse with its words', async () => {
  const written: string[] = [];
  const refused = { id: 'a', params: { loss: 'hinge' }, x: [[1]], y: [1], epochs: 1, batches: 1 };
  await observeTraining(
    (async function* () {
      yield JSON.stringify(refused);
    })(),
    (line) => written.push(line),
  );
  expect(JSON.parse(written[0]!)).toMatchObject({ id: 'a', problem: expect.stringContaining('LOSS must be one of') });
});
