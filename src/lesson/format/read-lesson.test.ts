import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readGlossary, readIndex, readLesson } from './read-lesson';

const LESSON = `---
title: T
lead: L
minutes: 3
---
# Page
Words.
`;
const GOAL = `facts:
  some: size(pods) > 0
goals:
  - id: one
    title: One
    page: 1
    check: ever('some')
    because: "'not yet'"
    hints: {question: q, where: w, lines: l, code: c}
predictions:
  - id: p
    page: 1
    question: q
    when: ever('some')
    because: "'so'"
    choices: [{id: a, text: a, check: 'true'}, {id: b, text: b, check: 'false', misconception: m}]
recap: {keep: k, moments: [{fact: some, label: l}], try: [{label: l, from: some, lines: kubectl get pods}]}
`;
const START = 'preset: ml\nseed: 2\nfiles: {a.yaml: "x: 1"}\nopen: a.yaml\n';
const FILES = { 'lesson.md': LESSON, 'goal.yaml': GOAL, 'start.yaml': START };

const problemsOf = (files: Partial<typeof FILES>): string[] =>
  readLesson('01-x', 1, { ...FILES, ...files }).problems.map(
    ({ file, line, message }) => `${file}:${line}: ${message}`,
  );

test('a whole lesson is read', () => {
  const { lesson, problems } = readLesson('01-x', 1, FILES);
  expect(problems).toEqual([]);
  expect(lesson).toMatchObject({
    title: 'T',
    minutes: 3,
    pages: [{ title: 'Page', words: 1 }],
    goals: [{ id: 'one', hold: false, hints: { lines: { text: 'l', code: 'c' } } }],
    predictions: [{ form: { kind: 'choices', choices: [{ id: 'a', misconception: '' }, { id: 'b' }] } }],
    start: { preset: 'ml', seed: 2, namespace: 'default', open: 'a.yaml', files: { 'a.yaml': 'x: 1' } },
  });
});

const inGoal = (old: string, by: string): Partial<typeof FILES> => ({ 'goal.yaml': GOAL.replace(old, () => by) });
const inStart = (line: string): Partial<typeof FILES> => ({ 'start.yaml': START + line });

describe('told with file and line', () => {
  test.each<[files: Partial<typeof FILES>, problem: string | RegExp]>([
    [inGoal("check: ever('some')", "check: ever('other')"), 'goal.yaml:7: check: there is no fact "other"'],
    [inGoal("check: ever('some')", 'check: podz.size() > 0'), /^goal.yaml:7: check: undeclared reference to 'podz'/],
    [inGoal("check: ever('some')", 'check: size(pods) >'), /^goal.yaml:7: check: ./],
    [inGoal("check: ever('some')", 'check: unknown(pods)'), /^goal.yaml:7: check: .*unknown/],
    [
      inGoal("check: ever('some')", "check: now > timestamp('2026-01-05T09:00:00Z')"),
      /^goal.yaml:7: check: only because may speak of now/,
    ],
    [
      inGoal("check: ever('some')", `check: "'aaa'.matches('(a+)+$')"`),
      /^goal.yaml:7: check: a pattern may not repeat/,
    ],
    [inGoal('title: One', 'titel: One'), /^goal.yaml:4: title must be a text|^goal.yaml:5: there is no field "titel"/],
    [inGoal('page: 1\n    check', 'page: 2\n    check'), 'goal.yaml:4: page must be a whole number from 1 to 1'],
    [inGoal('{id: b, text: b', '{id: a, text: b'), 'goal.yaml:11: two have the choice id "a"'],
    [
      inGoal("choices: [{id: a, text: a, check: 'true'}, ", 'choices: ['),
      'goal.yaml:11: a prediction has two to four choices',
    ],
    [inGoal('fact: some', 'fact: none'), 'goal.yaml:17: there is no fact "none"'],
    [inGoal('goals:', 'gaols:'), /^goal.yaml:\d+: there is no field "gaols"|^goal.yaml:1: a lesson has goals/],
    [{ 'goal.yaml': '[' }, /^goal.yaml:1: /],
    [{ 'goal.yaml': `a: ${'['.repeat(3_000)}` }, /^goal.yaml:1: nested too deeply/],
    [{ 'lesson.md': 'no front matter' }, 'lesson.md:1: a lesson begins with its front matter between two lines of ---'],
    [
      { 'lesson.md': LESSON.replace('minutes: 3', 'minutes: many') },
      'lesson.md:2: minutes must be a whole number from 1 to 60',
    ],
    [{ 'lesson.md': LESSON + 'word '.repeat(61) }, 'lesson.md:6: a page has at most 60 words, this one 62'],
    [{ 'lesson.md': LESSON + '# P\n'.repeat(8) }, 'lesson.md:15: a lesson has at most 8 pages'],
    [inStart('nodes: [{name: a, taints: [1]}]'), 'start.yaml:5: this must be a text'],
    [inStart('faults: [{type: Nothing}]'), /^start.yaml:5: unknown fault "Nothing"/],
    [inStart('objects: [{kind: Pod}]'), 'start.yaml:5: an object has apiVersion'],
    [inStart('start: previous'), /^start.yaml:1: what starts from the previous lesson/],
    [inStart('settle: 100000'), 'start.yaml:1: settle must be a whole number from 0 to 3600'],
    [{ 'start.yaml': START.replace('open: a.yaml', 'open: b.yaml') }, 'start.yaml:4: there is no file "b.yaml"'],
  ])('by row %#', (files, problem) => {
    expect(problemsOf(files)).toContainEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  test('what is missing', () => {
    const problems = readLesson('01-x', 1, {}).problems.map(({ file, message }) => `${file}: ${message}`);
    for (const file of Object.keys(FILES)) expect(problems).toContain(`${file}: this file is missing`);
  });
});

test('no text makes the reader throw', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .constantFrom(LESSON, GOAL, START)
      .chain((whole) =>
        fc
          .tuple(fc.nat(whole.length), fc.nat(20), fc.string({ maxLength: 9 }))
          .map(([at, cut, put]) => whole.slice(0, at) + put + whole.slice(at + cut)),
      ),
  );
  fc.assert(
    fc.property(text, text, text, (lesson, goal, start) => {
      readLesson('01-x', 1, { 'lesson.md': lesson, 'goal.yaml': goal, 'start.yaml': start });
      readIndex(goal);
      readGlossary(start);
    }),
    { numRuns: 300 },
  );
});
