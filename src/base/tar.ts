import { bytesOf, textOf } from './bytes';

/** Archives as `tar` makes them: ustar, of plain files. Bytes are text with a character for each. */

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: string;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** What stands after the last entry. */
export const TAR_END = '\0'.repeat(2 * BLOCK);

/** A file as it stands in an archive; `seconds` since the Unix epoch. */
export function tarEntry(name: string, text: string, seconds: number): string {
  const bytes = bytesOf(text);
  const padding = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
  return header(name, bytes.length, seconds) + bytes + '\0'.repeat(padding);
}

/** Models POSIX ustar: fields of fixed width, and a sum over the header in which its own field counts as blanks. */
function header(name: string, size: number, seconds: number): string {
  const { prefix, rest } = splitName(bytesOf(name));
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const before = rest.padEnd(NAME_BYTES, '\0') + octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12);
  const after = `0${'\0'.repeat(NAME_BYTES)}ustar\0${'00'}${field('root', 32)}${field('root', 32)}${octal(0, 8)}${octal(0, 8)}`;
  const [left, right] = [before + octal(seconds, 12), after + field(prefix, PREFIX_BYTES)];
  const sum = [...left, ...right].reduce((total, byte) => total + byte.charCodeAt(0), 8 * ' '.charCodeAt(0));
  return field(`${left}${sum.toString(8).padStart(6, '0')}\0 ${right}`, BLOCK);
}

const field = (text: string, width: number): string => text.slice(0, width).padEnd(width, '\0');

function splitName(name: string): { prefix: string; rest: string } {
  if (name.length <= NAME_BYTES) return { prefix: '', rest: name };
  const slash = name.indexOf('/', name.length - NAME_BYTES - 1);
  if (slash < 0 || slash > PREFIX_BYTES) return { prefix: '', rest: name.slice(0, NAME_BYTES) };
  return { prefix: name.slice(0, slash), rest: name.slice(slash + 1) };
}

/** The entries of an archive, as far as it is one. */
export function* tarEntries(archive: string): Generator<TarEntry> {
  let longName = '';
  for (let at = 0; at + BLOCK <= archive.length && archive.charCodeAt(at) !== 0;) {
    const text = (from: number, length: number): string => archive.slice(at + from, at + from + length).split('\0')[0]!;
    const size = Number.parseInt(text(124, 12).trim() || '0', 8) || 0;
    const bytes = archive.slice(at + BLOCK, at + BLOCK + size);
    const kind = text(156, 1);
    const prefix = text(345, PREFIX_BYTES);
    const name = longName || (prefix === '' ? text(0, NAME_BYTES) : `${prefix}/${text(0, NAME_BYTES)}`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (kind === 'x') longName = paxPath(bytes);
    else if (kind === 'L') longName = bytes.replace(/\0+$/, '');
    else {
      longName = '';
      yield { name: textOf(name), isFile: kind === '' || kind === '0', bytes };
    }
  }
}

/** The name that a PAX header gives the entry after it; empty where it gives none. */
function paxPath(bytes: string): string {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes)?.[1] ?? '';
}
