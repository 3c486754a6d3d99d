import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DICTIONARY, HeaderReader, HeaderWriter, type Headers } from './header-block';

/** Seen on the wire from kubectl v1.36: the blocks of the first two streams of a port-forward. */
const ERROR_BLOCK =
  '78f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45a024cc6461c0c0c0c0590489c44c50e2663400000000ffff';
const DATA_BLOCK = 'c2aa15540a2512d209000000ffff';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('blocks of headers', () => {
  it('have the dictionary of which clients tell the Adler-32', () => {
    let [low, high] = [1, 0];
    for (const byte of DICTIONARY) {
      low = (low + byte) % 65521;
      high = (high + low) % 65521;
    }
    expect([DICTIONARY.length, high * 0x10000 + low]).toEqual([1423, 0xe3c6a7c2]);
  });

  it('are read as kubectl writes them, each with what the ones before it gave', () => {
    const reader = new HeaderReader();
    expect({ ...reader.read(hex(ERROR_BLOCK)) }).toEqual({ streamtype: 'error', port: '80', requestid: '0' });
    expect({ ...reader.read(hex(DATA_BLOCK)) }).toEqual({ streamtype: 'data', port: '80', requestid: '0' });
  });

  test.each([
    ['without a dictionary', deflateSync('text').toString('hex')],
    ['with another dictionary', deflateSync('text', { dictionary: Buffer.from('another') }).toString('hex')],
    ['cut off', ERROR_BLOCK.slice(0, 40)],
    ['not of zlib', '00'.repeat(30)],
    ['empty', ''],
  ])('that are %s are none', (_, bytes) => {
    expect(new HeaderReader().read(hex(bytes))).toBeUndefined();
  });

  it('may not grow beyond their limit', () => {
    const bomb = deflateSync(Buffer.alloc(1 << 20), {
      dictionary: DICTIONARY,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    expect(bomb.length).toBeLessThan(4_096);
    expect(new HeaderReader().read(bomb)).toBeUndefined();
  });

  it('are read as they were written, one after the other', () => {
    const name = fc.stringMatching(/^[a-z-]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(name, fc.string({ unit: 'binary', maxLength: 300 })), { maxLength: 20 }),
        (blocks) => {
          const [writer, reader] = [new HeaderWriter(), new HeaderReader()];
          for (const block of blocks) expect({ ...reader.read(writer.write(block as Headers)) }).toEqual({ ...block });
        },
      ),
      { seed: 7, numRuns: 50 },
    );
  });
});
