import { describe, expect, it } from 'vitest';
import { hashDigits, nextUuid, nextWord, seedRandom } from './random';

describe('names from a stream', () => {
  it('are UUIDs of version 4, made of four words', () => {
    const state = seedRandom(1, 'names');
    const words = seedRandom(1, 'names');
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const uuids = Array.from({ length: 200 }, () => nextUuid(state));
    expect(uuids.filter((uuid) => !shape.test(uuid))).toEqual([]);
    expect(new Set(uuids).size).toBe(200);
    for (const uuid of uuids) {
      const digits = Array.from({ length: 4 }, () => nextWord(words).toString(16).padStart(8, '0')).join('');
      const own = uuid.replaceAll('-', '');
      const kept = (text: string): string => text.slice(0, 12) + text.slice(13, 16) + text.slice(17);
      expect(kept(own)).toBe(kept(digits));
    }
    expect(nextWord(state)).toBe(nextWord(words));
  });

  it('are 64 digits that differ with the name', () => {
    expect(hashDigits('a')).toMatch(/^[0-9a-f]{64}$/);
    expect(hashDigits('a')).toBe(hashDigits('a'));
    expect(hashDigits('a')).not.toBe(hashDigits('b'));
  });
});
