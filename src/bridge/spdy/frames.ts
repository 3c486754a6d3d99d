/** The frames of SPDY/3.1, of which a server of streams needs these. Models the draft's section 2.6. */

const VERSION = 3;
const HEAD = 8;
const FIN = 0x01;

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;

/** Why a stream is refused or given up. */
export const RESET = { protocolError: 1, invalidStream: 2, refused: 3, cancel: 5 } as const;

/** A frame as it came. What need not be acted on (settings, windows, later headers) is 'other'. */
export type Frame =
  | { readonly kind: 'data'; readonly stream: number; readonly last: boolean; readonly bytes: Buffer }
  | { readonly kind: 'open'; readonly stream: number; readonly last: boolean; readonly block: Buffer }
  | { readonly kind: 'reply'; readonly stream: number; readonly last: boolean; readonly block: Buffer }
  | { readonly kind: 'reset'; readonly stream: number; readonly status: number }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'away' }
  | { readonly kind: 'other' };

/** The first frame of what has come, with its size; nothing as long as it is not whole, 'broken' where it is none. */
export function readFrame(bytes: Buffer): { frame: Frame; size: number } | 'broken' | undefined {
  if (bytes.length < HEAD) return undefined;
  const size = HEAD + (bytes.readUInt32BE(4) & 0xffffff);
  const control = (bytes[0]! & 0x80) !== 0;
  if (control && (bytes.readUInt16BE(0) & 0x7fff) !== VERSION) return 'broken';
  if (bytes.length < size) return undefined;
  const body = bytes.subarray(HEAD, size);
  const last = (bytes[4]! & FIN) !== 0;
  if (!control) return { frame: { kind: 'data', stream: bytes.readUInt32BE(0), last, bytes: body }, size };
  const frame = controlFrame(bytes.readUInt16BE(2), last, body);
  return frame === 'broken' ? frame : { frame, size };
}

/** The least that the body of a kind has. */
const LEAST: Readonly<Record<number, number>> = { [SYN_STREAM]: 10, [SYN_REPLY]: 4, [RST_STREAM]: 8, [PING]: 4 };

function controlFrame(type: number, last: boolean, body: Buffer): Frame | 'broken' {
  if (body.length < (LEAST[type] ?? 0)) return 'broken';
  const first = (): number => body.readUInt32BE(0) & 0x7fffffff;
  switch (type) {
    case SYN_STREAM:
      return { kind: 'open', stream: first(), last, block: body.subarray(10) };
    case SYN_REPLY:
      return { kind: 'reply', stream: first(), last, block: body.subarray(4) };
    case RST_STREAM:
      return { kind: 'reset', stream: first(), status: body.readUInt32BE(4) };
    case PING:
      return { kind: 'ping', id: body.readUInt32BE(0) };
    case GOAWAY:
      return { kind: 'away' };
    default:
      return { kind: 'other' };
  }
}

function framed(first: number, flags: number, ...body: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(HEAD);
  const length = body.reduce((sum, part) => sum + part.length, 0);
  head.writeUInt32BE(first, 0);
  head.writeUInt32BE((flags << 24) | length, 4);
  return Buffer.concat([head, ...body]);
}

const control = (type: number, flags: number, ...body: readonly Uint8Array[]): Buffer =>
  framed((((0x8000 | VERSION) << 16) | type) >>> 0, flags, ...body);

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

export const openFrame = (stream: number, block: Uint8Array, last = false): Buffer =>
  control(SYN_STREAM, last ? FIN : 0, words(stream, 0), Buffer.alloc(2), block);

export const replyFrame = (stream: number, block: Uint8Array): Buffer => control(SYN_REPLY, 0, words(stream), block);

export const resetFrame = (stream: number, status: number): Buffer => control(RST_STREAM, 0, words(stream, status));

export const pingFrame = (id: number): Buffer => control(PING, 0, words(id));

/** `stream` is the last that the other side opened. */
export const awayFrame = (stream: number): Buffer => control(GOAWAY, 0, words(stream, 0));

export const dataFrame = (stream: number, bytes: Uint8Array, last = false): Buffer =>
  framed(stream, last ? FIN : 0, bytes);
