import { expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { evaluate } from './cel';
import { CelSyntaxError, parseCel } from './cel-parser';
import { CelError, celOf } from './cel-values';

const SELF = { a: 2, b: 3, rate: 0.5, name: 'web', tags: ['x', 'y'], limits: { cpu: 4 }, items: [{ n: 1 }, { n: 2 }] };

const valueOf = (text: string, self: Json = SELF): unknown =>
  evaluate(parseCel(text), new Map([['self', celOf(self)]]));

test.each<[text: string, value: unknown]>([
  ['self.a * self.b <= 6', true],
  ['self.a + 1 == 3 && self.name != "x"', true],
  ['7 / 2', 3n],
  ['-7 % 2', -1n],
  ['self.rate * 2.0 == 1.0', true],
  ['self.rate < 1', true],
  ['has(self.limits.cpu) && !has(self.limits.gpu)', true],
  ['size(self.tags) == 2 && self.name.size() == 3', true],
  ["'x' in self.tags && !('z' in self.tags) && 'cpu' in self.limits", true],
  ['self.items.all(i, i.n > 0)', true],
  ['self.items.exists_one(i, i.n == 2)', true],
  ['self.items.filter(i, i.n > 1).map(i, i.n * 10) == [20]', true],
  ['self.limits.all(k, self.limits[k] < 5)', true],
  ["self.name.startsWith('w') && self.name.matches('^[a-z]+$')", true],
  ["self.a > 5 ? 'many' : 'few'", 'few'],
  ["self.tags.join(',') + '!'", 'x,y!'],
  ['self.missing == 1 || self.a == 2', true],
  ['self.a != 2 && self.missing == 1', false],
  ['[1, 2, 3].sum() == 6 && [3, 1].min() == 1', true],
  ['{"k": 1}["k"] == 1', true],
  [`r'\\d' == "\\\\d"`, true],
])('%s is %s', (text, value) => {
  expect(valueOf(text)).toEqual(value);
});

test.each<[text: string, why: string]>([
  ['self.missing == 1', 'no such key: missing'],
  ['self.tags[5] == "x"', 'index out of bounds: 5'],
  ['1 / 0 == 1', 'division by zero'],
  ['self.name + 1', 'no such overload'],
  ['other == 1', "undeclared reference to 'other'"],
])('%s has no value: %s', (text, why) => {
  expect(() => valueOf(text)).toThrow(new CelError(why));
});

test.each(['self.', 'self.a ==', '(1', '[1, 2', '1 2', "'open"])('%s is no expression', (text) => {
  expect(() => parseCel(text)).toThrow(CelSyntaxError);
});
