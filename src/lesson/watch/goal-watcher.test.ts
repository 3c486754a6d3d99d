import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApiObject } from '../../api/objects';
import { readLesson } from '../format/read-lesson';
import type { Change } from './change';
import { GoalWatcher } from './goal-watcher';

const EPOCH_MS = Date.UTC(2026, 0, 5, 9);
const BEGAN_MS = 1_000;

const GOALS = `
facts:
  two: size(pods) >= 2
  three: ever('two') && size(pods) >= 3
  lost: gone.pods.exists(g, g.gone.byLearner)
goals:
  - {id: once, title: t, page: 1, check: holds('two'), because: "plural(size(pods), 'Pod')", hints: &h {question: q, where: w, lines: l, code: c}}
  - id: held
    title: t
    page: 1
    hold: true
    check: heldFor('two') >= duration('30s')
    because: "'held for ' + words(heldFor('two'))"
    hints: {question: q, where: w, lines: l, code: c}
  - id: third
    title: t
    page: 2
    check: holds('three') && pods.exists(p, !before.pods.exists(b, b.metadata.name == p.metadata.name))
    because: "'no third'"
    hints: {question: q, where: w, lines: l, code: c}
    fails: {check: size(nodes) == 0, words: no node is left}
predictions:
  - id: which
    page: 1
    question: q
    when: ever('two')
    because: "names(pods) + ' run'"
    choices: [{id: two, text: t, check: size(pods) == 2}, {id: many, text: t, check: size(pods) > 2, misconception: not so many}]
  - {id: node, page: 1, question: q, when: ever('two'), because: "'there'", node: "nodes[0].metadata.name", misconception: not that one}
recap: {keep: k, moments: [{fact: three, label: Three}, {fact: two, label: Two}]}
`.replaceAll('&h ', '');

const read = readLesson('01-x', 1, {
  'lesson.md': '---\ntitle: t\nlead: l\nminutes: 1\n---\n# A\n# B\n',
  'goal.yaml': GOALS,
  'start.yaml': 'preset: ml',
});
if (!read.lesson) throw new Error(JSON.stringify(read.problems));
const { lesson, cel } = read;

const watcher = (): GoalWatcher => new GoalWatcher(lesson, cel, EPOCH_MS, BEGAN_MS);

function object(kind: string, name: string): ApiObject {
  return { apiVersion: 'v1', kind, metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '' } };
}
const pod = (atMs: number, name: string): Change => ({
  atMs,
  kind: 'put',
  view: 'pods',
  key: name,
  object: object('Pod', name),
  by: '',
});
const gone = (atMs: number, name: string, by = 'learner'): Change => ({
  ...(pod(atMs, name) as Change & { kind: 'put' }),
  kind: 'gone',
  by,
});
const node = (atMs: number, kind: 'put' | 'gone' = 'put'): Change => ({
  atMs,
  kind,
  view: 'nodes',
  key: 'n',
  object: object('Node', 'n'),
  by: '',
});
const deed = (atMs: number): Change => ({ atMs, kind: 'deed' });

const goal = (of: GoalWatcher, id: string) => of.state().goals.find((one) => one.id === id)!;

describe('a goal', () => {
  test('is met at the moment of the change, and stays met', () => {
    const goals = watcher();
    goals.take([node(0), pod(10, 'a')], 2_000);
    expect(goal(goals, 'once')).toMatchObject({ met: false, metAtMs: undefined, because: '1 Pod' });
    goals.take([pod(3_500, 'b'), gone(4_000, 'b')], 9_000);
    expect(goal(goals, 'once')).toMatchObject({ met: true, metAtMs: 3_500, because: '' });
  });

  test('is not met by what was before the lesson began, unless it still is', () => {
    const goals = watcher();
    goals.take([pod(10, 'a'), pod(10, 'b'), gone(500, 'a')], 2_000);
    expect(goal(goals, 'once').met).toBe(false);
    expect(goals.reading().gone('pods')).toEqual([]);
    const still = watcher();
    still.take([pod(10, 'a'), pod(BEGAN_MS, 'b')], 2_000);
    expect(goal(still, 'once').metAtMs).toBe(BEGAN_MS);
  });

  test('that must have held for a while is met at that very moment, however time passes', () => {
    const goals = watcher();
    goals.take([pod(10, 'a'), pod(2_250, 'b')], 32_249);
    expect(goal(goals, 'held')).toMatchObject({ met: false, because: 'held for 0:29' });
    goals.take([], 500_000);
    expect(goal(goals, 'held')).toMatchObject({ met: true, metAtMs: 32_250 });
  });

  test('with hold may be met no more', () => {
    const goals = watcher();
    goals.take([pod(10, 'a'), pod(2_000, 'b')], 40_000);
    goals.take([gone(50_000, 'b')], 60_000);
    expect(goal(goals, 'held')).toMatchObject({ met: false, metAtMs: 32_000, because: 'held for 0:00' });
    expect(goals.state().done).toBe(false);
  });

  test('looks at how things were when the page was opened', () => {
    const goals = watcher();
    goals.take([pod(10, 'a'), pod(20, 'b'), pod(30, 'c')], 2_000);
    expect(goal(goals, 'third').met).toBe(false);
    goals.openPage(2);
    expect(goals.state().page.title).toBe('B');
    goals.take([pod(3_000, 'd')], 4_000);
    expect(goal(goals, 'third').metAtMs).toBe(3_000);
  });

  test('that cannot be reached any more says when it last could', () => {
    const goals = watcher();
    goals.take([node(0), pod(10, 'a'), deed(5_000), pod(5_001, 'b'), deed(8_000), node(8_400, 'gone')], 9_000);
    expect(goal(goals, 'third').fails).toEqual({ words: 'no node is left', sinceMs: 8_400, goodMs: 7_999 });
    goals.take([node(9_500)], 10_000);
    expect(goal(goals, 'third').fails).toBeUndefined();
  });
});

