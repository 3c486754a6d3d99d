import { describe, expect, test } from 'vitest';
import { editedFiles, editsTowards } from './answers';
import { readScript } from './script';

const STEPS = readScript(
  [
    'edit a.yaml "one" => "two"',
    'apply a.yaml',
    'wait goal first',
    'page 2',
    'edit a.yaml "two" => "three"',
    'file b.yaml <<END',
    'kind: Pod',
    'END',
    'wait 5s',
    'kubectl get pods',
    'wait goal second',
    'kubectl delete pod x',
    'wait goal third',
  ].join('\n'),
  'solution.txt',
  [],
);
const towards = (goal: string): string[] => editsTowards(STEPS, goal).map(({ do: what, name }) => `${what} ${name}`);
const made = (goal: string, files: Record<string, string>): unknown =>
  editedFiles(editsTowards(STEPS, goal), (name) => files[name]).map(({ name, after }) => [name, after]);

describe('what a solution writes on its way to a goal', () => {
  test('begins where it has reached the goal before', () => {
    expect(towards('first')).toEqual(['edit a.yaml']);
    expect(towards('second')).toEqual(['edit a.yaml', 'file b.yaml']);
    expect(towards('third')).toEqual([]);
    expect(towards('none')).toEqual([]);
  });

  test.each([
    ['fits the file', 'first', { 'a.yaml': 'x: one' }, [['a.yaml', 'x: two']]],
    ['is written already', 'first', { 'a.yaml': 'x: two' }, []],
    ['stands there twice', 'first', { 'a.yaml': 'one one' }, []],
    ['goes to a file that is gone', 'first', {}, []],
    [
      'makes a file',
      'second',
      { 'a.yaml': 'two' },
      [
        ['a.yaml', 'three'],
        ['b.yaml', 'kind: Pod\n'],
      ],
    ],
  ])('%s', (_, goal, files, expected) => {
    expect(made(goal, files as Record<string, string>)).toEqual(expected);
  });

  test('adds lines to one that stays: once is enough', () => {
    const adds = editsTowards(readScript('edit a.yaml "x: 1" => "x: 1\\ny: 2"\nwait goal g', 's', []), 'g');
    const [written] = editedFiles(adds, () => 'x: 1\n');
    expect(written?.after).toBe('x: 1\ny: 2\n');
    expect(editedFiles(adds, () => written!.after)).toEqual([]);
  });

  test('needs a name that only the cluster knows: nothing is proposed', () => {
    const steps = readScript('file a.yaml <<END\nname: ${pods[0].metadata.name}\nEND\nwait goal g', 's', []);
    expect(editedFiles(editsTowards(steps, 'g'), () => undefined)).toEqual([]);
  });
});
