/** Zip archives: written without compression, read with limits, since they come from anybody. */

/** A file in an archive. */
export interface ZipEntry {
  /** With `/` between folders; one that ends in `/` is a folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How much is read of an archive before it is refused. */
export interface ZipLimits {
  readonly entries: number;
  /** What all entries may hold together, unpacked. */
  readonly bytes: number;
}

/** Thrown where an archive cannot be read, in words for whoever brought it. */
export class ZipError extends Error {
  override name = 'ZipError';
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const COMMENT_LIMIT = 0xffff;
/** Names are UTF-8. */
const UTF8_FLAG = 0x0800;
const ENCRYPTED_FLAG = 0x0001;
const VERSION = 20;
/** The 1st of January 1980, where the format's calendar begins: an archive depends on what is in it alone. */
const DATE = 0x0021;
const STORED = 0;
const DEFLATED = 8;
/** What `external attributes` of an archive made on Unix say of a symbolic link. */
const UNIX_TYPE = 0xf000;
const UNIX_LINK = 0xa000;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** The checksum that archives keep of each file: CRC-32 as in ISO 3309. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** An archive of files, in their order. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const nameBytes = new TextEncoder().encode(name);
    const facts = { nameBytes, size: bytes.length, crc: crc32(bytes) };
    const local = header(LOCAL, LOCAL_BYTES, 4, facts);
    const listed = header(CENTRAL, CENTRAL_BYTES, 6, facts);
    new DataView(listed.buffer).setUint16(4, VERSION, true);
    new DataView(listed.buffer).setUint32(42, offset, true);
    parts.push(local, bytes);
    central.push(listed);
    offset += local.length + bytes.length;
  }
  const size = central.reduce((sum, { length }) => sum + length, 0);
  return joined([...parts, ...central, endOf(entries.length, size, offset)]);
}

interface Facts {
  readonly nameBytes: Uint8Array;
  readonly size: number;
  readonly crc: number;
}

/** The header of a file; those of both kinds have the same fields in a row, from `at` on. */
function header(signature: number, length: number, at: number, { nameBytes, size, crc }: Facts): Uint8Array {
  const bytes = new Uint8Array(length + nameBytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  for (const [index, value] of [VERSION, UTF8_FLAG, STORED, 0, DATE].entries())
    view.setUint16(at + 2 * index, value, true);
  for (const [index, value] of [crc, size, size].entries()) view.setUint32(at + 10 + 4 * index, value, true);
  view.setUint16(at + 22, nameBytes.length, true);
  bytes.set(nameBytes, length);
  return bytes;
}

function endOf(count: number, size: number, offset: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(END_BYTES));
  view.setUint32(0, END, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, offset, true);
  return new Uint8Array(view.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Where a file stands in an archive. */
interface Place {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly from: number;
}

/** The files of an archive, in their order. Throws ZipError where it is none, is damaged, or holds more than it may. */
export async function unzipped(archive: Uint8Array, limits: ZipLimits): Promise<ZipEntry[]> {
  const places = placesIn(archive, limits);
  const size = places.reduce((sum, place) => sum + place.size, 0);
  if (size > limits.bytes) throw new ZipError(`unpacked it would have ${size} bytes, and ${limits.bytes} are the most`);
  checkApart(places);
  const entries: ZipEntry[] = [];
  for (const place of places) entries.push({ name: place.name, bytes: await contentOf(archive, place) });
  return entries;
}

function placesIn(archive: Uint8Array, limits: ZipLimits): Place[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endIn(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) throw new ZipError('it is an archive of the large kind (zip64)');
  if (count > limits.entries) throw new ZipError(`it holds ${count} files, and ${limits.entries} are the most`);
  const places: Place[] = [];
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL) throw damaged();
    const place = placeAt(archive, view, at, end);
    places.push(place);
    at += CENTRAL_BYTES + [28, 30, 32].reduce((sum, field) => sum + view.getUint16(at + field, true), 0);
  }
  return places;
}

const damaged = (): ZipError => new ZipError('it is no zip archive, or it is damaged');

/** The record at the end, which a comment may follow. */
function endIn(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= 0 && at >= view.byteLength - END_BYTES - COMMENT_LIMIT; at--)
    if (view.getUint32(at, true) === END) return at;
  throw damaged();
}

function placeAt(archive: Uint8Array, view: DataView, at: number, end: number): Place {
  const short = (field: number): number => view.getUint16(at + field, true);
  const long = (field: number): number => view.getUint32(at + field, true);
  const nameEnd = at + CENTRAL_BYTES + short(28);
  if (nameEnd > end) throw damaged();
  const name = textOf(archive.subarray(at + CENTRAL_BYTES, nameEnd), 'the name of a file');
  if (short(8) & ENCRYPTED_FLAG) throw new ZipError(`${name} is encrypted`);
  if (((long(38) >>> 16) & UNIX_TYPE) === UNIX_LINK) throw new ZipError(`${name} is a link to another file`);
  const method = short(10);
  if (method !== STORED && method !== DEFLATED) throw new ZipError(`${name} is packed in a way that is not known`);
  const local = long(42);
  if (local + LOCAL_BYTES > end || view.getUint32(local, true) !== LOCAL) throw damaged();
  const from = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const place = { name, method, crc: long(16), packed: long(20), size: long(24), from };
  if (from + place.packed > end || (method === STORED && place.packed !== place.size)) throw damaged();
  return place;
}

/** Files that lie over one another are how small archives become very large ones. */
function checkApart(places: readonly Place[]): void {
  const sorted = [...places].sort((left, right) => left.from - right.from);
  for (const [index, { from, packed }] of sorted.entries())
    if (from + packed > (sorted[index + 1]?.from ?? Infinity)) throw damaged();
}

async function contentOf(archive: Uint8Array, { name, method, crc, packed, size, from }: Place): Promise<Uint8Array> {
  const stored = archive.subarray(from, from + packed);
  const bytes = method === STORED ? stored.slice() : await inflated(stored, size, name);
  if (bytes.length !== size || crc32(bytes) !== crc) throw new ZipError(`${name} is damaged`);
  return bytes;
}

/** Unpacks; what turns out larger than it was said to be is given up at once. */
async function inflated(packed: Uint8Array, size: number, name: string): Promise<Uint8Array> {
  const stream = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = (stream as ReadableStream<Uint8Array>).getReader();
  const bytes = new Uint8Array(size);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new ZipError(`${name} is damaged`);
    });
    if (done) return bytes.subarray(0, length);
    if (length + value.length > size) {
      await reader.cancel().catch(() => {});
      throw new ZipError(`${name} is larger than the archive says`);
    }
    bytes.set(value, length);
    length += value.length;
  }
}

/** The text of bytes in UTF-8; throws ZipError, naming `what`, where they are none. */
export function textOf(bytes: Uint8Array, what: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    /* Told below. */
  }
  throw new ZipError(`${what} is no text`);
}
