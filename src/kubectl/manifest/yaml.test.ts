import { describe, expect, it } from 'vitest';
import { readDocuments } from './stream';
import { yamlToJson } from './yaml';

describe('YAML as Kubernetes reads it', () => {
  it.each([
    ['a: yes', { a: true }],
    ['a: off', { a: false }],
    ['a: "yes"', { a: 'yes' }],
    ['a: 010', { a: 8 }],
    ['a: 0x1F', { a: 31 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 1e3', { a: 1000 }],
    ['a: ~', { a: null }],
    ['a:', { a: null }],
    ['a: 1.27', { a: 1.27 }],
    ['a: 2026-06-15', { a: '2026-06-15' }],
    ['a: [1, b, {c: d}]', { a: [1, 'b', { c: 'd' }] }],
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['base: &x {b: 1}\nc:\n  <<: *x\n  d: 2', { base: { b: 1 }, c: { b: 1, d: 2 } }],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['a: >-\n  x\n  y\n', { a: 'x y' }],
    ['1: a', { 1: 'a' }],
    ['true: a', { true: 'a' }],
  ])('%j', (text, value) => {
    expect(yamlToJson(text)).toEqual(value);
  });

  it.each([
    ['a: b\n\tc: d', 'yaml: line 2: found a tab character that violates indentation'],
    ['kind: Pod\n metadata:', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a: *b', "yaml: unknown anchor 'b' referenced"],
    ['a: "b', 'yaml: found unexpected end of stream'],
  ])('%j is refused', (text, words) => {
    expect(() => yamlToJson(text)).toThrow(words);
  });

  it('keeps __proto__ as an ordinary key', () => {
    const value = yamlToJson('__proto__: {polluted: true}\na: 1');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'a']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses what grows without end out of aliases', () => {
    const levels = Array.from(
      { length: 12 },
      (_none, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`,
    );
    expect(() => yamlToJson(['l0: &l0 [x]', ...levels].join('\n'))).toThrow(/excessive aliasing/);
  });

  it('reads or refuses deep nesting with words, never by a crash', () => {
    const deep = `a: ${'['.repeat(1000)}${']'.repeat(1000)}`;
    expect(() => JSON.stringify(yamlToJson(deep))).not.toThrow(RangeError);
    expect(() => yamlToJson(`a: ${'['.repeat(20_000)}`)).toThrow(/exceeded max depth|yaml:/);
  });

  it('reads five megabytes', { timeout: 120_000 }, () => {
    const entry = '  - name: some-configuration-entry\n    value: "0123456789"\n';
    const text = `items:\n${entry.repeat(5_000_000 / entry.length)}`;
    expect((yamlToJson(text) as { items: unknown[] }).items.length).toBeGreaterThan(80_000);
  });

  it('takes documents apart, YAML and JSON alike', () => {
    expect([...readDocuments('a: 1\n---\nb: 2\n')]).toEqual([{ a: 1 }, { b: 2 }]);
    expect([...readDocuments('{"a":1}{"b":2}')]).toEqual([{ a: 1 }, { b: 2 }]);
    expect(() => [...readDocuments('{"a":')]).toThrow('unexpected EOF');
  });
});
