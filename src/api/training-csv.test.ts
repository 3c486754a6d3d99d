import { expect, it } from 'vitest';
import { parseTrainingCsv } from './training-csv';

it.each([
  ['numbers only', '1,2,3\n4,5,6\n', { rows: 2, features: 2, x: [1, 2, 4, 5], y: [3, 6] }],
  ['a header', 'size, price\r\n1, 10\r\n\r\n2, 2e1', { rows: 2, features: 1, x: [1, 2], y: [10, 20] }],
])('reads %s', (_, text, expected) => {
  const parsed = parseTrainingCsv(text);
  if ('error' in parsed) throw new Error(parsed.error);
  expect({ ...parsed.data, x: [...parsed.data.x], y: [...parsed.data.y] }).toEqual(expected);
});

it.each([
  ['', 'no rows'],
  ['a,b\n', 'no rows'],
  ['1\n2\n', 'line 1: one column; at least one feature and the value to predict are needed'],
  ['1,2\n3\n', 'line 2: 1 columns, where the first line has 2'],
  ['1,2\n3,abc\n', 'line 2: "abc" is not a number'],
  ['1,2\n3,1e39\n', 'line 2: "1e39" is not a number'],
  ['a,b\nc,d\n', 'line 2: "c" is not a number'],
])('refuses %j', (text, error) => {
  expect(parseTrainingCsv(text)).toEqual({ error });
});

it('bounds rows and columns', () => {
  expect(parseTrainingCsv('1,2\n'.repeat(100_001))).toEqual({ error: 'line 100001: more than 100000 rows' });
  expect(parseTrainingCsv(new Array(1001).fill('1').join(','))).toEqual({ error: 'line 1: more than 1000 columns' });
});
