import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Json } from '../../api/objects';
import { goJson, structJson } from '../format/go-json';
import { yamlToJson } from '../manifest/yaml';
import { toKyaml } from './kyaml';
import { toYaml } from './yaml';

describe('YAML output', () => {
  it.each([
    [{ b: 1, a: 'x' }, 'a: x\nb: 1\n'],
    [{ a10: 1, a9: 2 }, 'a9: 2\na10: 1\n'],
    [{ list: [{ a: 1, b: [2] }, 'x'] }, 'list:\n- a: 1\n  b:\n  - 2\n- x\n'],
    [{ empty: {}, none: [], nothing: null }, 'empty: {}\nnone: []\nnothing: null\n'],
    [{ a: 'yes', b: 'null', c: '1', d: '', e: '1.27' }, 'a: "yes"\nb: "null"\nc: "1"\nd: ""\ne: "1.27"\n'],
    [{ a: 'x: y', b: '- z', c: '#c', d: 'a #b' }, "a: 'x: y'\nb: '- z'\nc: '#c'\nd: 'a #b'\n"],
    [{ a: 'one\ntwo\n', b: 'one\ntwo' }, 'a: |\n  one\n  two\nb: |-\n  one\n  two\n'],
    [{ t: '2026-06-15T12:00:00Z' }, 't: "2026-06-15T12:00:00Z"\n'],
  ])('%j', (value, text) => {
    expect(toYaml(value)).toBe(text);
  });

  // Minus zero is no JSON.
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

  it('is read back as what was written', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(yamlToJson(toYaml({ value }))).toEqual({ value });
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('as KYAML is YAML too', () => {
    const value = { a: ['x', { b: 'yes' }], c: 'one\ntwo' };
    expect(parse(toKyaml(value), { version: '1.1' })).toEqual(value);
  });
});

describe('JSON output', () => {
  it('sorts keys and escapes as Go does', () => {
    expect(goJson({ b: '<a&b>', a: [] })).toBe('{"a":[],"b":"\\u003ca\\u0026b\\u003e"}');
    expect(goJson({ a: { b: 1 } }, '    ')).toBe('{\n    "a": {\n        "b": 1\n    }\n}');
  });

  it('of structs keeps the order', () => {
    expect(structJson({ b: 1, a: 2 })).toBe('{"b":1,"a":2}');
  });
});
