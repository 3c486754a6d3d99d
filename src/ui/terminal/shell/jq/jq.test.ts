import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../api/objects';
import { evaluate } from './evaluate';
import { parseJq } from './parse';

const DATA: Json = {
  name: 'web',
  'odd-key': 1,
  list: [3, 1, 2],
  pods: [
    { name: 'a', cpu: 2, labels: { app: 'web' } },
    { name: 'b', cpu: 1 },
    { name: 'c', cpu: 2, labels: { app: 'db', tier: 'x' } },
  ],
  managed: { keep: 1, drop: 2 },
  secret: 'aGk=',
};

const CASES: [filter: string, values: Json[]][] = [
  ['.name', ['web']],
  ['."odd-key"', [1]],
  ['.["odd-key"]', [1]],
  ['.none.deeper', [null]],
  ['.list[0], .list[-1]', [3, 2]],
  ['.list[1:]', [[1, 2]]],
  ['.list[:2] | length', [2]],
  ['.pods[].name', ['a', 'b', 'c']],
  ['.pods | map(select(.cpu > 1)) | length', [2]],
  ['.pods[] | select(.labels.app == "web" or .cpu == 1) | .name', ['a', 'b']],
  ['.pods[] | select(.labels | not) | .name', ['b']],
  ['.pods[] | select(has("labels")) | .name', ['a', 'c']],
  ['[.pods[] | {name, cpu}] | length', [3]],
  ['.pods | map({(.name): .cpu}) | add', [{ a: 2, b: 1, c: 2 }]],
  ['.pods[0] | "\\(.name) has \\(.cpu + 1)"', ['a has 3']],
  ['.pods | sort_by(.cpu) | map(.name) | join(",")', ['b,a,c']],
  ['.pods | sort_by(.cpu, .name) | .[0].name', ['b']],
  [
    '.pods | group_by(.cpu) | map({cpu: .[0].cpu, n: length})',
    [
      [
        { cpu: 1, n: 1 },
        { cpu: 2, n: 2 },
      ],
    ],
  ],
  ['.pods | map(.cpu) | unique', [[1, 2]]],
  ['.pods | max_by(.cpu).name', ['c']],
  ['.list | sort | reverse | first', [3]],
  ['.list | add / length', [2]],
  ['.pods[1].labels.app // "none"', ['none']],
  ['.managed | keys', [['drop', 'keep']]],
  ['.managed | to_entries | map("\\(.key)=\\(.value)")', [['keep=1', 'drop=2']]],
  ['del(.managed.drop) | .managed', [{ keep: 1 }]],
  ['[.pods[] | del(.labels)] | .[2]', [{ name: 'c', cpu: 2 }]],
  ['.name | test("^w")', [true]],
  ['.name | startswith("we") and endswith("b")', [true]],
  ['.name | ascii_upcase | gsub("E";"x")', ['WxB']],
  ['if .list | length > 2 then "many" else "few" end', ['many']],
  ['.list as $l | $l | length', [3]],
  ['.secret | @base64d', ['hi']],
  ['.name | @base64', ['d2Vi']],
  ['[.. | select(type == "number")] | add', [15]],
  ['.pods[] | [.name, .cpu] | @tsv', ['a\t2', 'b\t1', 'c\t2']],
  ['.pods | any(.cpu == 1), all(.cpu == 1)', [true, false]],
  ['.name.x?', []],
  ['.list | contains([1])', [true]],
  ['.pods | map(.name) | index("b")', [1]],
  ['-(.list[0])', [-3]],
];

describe('jq', () => {
  it.each(CASES)('%s', (filter, values) => {
    expect(evaluate(parseJq(filter), DATA, {})).toEqual(values);
  });

  it.each<[string, string]>([
    ['.name.x', 'Cannot index string with "x"'],
    ['.name[]', 'Cannot iterate over string ("web")'],
    ['.missing[]', 'Cannot iterate over null'],
    ['.name + 1', 'string ("web") and number (1) cannot be added'],
    ['.frob | frobnicate', 'frobnicate/0 is not defined'],
    ['.a.b |= 1', 'syntax error, unexpected ='],
    ['.a | ', 'syntax error, unexpected end of the filter'],
    ['{a: }', 'syntax error, unexpected }'],
  ])('refuses %s', (filter, words) => {
    expect(() => evaluate(parseJq(filter), DATA, {})).toThrow(words);
  });
});
