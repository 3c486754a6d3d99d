// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOfDocument, packFragment, unpackFragment } from './link';

describe('a document in a link', () => {
  it('comes back as it was, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), async (text) => {
        const fragment = await packFragment(text);
        expect(fragment).toMatch(/^#cluster=[A-Za-z0-9_-]*$/);
        expect(await unpackFragment(fragment)).toEqual({ text });
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('keeps the moment to look at', async () => {
    expect(await unpackFragment(await packFragment('{}', 61_000.4))).toEqual({ text: '{}', atMs: 61_000 });
    expect(await unpackFragment(`${await packFragment('{}')}&at=never`)).toEqual({ text: '{}' });
  });

  it.each(['#cluster=', '#cluster=%%%', '#cluster=AAAA', '#cluster=hello_world'])(
    'says that %s is damaged',
    async (fragment) => {
      const result = await unpackFragment(fragment);
      expect('problem' in result && result.problem).toMatch(/damaged/);
    },
  );

  it('says that a cut link is damaged', async () => {
    const fragment = await packFragment(
      JSON.stringify({ format: 1, inputs: Array.from({ length: 50 }, (_, index) => index * 7919) }),
    );
    const result = await unpackFragment(fragment.slice(0, -10));
    expect('problem' in result).toBe(true);
  });

  it('refuses what unfolds without end', async () => {
    const fragment = await packFragment('a'.repeat(60_000_000));
    const result = await unpackFragment(fragment);
    expect('problem' in result && result.problem).toMatch(/50 MB/);
  });

  it('names equal documents equally', () => {
    expect(nameOfDocument('a')).toBe(nameOfDocument('a'));
    expect(nameOfDocument('a')).not.toBe(nameOfDocument('b'));
  });
});
