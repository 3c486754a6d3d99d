import { describe, expect, it } from 'vitest';
import { emptyMap, owned, without } from './shared-map';
import { copyState, hashState } from './state';

describe('the empty map that all share', () => {
  it('is nobody’s to write to', () => {
    const one = owned(emptyMap<string, number>()).set('a', 1);
    expect([...one]).toEqual([['a', 1]]);
    expect(emptyMap().size).toBe(0);
    expect(owned(one)).toBe(one);
  });

  it('takes the place of a map that has become empty', () => {
    const one = owned(emptyMap<string, number>()).set('a', 1).set('b', 2);
    expect(without(one, 'c')).toBe(one);
    expect([...without(one, 'a')]).toEqual([['b', 2]]);
    expect(without(one, 'b')).toBe(emptyMap());
  });

  it('counts in copies and hashes as any other', () => {
    expect(copyState({ files: emptyMap() }).files).toBe(emptyMap());
    expect(hashState({ files: emptyMap() })).toBe(hashState({ files: new Map() }));
  });
});
