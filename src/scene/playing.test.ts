import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CauseView } from '../protocol/frame';
import { FramePicture } from './frame-picture';
import { attempt, Ids, makeFrame, row, type PodSketch, type Sketch } from './frames.rig';
import { History } from './history';
import { layoutMap } from './layout';
import type { Picture } from './picture';
import { trafficAt } from './traffic';

/** A Job from its Apply to the end of its Pod: how long after the one before each step comes, in virtual ms. */
interface Life {
  atMs: number;
  steps: readonly number[];
}

const NODES = ['cpu-1', 'cpu-2', 'cpu-3'];
const STEP_MS = 70;

/** The rows of some lives, in the order of time, and what each row leaves the Pods as. */
function written(lives: readonly Life[]): { rows: CauseView[]; podsAfter: (atMs: number) => PodSketch[] } {
  const drafts = lives.flatMap(({ atMs, steps }, index) => {
    const key = `default/p${index}`;
    const node = NODES[index % NODES.length]!;
    const times = steps.reduce<number[]>((all, step) => [...all, all.at(-1)! + step], [atMs]);
    const texts: [string, string, string | undefined][] = [
      ['kubectl', `create jobs default/j${index}`, undefined],
      ['job-controller', `create pods ${key}`, undefined],
      ['kube-scheduler', `update pods ${key}`, node],
      [`kubelet/${node}`, `update pods ${key}`, node],
      ['kubectl', `delete pods ${key}`, node],
    ];
    return texts.map(([actor, what, there], step) => ({ index, step, atMs: times[step]!, actor, what, there }));
  });
  drafts.sort((a, b) => a.atMs - b.atMs || a.index - b.index || a.step - b.step);
  const revisions = new Map(drafts.map((draft, at) => [`${draft.index} ${draft.step}`, at + 10]));
  const rows = drafts.map(({ index, step, atMs, actor, what, there }) => {
    const from = step === 0 || step === 4 ? [] : [revisions.get(`${index} ${step - 1}`)!];
    return row(revisions.get(`${index} ${step}`)!, atMs, actor, what as 'update pods x', from, there);
  });
  const podsAfter = (atMs: number): PodSketch[] =>
    lives.flatMap((_, index): PodSketch[] => {
      const step = Math.max(
        -1,
        ...drafts.filter((one) => one.index === index && one.atMs <= atMs).map((one) => one.step),
      );
      const node = NODES[index % NODES.length]!;
      if (step < 1 || step > 3) return [];
      const phase = (['Pending', 'Creating', 'Running'] as const)[step - 1]!;
      return [{ name: `p${index}`, phase, cpu: 1, ...(step > 1 ? { node } : {}) }];
    });
  return { rows, podsAfter };
}

/** What is seen at a moment: everything, but for what no two frames agree on. */
function seen(history: History, storyMs: number): string {
  const picture = history.at(storyMs)!;
  const pods = [...picture.pods].sort((a, b) => a.id - b.id);
  const traffic = trafficAt(history.story, storyMs, layoutMap(picture, 740, 768, 1), 1);
  return JSON.stringify([picture.atMs, pods, picture.nodes, picture.controlPlane.tape, traffic]);
}

/** Frames at these moments, with the rows since the one before. */
function frames({ rows, podsAfter }: ReturnType<typeof written>, cuts: readonly number[]): Sketch[] {
  return cuts.map((atMs, index) => ({
    atMs,
    sequence: index + 1,
    nodes: NODES.map((name) => ({ name })),
    pods: podsAfter(atMs),
    causes: rows.filter((one) => one.atMs <= atMs && one.atMs > (cuts[index - 1] ?? -Infinity)),
    scheduling: rows
      .filter((one) => one.actor === 'kube-scheduler' && one.atMs <= atMs && one.atMs > (cuts[index - 1] ?? -Infinity))
      .map((one) => attempt(one.key.slice('default/'.length), one.atMs - 1, [one.node!])),
  }));
}

