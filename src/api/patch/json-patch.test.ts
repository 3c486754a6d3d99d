import { describe, expect, it } from 'vitest';
import type { Json } from '../objects';
import { applyJsonPatch, JsonPatchFailure } from './json-patch';
import { applyMergePatch } from './merge';

const DOCUMENT = { a: { b: [1, 2, 3] }, 'x/y': 1 };

const CASES: [operation: Json, result: Json][] = [
  [
    { op: 'add', path: '/a/c', value: 1 },
    { a: { b: [1, 2, 3], c: 1 }, 'x/y': 1 },
  ],
  [
    { op: 'add', path: '/a/b/-', value: 4 },
    { a: { b: [1, 2, 3, 4] }, 'x/y': 1 },
  ],
  [
    { op: 'add', path: '/a/b/0', value: 0 },
    { a: { b: [0, 1, 2, 3] }, 'x/y': 1 },
  ],
  [
    { op: 'add', path: 'a/z', value: 4 },
    { ...DOCUMENT, z: 4 },
  ],
  [
    { op: 'replace', path: '/a/missing', value: 1 },
    { a: { b: [1, 2, 3], missing: 1 }, 'x/y': 1 },
  ],
  [
    { op: 'replace', path: '/a/b/-1', value: 9 },
    { a: { b: [1, 2, 9] }, 'x/y': 1 },
  ],
  [{ op: 'replace', path: '', value: {} }, {}],
  [{ op: 'remove', path: '/x~1y' }, { a: { b: [1, 2, 3] } }],
  [
    { op: 'move', from: '/a/b/0', path: '/first' },
    { a: { b: [2, 3] }, 'x/y': 1, first: 1 },
  ],
  [
    { op: 'copy', from: '/a/b', path: '/c' },
    { ...DOCUMENT, c: [1, 2, 3] },
  ],
  [{ op: 'test', path: '/a/b', value: [1, 2, 3] }, DOCUMENT],
];

const FAILURES: Json[] = [
  { op: 'remove', path: '/a/missing' },
  { op: 'remove', path: '/missing/x' },
  { op: 'add', path: '/a/b/9', value: 1 },
  { op: 'add', path: '/a/b/x', value: 1 },
  { op: 'test', path: '/a/b', value: [1] },
  { op: 'dance', path: '/a' },
  { op: 'add', value: 1 },
  { op: 'remove', path: '' },
  'add',
];

describe('a JSON patch', () => {
  it.each(CASES)('%j', (operation, result) => {
    expect(applyJsonPatch(DOCUMENT, [operation])).toEqual(result);
  });

  it.each(FAILURES)('does not apply: %j', (operation) => {
    expect(() => applyJsonPatch(DOCUMENT, [operation])).toThrow(JsonPatchFailure);
  });

  it('treats __proto__ as a key like any other', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { x: 1 } }]);
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"x":1}}');
  });
});

describe('a merge patch', () => {
  it('merges maps, deletes by null and replaces the rest', () => {
    const original = { a: { b: 1, c: [1, 2] }, d: 'x' };
    expect(applyMergePatch(original, { a: { b: null, c: [3] }, e: { f: null, g: 1 } })).toEqual({
      a: { c: [3] },
      d: 'x',
      e: { g: 1 },
    });
    expect(applyMergePatch(original, 'text')).toBe('text');
  });

  it('treats __proto__ as a key like any other', () => {
    const patched = applyMergePatch({}, JSON.parse('{"__proto__":{"x":1}}') as Json);
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"x":1}}');
    expect((patched as Record<string, unknown>)['x']).toBeUndefined();
  });
});
