import { inflateRawSync, constants } from 'node:zlib';

/** The blocks of names and values in SPDY/3.1: one zlib stream a direction, which begins with a dictionary. */

const WORDS = (
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin'
).split(' ');

const TEXT =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden' +
  '404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,' +
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

/** The dictionary of both directions: words with their lengths before them, then text. */
export const DICTIONARY: Buffer = Buffer.concat([
  ...WORDS.map((word) => sized(word.replace('_', ' '))),
  Buffer.from(TEXT),
]);

/** What a zlib stream with this dictionary begins with: its method, that there is a dictionary, and that one's Adler-32. */
const PREAMBLE = Buffer.from([0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2]);
const WITH_DICTIONARY = 0x20;
/** How far back deflate looks. */
const WINDOW = 32 * 1024;
/** Larger blocks are none of a client's. */
const BLOCK_LIMIT = 64 * 1024;

export type Headers = Readonly<Record<string, string>>;

/**
 * Reads the blocks of one direction, in their order. Each ends at a flush, on a byte, so that it can be inflated by itself
 * once one has what the blocks before it gave.
 */
export class HeaderReader {
  #window: Buffer | undefined;

  /** The headers of the next block; nothing where it is none, and then nothing later can be read either. */
  read(block: Buffer): Headers | undefined {
    try {
      const bytes = inflateRawSync(this.#window ? block : bodyOf(block), {
        dictionary: (this.#window ??= DICTIONARY),
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: BLOCK_LIMIT,
      });
      this.#window = Buffer.concat([this.#window, bytes]).subarray(-WINDOW);
      return headersOf(bytes);
    } catch (error) {
      if (error instanceof RangeError || isOfZlib(error)) return undefined;
      throw error;
    }
  }
}

/** Writes the blocks of one direction. They are short: they are stored, not deflated. */
export class HeaderWriter {
  #began = false;

  write(headers: Headers): Buffer {
    const entries = Object.entries(headers);
    const bytes = Buffer.concat([
      size(entries.length),
      ...entries.flatMap(([name, value]) => [sized(name.toLowerCase()), sized(value)]),
    ]);
    if (bytes.length >= BLOCK_LIMIT) throw new RangeError(`a block of ${bytes.length} bytes`);
    const parts = [stored(bytes), bytes, FLUSH];
    if (!this.#began) parts.unshift(PREAMBLE);
    this.#began = true;
    return Buffer.concat(parts);
  }
}

/** The head of a part that is not deflated. */
function stored({ length }: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(length, 1);
  head.writeUInt16LE(~length & 0xffff, 3);
  return head;
}

/** An empty part: at this, and not before, Go's reader hands out what it has. */
const FLUSH = stored(Buffer.alloc(0));

/** What follows the beginning of a stream. */
function bodyOf(first: Buffer): Buffer {
  const [method = 0, flags = 0] = first;
  const sane = (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0 && (flags & WITH_DICTIONARY) !== 0;
  if (!sane || !first.subarray(2, 6).equals(PREAMBLE.subarray(2))) throw new RangeError('another dictionary');
  return first.subarray(6);
}

/** Throws a RangeError where the bytes end too early. */
function headersOf(bytes: Buffer): Headers {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = 4;
  const next = (): string => {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('a block that is not whole');
    const text = bytes.toString('utf8', at + 4, end);
    at = end;
    return text;
  };
  for (let left = bytes.readUInt32BE(0); left > 0; left--) {
    const name = next();
    headers[name.toLowerCase()] = next();
  }
  return headers;
}

function size(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(count);
  return bytes;
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([size(bytes.length), bytes]);
}

const isOfZlib = (error: unknown): boolean =>
  /^(Z_|ERR_BUFFER_TOO_LARGE)/.test((error as { code?: string }).code ?? '');