const lives = fc.array(
  fc.record({
    atMs: fc.integer({ min: 1000, max: 6000 }),
    steps: fc.tuple(
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 2, max: 1200 }),
      fc.integer({ min: 5, max: 4000 }),
      fc.integer({ min: 100, max: 3000 }),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);
const pauses = fc.array(fc.integer({ min: 16, max: 600 }), { minLength: 30, maxLength: 40 });

/** Frame after frame, each shown up to its moment; then the end, when nothing moves any more. */
function play(cuts: readonly Sketch[], look: (history: History, storyMs: number) => void): History {
  const history = new History();
  const ids = new Ids();
  let shownMs = -Infinity;
  for (const sketch of cuts) {
    const { frame, details } = makeFrame(sketch, ids);
    history.push(frame, details);
    const first = shownMs === -Infinity ? history.nowMs : shownMs + STEP_MS;
    for (let ms = first; ms <= history.nowMs; ms += STEP_MS) look(history, (shownMs = ms));
  }
  return history;
}

const cutsOf = (steps: readonly number[]): number[] =>
  steps.reduce<number[]>((all, step) => [...all, all.at(-1)! + step], [900]).concat(30_000);

describe('a moment of the story', () => {
  it('reached by playing is the one reached by scrubbing there', () => {
    fc.assert(
      fc.property(lives, pauses, (drawn, steps) => {
        const played = new Map<number, string>();
        const history = play(frames(written(drawn), cutsOf(steps)), (now, ms) => played.set(ms, seen(now, ms)));
        for (const [ms, shown] of [...played].reverse()) expect(`${ms} ${seen(history, ms)}`).toBe(`${ms} ${shown}`);
      }),
      { seed: 8, numRuns: 6 },
    );
  });

  it('is the same however its rows were cut into frames', () => {
    fc.assert(
      fc.property(lives, pauses, pauses, (drawn, steps, others) => {
        const [one, other] = [steps, others].map((cut) => play(frames(written(drawn), cutsOf(cut)), () => {}));
        const told = ({ story }: History): unknown[] =>
          story
            .messagesBetween(-Infinity, Infinity)
            .map(({ id, startMs, endMs }) => [id, startMs, endMs])
            .sort();
        expect(told(one!)).toEqual(told(other!));
      }),
      { seed: 9, numRuns: 6 },
    );
  });

  it('shows no motion and no change without a row: both are counted', () => {
    let counted = 0;
    fc.assert(
      fc.property(lives, pauses, (drawn, steps) => {
        const record = written(drawn);
        const writes = new Set<number>();
        const events = new Set<string>();
        let changes = 0;
        let before: string[] | undefined;
        const history = play(frames(record, cutsOf(steps)), () => {});
        for (let ms = history.story.storyAt(900); ms <= history.nowMs; ms += STEP_MS) {
          const picture = history.at(ms)!;
          for (const { message } of trafficAt(history.story, ms, layoutMap(picture, 740, 768, 1), 1).dots) {
            if (message.kind === 'write') writes.add(message.row.revision);
            else events.add(message.id);
          }
          const now = stateOf(picture);
          changes += before ? differences(before, now) : 0;
          before = now;
        }
        expect([...writes].sort((a, b) => a - b)).toEqual(record.rows.map((one) => one.revision));
        /* Two rows within one frame may be one change, but none comes without any. */
        expect(changes).toBeLessThanOrEqual(record.rows.filter((one) => one.resource === 'pods').length);
        counted += changes;
        const told = history.story.messagesBetween(-Infinity, Infinity).filter((one) => one.kind === 'watch');
        expect(events).toEqual(new Set(told.map((one) => one.id)));
        for (const { row: of } of told) expect(record.rows).toContainEqual(of);
      }),
      { seed: 10, numRuns: 6 },
    );
    expect(counted).toBeGreaterThan(20);
  });
});

const stateOf = ({ pods }: Picture): string[] => pods.map((pod) => `${pod.key} ${pod.node} ${pod.phase}`);

/** Pods that came, changed or went. */
function differences(before: readonly string[], now: readonly string[]): number {
  const [gone, come] = [before.filter((one) => !now.includes(one)), now.filter((one) => !before.includes(one))];
  const keys = new Set([...gone, ...come].map((one) => one.split(' ')[0]));
  return keys.size;
}

it('a frame without story is the picture of its columns', () => {
  const { frame, details } = makeFrame({ pods: [{ name: 'a', node: 'cpu-1' }, { name: 'b' }] }, new Ids());
  const picture = new FramePicture(frame, details);
  expect(picture.pods).toEqual([...picture.podsOn('cpu-1'), ...picture.unplaced]);
  expect([picture.podCount, Array.from(picture.podCounts)]).toEqual([2, [1, 0, 0, 0, 0, 0]]);
  expect(picture.podsFrom(1, 5)).toEqual([picture.podWith('default/b')]);
});
