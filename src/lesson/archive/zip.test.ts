import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, unzipped, zipOf, type ZipEntry } from './zip';

const LIMITS = { entries: 10, bytes: 100_000 };
const file = (name: string, text: string): ZipEntry => ({ name, bytes: new TextEncoder().encode(text) });
const refusal = (archive: Uint8Array): Promise<string> =>
  unzipped(archive, LIMITS).then(
    () => 'nothing',
    (error: Error) => error.message,
  );

/** An archive of one deflated file whose headers say `size`. */
function deflated(text: string, size = text.length): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const packed = new Uint8Array(deflateRawSync(bytes));
  const archive = zipOf([{ name: 'a', bytes: packed }]);
  const view = new DataView(archive.buffer);
  const central = 30 + 1 + packed.length;
  for (const [at, value] of [
    [central + 16, crc32(bytes)],
    [central + 24, size],
  ] as const)
    view.setUint32(at, value, true);
  view.setUint16(central + 10, 8, true);
  return archive;
}

/** One stored file with a byte of its central header changed. */
function changed(at: number, value: number): Uint8Array {
  const archive = zipOf([file('a.txt', 'hello')]);
  archive[30 + 5 + 5 + at] = value;
  return archive;
}

test('the checksum is that of the format', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test('what was packed is unpacked', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), bytes), { maxLength: 9 }),
      async (files) => {
        const entries = files.map(([name, content]) => ({
          name: name.replace(/[\0\ufeff]/g, '_'),
          bytes: content,
        }));
        expect(await unzipped(zipOf(entries), LIMITS)).toEqual(entries);
      },
    ),
    { numRuns: 100 },
  );
});

test('what other programs have deflated is unpacked', async () => {
  const text = 'kind: Pod\n'.repeat(500);
  const [entry] = await unzipped(deflated(text), LIMITS);
  expect(new TextDecoder().decode(entry!.bytes)).toBe(text);
});

test.each<[what: string, archive: Uint8Array, words: RegExp]>([
  ['nothing at all', new Uint8Array(), /no zip archive/],
  ['another file', new TextEncoder().encode('kind: Pod'), /no zip archive/],
  ['half an archive', zipOf([file('a', 'x'.repeat(99))]).slice(60), /damaged/],
  ['too many files', zipOf(Array.from({ length: 11 }, (_, index) => file(`${index}`, ''))), /11 files, and 10/],
  ['too much', zipOf([file('a', 'x'.repeat(60_000)), file('b', 'x'.repeat(60_000))]), /120000 bytes, and 100000/],
  ['a bomb that says how large it is', deflated('\0'.repeat(50_000_000)), /50000000 bytes, and 100000/],
  ['a bomb that does not say so', deflated('\0'.repeat(50_000_000), 10), /a is larger than the archive says/],
  ['less than it says', deflated('hello', 9_000), /a is damaged/],
  ['an encrypted file', changed(8, 1), /a.txt is encrypted/],
  ['another packing', changed(10, 12), /a.txt is packed in a way that is not known/],
  ['a link to another file', changed(41, 0xa1), /a.txt is a link to another file/],
  ['a wrong checksum', changed(16, 0), /a.txt is damaged/],
  ['a file that lies beyond the end', changed(44, 0xff), /damaged/],
  ['a name that is no text', changed(46, 0xff), /the name of a file is no text/],
])('%s is refused', async (_, archive, words) => {
  expect(await refusal(archive)).toMatch(words);
});

test('files that lie over one another are refused', async () => {
  const archive = zipOf([file('a', 'x'.repeat(200)), file('b', 'y')]);
  const view = new DataView(archive.buffer);
  const second = archive.length - 22 - 47;
  view.setUint32(second + 42, 0, true);
  expect(await refusal(archive)).toMatch(/damaged/);
});

test('no bytes make the reader do anything else than refuse', async () => {
  const whole = zipOf([file('a/lesson.md', '# One\n'), file('a/goal.yaml', 'goals: []\n')]);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), async (at, value, cut) => {
      const archive = whole.slice(0, cut);
      if (at < cut) archive[at] = value;
      await unzipped(archive, LIMITS).catch((error: Error) => expect(error.name).toBe('ZipError'));
    }),
    { numRuns: 500 },
  );
});
