import { expect, test } from 'vitest';
import type { Problem } from '../format/lesson';
import { filled, readScript, readScripts } from './script';

function read(text: string): object[] {
  const problems: Problem[] = [];
  const steps = readScript(text, 's', problems);
  expect(problems).toEqual([]);
  return steps;
}

test.each<[text: string, step: object]>([
  ['kubectl get pods', { do: 'kubectl', command: 'get pods' }],
  ['kubectl apply -f - <<END\na: 1\n  b\nEND', { do: 'kubectl', command: 'apply -f -', stdin: 'a: 1\n  b\n' }],
  ['file a.yaml <<X\na\nX', { do: 'file', name: 'a.yaml', text: 'a\n' }],
  ['edit a.yaml "x: \\"1\\"\\n" => ""', { do: 'edit', name: 'a.yaml', old: 'x: "1"\n', new: '' }],
  ['apply a.yaml', { do: 'apply', name: 'a.yaml' }],
  ['fault {type: NodeDown, node: a}', { do: 'fault', yaml: '{type: NodeDown, node: a}' }],
  ['page 2', { do: 'page', page: 2 }],
  ['predict p gpu-1', { do: 'predict', id: 'p', choice: 'gpu-1' }],
  ['wait 1.5m', { do: 'wait', ms: 90_000 }],
  ['wait goal g', { do: 'wait for', what: 'goal', id: 'g', withinMs: 600_000 }],
  ['wait fact f within 20m', { do: 'wait for', what: 'fact', id: 'f', withinMs: 1_200_000 }],
  ['open g "some words"', { do: 'open', goal: 'g', words: 'some words' }],
  ['failing g', { do: 'failing', goal: 'g' }],
])('%j', (text, step) => {
  expect(read(`# comment\n\n${text}\n`)).toEqual([{ line: 3, ...step }]);
});

test.each<[text: string, problem: RegExp]>([
  ['dance', /no step "dance"; there are kubectl/],
  ['constructor x', /no step "constructor"/],
  ['kubectl apply -f - <<END\na', /no line END that ends this/],
  ['edit a.yaml old new', /edit NAME "old" => "new"/],
  ['wait long', /wait 30s/],
  ['open g', /open GOAL/],
])('%j is told', (text, problem) => {
  const problems: Problem[] = [];
  readScript(text, 's', problems, 4);
  expect(problems).toEqual([{ file: 's', line: 4, message: expect.stringMatching(problem) }]);
});

test('scripts of a file keep their lines', () => {
  expect(readScripts('apply a\n---\n# nothing\n---\n\napply b\n', 's', [])).toEqual([
    [{ line: 1, do: 'apply', name: 'a' }],
    [{ line: 6, do: 'apply', name: 'b' }],
  ]);
});

test('a line of --- inside of a here-document is of its text', () => {
  const problems: Problem[] = [];
  const [first, second, ...more] = readScripts(
    'kubectl apply -f - <<END\na: 1\n---\nb: 2\nEND\n---\n# <<END\napply c\n---\n',
    's',
    problems,
  );
  expect(problems).toEqual([]);
  expect(first).toEqual([{ line: 1, do: 'kubectl', command: 'apply -f -', stdin: 'a: 1\n---\nb: 2\n' }]);
  expect(second).toEqual([{ line: 8, do: 'apply', name: 'c' }]);
  expect(more).toEqual([]);
});

test('a here-document without an end does not swallow the scripts after it', () => {
  const problems: Problem[] = [];
  expect(readScripts('file a <<END\nx\n---\napply b\n', 's', problems).at(-1)).toEqual([
    { line: 4, do: 'apply', name: 'b' },
  ]);
  expect(problems).toEqual([{ file: 's', line: 1, message: 'there is no line END that ends this' }]);
});

test('${…} is filled, with braces inside', () => {
  expect(filled("a ${x.y} {b} ${ {'k': 1}['k'] }$", (source) => `<${source}>`)).toBe("a <x.y> {b} < {'k': 1}['k'] >$");
});
