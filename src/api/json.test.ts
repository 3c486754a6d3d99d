import { describe, expect, it } from 'vitest';
import { equalFields, equalJson } from './json';

describe('equality of JSON', () => {
  it.each([
    [{ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, b: 2 }, { a: 1 }, false],
    [{ a: 1, b: 2 }, { a: 1, c: 2 }, false],
    [{ toString: 1 }, {}, false],
    [[], {}, false],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [null, {}, false],
  ])('of %j and %j is %s', (left, right, equal) => {
    expect(equalJson(left, right)).toBe(equal);
  });

  it('may leave one key out, on either side', () => {
    expect(equalFields({ a: 1, metadata: 1 }, { a: 1, metadata: 2 }, 'metadata')).toBe(true);
    expect(equalFields({ a: 1, metadata: 1 }, { a: 1 }, 'metadata')).toBe(true);
    expect(equalFields({ a: 1 }, { a: 1, b: 1, metadata: 1 }, 'metadata')).toBe(false);
  });
});