describe('a prediction', () => {
  test('is answered by what comes, once', () => {
    const goals = watcher();
    goals.take([node(0), pod(10, 'a')], 2_000);
    goals.predict('which', 'many');
    goals.predict('which', 'two');
    goals.predict('node', 'n');
    expect(goals.state().predictions[0]).toMatchObject({ right: undefined, outcome: undefined });
    goals.take([pod(3_000, 'b'), pod(4_000, 'c')], 5_000);
    const [which, where] = goals.state().predictions;
    expect(which).toMatchObject({
      answer: { choice: 'many', atMs: 2_000 },
      outcome: { atMs: 3_000, choices: ['two'], because: 'a and b run' },
      right: false,
      misconception: 'not so many',
    });
    expect(where).toMatchObject({ outcome: { choices: ['n'] }, right: true, misconception: '' });
  });
});

test('moments of the recap come in their order', () => {
  const goals = watcher();
  goals.take([pod(10, 'a'), pod(2_000, 'b'), pod(3_000, 'c')], 4_000);
  expect(goals.state().moments).toEqual([
    { label: 'Two', atMs: 2_000 },
    { label: 'Three', atMs: 3_000 },
  ]);
});

/** A history of Pods, nodes and deeds. */
const histories = fc
  .array(
    fc.record({ waits: fc.nat({ max: 20_000 }), what: fc.nat({ max: 6 }), name: fc.constantFrom('a', 'b', 'c', 'd') }),
    { maxLength: 25 },
  )
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ waits, what, name }): Change => {
      atMs += waits % 3 === 0 ? 0 : waits;
      return what < 3
        ? pod(atMs, name)
        : what < 5
          ? gone(atMs, name)
          : what === 5
            ? node(atMs, name < 'c' ? 'put' : 'gone')
            : deed(atMs);
    });
  });

test('how often it is asked, and in which batches changes come, makes no difference', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.nat({ max: 4 })),
      fc.array(fc.nat({ max: 400_000 })),
      (history, sizes, looks) => {
        const endMs = (history.at(-1)?.atMs ?? 0) + 100_000;
        const whole = watcher();
        whole.take(history, endMs);
        const parts = watcher();
        let left = [...history];
        for (const [index, size] of sizes.entries()) {
          const batch = left.slice(0, size);
          left = left.slice(size);
          const known = batch.at(-1)?.atMs ?? parts.nowMs;
          const untilMs = Math.min(left[0]?.atMs ?? endMs, Math.max(0, known, looks[index] ?? 0));
          /* Whatever is due in a moment is known at the end of it: a look never parts a moment in which the lesson begins. */
          parts.take(batch, left[0]?.atMs === BEGAN_MS ? Math.max(0, known) : untilMs);
          parts.state();
        }
        parts.take(left, endMs);
        expect(parts.state()).toEqual(whole.state());
      },
    ),
    { numRuns: 400 },
  );
});

test('a history that is told anew gives the same, with the pages and answers that were', () => {
  const goals = watcher();
  const first = [node(0), pod(10, 'a'), pod(20, 'b'), pod(30, 'c')];
  const second = [pod(3_000, 'd'), gone(4_000, 'a')];
  goals.take(first, 2_000);
  goals.predict('which', 'two');
  goals.openPage(2);
  goals.take(second, 50_000);
  const before = goals.state();
  goals.restart();
  goals.take([...first, ...second], 50_000);
  expect(goals.state()).toEqual(before);
  goals.restart();
  goals.take(first, 2_500);
  expect(goals.state().goals.map(({ met }) => met)).toEqual([true, false, false]);
});
