import { describe, expect, it } from 'vitest';
import { Alike } from './alike';

describe('what is alike', () => {
  const inner = Object.freeze({});
  it.each<[string, object, object, boolean]>([
    ['objects with the same fields', { a: 1, b: inner }, { a: 1, b: inner }, true],
    ['fields in another order', { a: 1, b: 2 }, { b: 2, a: 1 }, false],
    ['another value', { a: 1 }, { a: 2 }, false],
    ['a field more', { a: 1 }, { a: 1, b: undefined }, false],
    ['a field less', { a: 1, b: undefined }, { a: 1 }, false],
    ['equal but not the same below', { a: Object.freeze({ c: 1 }) }, { a: Object.freeze({ c: 1 }) }, false],
    ['lists', [inner, 'x'], [inner, 'x'], true],
    ['lists of which one goes on', [1], [1, 2], false],
    ['a list and an object', ['x'], { 0: 'x' }, false],
    ['nothing in them', {}, {}, true],
  ])('%s', (_name, one, other, expected) => {
    const alike = new Alike<object>(4);
    const first = alike.share(one);
    expect(first).toBe(one);
    expect(Object.isFrozen(first)).toBe(true);
    expect(alike.share(other) === first).toBe(expected);
  });

  it('leaves what is not frozen below to its owner', () => {
    const alike = new Alike<object>(4);
    const list = [{ a: 1 }];
    expect(Object.isFrozen(alike.share(list))).toBe(false);
    expect(alike.share([list[0]])).not.toBe(list);
  });

  it('forgets the oldest', () => {
    const alike = new Alike<{ n: number }>(2);
    const first = alike.share({ n: 1 });
    alike.share({ n: 2 });
    expect(alike.share({ n: 1 })).toBe(first);
    alike.share({ n: 3 });
    expect(alike.share({ n: 1 })).not.toBe(first);
  });
});
