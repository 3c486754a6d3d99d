import { describe, expect, test } from 'vitest';
import { Cel } from './cel';
import { objectJson } from './object-literals';
import { CelError, CelSyntaxError, celOf } from './values';

const SELF = {
  a: 2,
  b: 3,
  rate: 0.5,
  name: 'web',
  tags: ['x', 'y'],
  limits: { cpu: 4 },
  items: [{ n: 1 }, { n: 2 }],
  some: Array.from({ length: 300 }, (_, index) => index),
};

const cel = new Cel({ variables: ['self'] });
const valueOf = (text: string): unknown => cel.compile(text).evaluate({ self: celOf(SELF) });

test.each<[text: string, value: unknown]>([
  ['self.a * self.b <= 6', true],
  ['self.a + 1 == 3 && self.name != "x"', true],
  ['7 / 2', 3n],
  ['-7 % 2', -1n],
  ['self.rate * 2.0 == 1.0', true],
  ['self.rate < 1', true],
  ['self.a == 2.0', true],
  ['has(self.limits.cpu) && !has(self.limits.gpu)', true],
  ['has(self.items[0].n) && !has(self.items[1].m) && !has(self.toString)', true],
  ['has(self.items.filter(i, has(self.items[0].n))[0].n)', true],
  ["has(self['limits'].cpu) ? 'has(self.items[0].n)' : ''", 'has(self.items[0].n)'],
  ['self.?missing.orValue(3)', 3n],
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
  ['[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3', true],
  ['self.items.map(i, i.n).isSorted() && self.tags.indexOf("y") == 1 && [1, 1].lastIndexOf(1) == 1', true],
  ['{"k": 1}["k"] == 1', true],
  [`r'\\d' == "\\\\d"`, true],
  ["quantity('1Gi') == quantity('1024Mi') && quantity('500m').isLessThan(quantity('1'))", true],
  ["quantity('1').add(quantity('500m')).sub(quantity('250m')).compareTo(quantity('1250m'))", 0n],
  ["isQuantity('20Mi') && !isQuantity('many') && string(quantity('2048Ki')) == '2Mi'", true],
  ["isURL('https://example.com:80/a') && !isURL('../a') && url('https://example.com:81/a').getPort() == '81'", true],
  ["'a1b22'.findAll('[0-9]+') == ['1', '22'] && 'a1'.find('[0-9]') == '1' && 'aa'.replace('a', '$&') == '$&$&'", true],
  ["duration('90s') > duration('1m') && timestamp('2026-01-05T09:00:00Z').getHours() == 9", true],
])('%s is %s', (text, value) => {
  expect(valueOf(text)).toEqual(value);
});

test.each<[text: string, why: string]>([
  ['self.missing == 1', 'no such key: missing'],
  ['has(self.missing.field)', 'no such key: missing'],
  ['self.tags[5] == "x"', 'index out of bounds: 5'],
  ['1 / 0 == 1', 'division by zero'],
  ['self.name + 1', 'no such overload: string + int'],
  ['[].max() == 1', 'max called on empty list'],
  ["'a'.matches('(')", 'Invalid regular expression: ('],
])('%s has no value: %s', (text, why) => {
  expect(() => valueOf(text)).toThrow(new CelError(why));
});

test.each<[text: string, why: RegExp]>([
  ['self.', /IDENTIFIER/],
  ['self.a ==', /./],
  ['(1', /./],
  ['[1, 2', /./],
  ['1 2', /./],
  ["'open", /Unterminated/],
  ['other == 1', /undeclared reference to 'other'/],
  ['unknown(self)', /unknown/],
  ['!'.repeat(8_000) + 'true', /deep|exceed/i],
  ['('.repeat(4_000) + '1' + ')'.repeat(4_000), /depth/i],
  [' '.repeat(9_000) + '1', /8192 characters/],
])('%.40s is no expression', (text, why) => {
  expect(() => cel.compile(text)).toThrow(CelSyntaxError);
  expect(() => cel.compile(text)).toThrow(why);
});

