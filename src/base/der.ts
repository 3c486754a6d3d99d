import { bytesOfNumber, joined } from './crypto/numbers';

/** Distinguished Encoding Rules of ASN.1 (X.690), as far as certificates need them. */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of something with a number of its own, with or without parts. */
export const contextTag = (number: number, constructed = true): number => (constructed ? 0xa0 : 0x80) | number;

/** What is no such encoding; the message is encoding/asn1's. */
export class DerError extends Error {}

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With its tag and length. */
  readonly whole: Uint8Array;
}

/** Reads one element after the other. Throws DerError. */
export class DerReader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** The next one, of any kind, or of the one that has to be there. */
  next(tag?: number): Element {
    const from = this.#at;
    const found = this.#byte();
    const length = this.#length();
    const to = this.#at + length;
    if (to > this.bytes.length) throw new DerError('asn1: syntax error: data truncated');
    if (tag !== undefined && found !== tag) throw new DerError(tagsDiffer(tag, found, length));
    const content = this.bytes.subarray(this.#at, to);
    this.#at = to;
    return { tag: found, content, whole: this.bytes.subarray(from, to) };
  }

  /** What is in the next one, of a kind that has parts. */
  within(tag: number): DerReader {
    return new DerReader(this.next(tag).content);
  }

  /** Whether the next one is of a kind. */
  sees(tag: number): boolean {
    return this.bytes[this.#at] === tag;
  }

  #byte(): number {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw new DerError('asn1: syntax error: truncated tag or length');
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0) throw new DerError('asn1: syntax error: indefinite length found (not DER)');
    if (count > 4) throw new DerError('asn1: structure error: length too large');
    let length = 0;
    for (let left = count; left > 0; left--) length = length * 256 + this.#byte();
    if (length < 0x80) throw new DerError('asn1: structure error: non-minimal length');
    return length;
  }
}

function tagsDiffer(wanted: number, found: number, length: number): string {
  const shown = `{class:${found >> 6} tag:${found & 0x1f} length:${length} isCompound:${(found & 0x20) !== 0}}`;
  return `asn1: structure error: tags don't match (${wanted & 0x1f} vs ${shown})`;
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = joined(...parts);
  const { length } = content;
  if (length < 0x80) return joined(Uint8Array.of(tag, length), content);
  const width = Math.ceil(length.toString(16).length / 2);
  return joined(Uint8Array.of(tag, 0x80 | width), bytesOfNumber(BigInt(length), width), content);
}

/** A whole number that is not negative: the first bit of its bytes is 0. */
export function derInteger(value: bigint): Uint8Array {
  return der(TAG.integer, bytesOfNumber(value, Math.floor(value.toString(2).length / 8) + 1));
}

export const derBits = (bytes: Uint8Array, unused = 0): Uint8Array => der(TAG.bits, Uint8Array.of(unused), bytes);

/** A name of dots and numbers. */
export function derOid(name: string): Uint8Array {
  const [first = 0, second = 0, ...others] = name.split('.').map(Number);
  return der(TAG.oid, ...[first * 40 + second, ...others].map(base128));
}

function base128(value: number): Uint8Array {
  const digits = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift(0x80 | (rest & 0x7f));
  return Uint8Array.from(digits);
}

export function oidOf({ content }: Element): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    numbers.push(value);
    value = 0;
  }
  const [head = 0, ...others] = numbers;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - first * 40, ...others].join('.');
}

/** A moment in milliseconds since the Unix epoch, to the second: with two digits for a year as long as they say which. */
export function derTime(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  const short = digits < '2050';
  return der(short ? TAG.utcTime : TAG.generalizedTime, new TextEncoder().encode(short ? digits.slice(2) : digits));
}

export function timeOf({ tag, content }: Element): number {
  const digits = new TextDecoder().decode(content);
  const full = tag === TAG.utcTime ? `${digits < '50' ? '20' : '19'}${digits}` : digits;
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at) =>
    Number(full.slice(at, at === 0 ? 4 : at + 2)),
  ) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