test.each([
  ['loops in loops', 'self.some.all(a, self.some.all(b, self.some.all(c, a + b + c >= 0)))'],
  [
    'whose failures are passed over',
    'self.some.exists(a, self.some.exists(b, self.some.exists(c, c.no || a + b < 0)))',
  ],
  ['lists that double', `${'['.repeat(1)}self.some].map(a, a)${'.map(a, a + a)'.repeat(20)}.size() > 0`],
  ['texts that double', `['xxxxxxxxxxxxxxxxxxxx']${'.map(a, a + a)'.repeat(25)}.size() > 0`],
])('%s end at the limit', (_, text) => {
  expect(() => valueOf(text)).toThrow(new CelError('operation cancelled: actual cost limit exceeded'));
});

test('an expression tells what it speaks of', () => {
  const lessons = new Cel({
    variables: ['pods', 'nodes'],
    functions: (environment) => void environment.registerFunction('ever(string): bool', () => true),
  });
  const { names, functions, calls } = lessons.compile("pods.exists(p, size(p.spec.nodes) > 0) && ever('lost')");
  expect(names).toContain('pods');
  expect(names).not.toContain('nodes');
  expect([...functions]).toEqual(['size', 'ever']);
  expect(calls).toEqual([['ever', 'lost']]);
});

test.each([
  ['1 +', `1:4: Syntax error: mismatched input '<EOF>' expecting {'[',`],
  ['self.a ==\n  other', `2:3: undeclared reference to 'other' (in container '')\n |   other\n | ..^`],
  ["1 + 'a'", `1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + 'a'\n | ..^`],
  ['self.a.fly()', `1:11: undeclared reference to 'fly' (in container '')`],
])('%s is refused as by cel-go: %s', (text, report) => {
  try {
    cel.compile(text);
    expect.unreachable();
  } catch (error) {
    expect((error as CelSyntaxError).report).toContain(`ERROR: <input>:${report}`);
  }
});

describe('objects that are made', () => {
  const making = new Cel({ variables: ['self'], objects: true });
  const made = (text: string): unknown =>
    objectJson(making.compile(text).evaluate({ self: celOf({ a: 2, b: { c: 'x' } }) }));

  test.each<[text: string, type: string, value: unknown]>([
    ['Object{}', 'Object', {}],
    ['Object{spec: Object.spec{replicas: self.a + 1}}', 'Object', { spec: { replicas: 3 } }],
    ['Object { spec : Object . spec { } }', 'Object', { spec: {} }],
    [
      "Object{metadata: Object.metadata{labels: {'a': 'Object{b: 1}'}}}",
      'Object',
      { metadata: { labels: { a: 'Object{b: 1}' } } },
    ],
    [
      'Object{spec: Object.spec{items: [Object.spec.items{n: 1}, Object.spec.items{n: 2}]}}',
      'Object',
      { spec: { items: [{ n: 1 }, { n: 2 }] } },
    ],
    ['Object{?x: self.?none, ?y: self.?a}', 'Object', { y: 2 }],
    ['self.a == 2 ? Object{a: 1} : Object{}', 'Object', { a: 1 }],
    [
      "[JSONPatch{op: 'add', path: '/a/' + jsonpatch.escapeKey('b/c~d'), value: self.b}]",
      'list<JSONPatch>',
      [{ op: 'add', path: '/a/b~1c~0d', value: { c: 'x' } }],
    ],
    ["{'map': [1]}", 'map<string, list<int>>', { map: [1] }],
  ])('%s', (text, type, value) => {
    expect(making.compile(text).type).toBe(type);
    expect(made(text)).toEqual(value);
  });

  test('have the names of their places', () => {
    expect(() => made('Object{spec: Object.status{}}')).toThrow(
      'type mismatch: unexpected type name "Object.status", expected "Object.spec", which matches field name path from root Object type',
    );
    expect(() => making.compile('Object{spec: other}')).toThrow("undeclared reference to 'other'");
    expect(() => made('[JSONPatch{op: 1}]')).toThrow("unexpected type bigint for JSONPatchType 'op' field");
  });
});
