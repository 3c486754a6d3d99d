import { bytesOfNumber, joined, numberOf } from './numbers';

/** The hashes of FIPS 180-4, synchronously, for texts of a few kilobytes: the kernel can wait for no promise. */

export type HashSize = 256 | 384 | 512;

interface Family {
  readonly wordBits: bigint;
  readonly rounds: number;
  /** By how many bits Σ0, Σ1, σ0 and σ1 rotate; the last of σ shifts. */
  readonly rotations: readonly (readonly [bigint, bigint, bigint])[];
}

const SMALL: Family = {
  wordBits: 32n,
  rounds: 64,
  rotations: [
    [2n, 13n, 22n],
    [6n, 11n, 25n],
    [7n, 18n, 3n],
    [17n, 19n, 10n],
  ],
};
const LARGE: Family = {
  wordBits: 64n,
  rounds: 80,
  rotations: [
    [28n, 34n, 39n],
    [14n, 18n, 41n],
    [1n, 8n, 7n],
    [19n, 61n, 6n],
  ],
};

const constants = new Map<string, readonly bigint[]>();

/** The first bits behind the point of the roots of primes: square roots begin a hash, cube roots stir it. */
function rootBits(family: Family, degree: 2n | 3n, from: number, count: number): readonly bigint[] {
  const key = [family.wordBits, degree, from].join();
  let bits = constants.get(key);
  if (!bits) {
    const mask = (1n << family.wordBits) - 1n;
    bits = primes(from + count)
      .slice(from)
      .map((prime) => root(prime << (degree * family.wordBits), degree) & mask);
    constants.set(key, bits);
  }
  return bits;
}

function primes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let next = 2n; found.length < count; next++) if (found.every((prime) => next % prime !== 0n)) found.push(next);
  return found;
}

/** The whole part of a root, by Newton's way from above. */
function root(value: bigint, degree: bigint): bigint {
  let guess = 1n << (BigInt(value.toString(2).length) / degree + 1n);
  for (;;) {
    const better = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (better >= guess) return guess;
    guess = better;
  }
}

export function sha2(message: Uint8Array, size: HashSize): Uint8Array {
  const family = size === 256 ? SMALL : LARGE;
  let state = rootBits(family, 2n, size === 384 ? 8 : 0, 8);
  const block = Number(family.wordBits) * 2;
  const padded = pad(message, block);
  for (let at = 0; at < padded.length; at += block) state = compress(state, padded.subarray(at, at + block), family);
  const width = Number(family.wordBits) / 8;
  return joined(...state.map((word) => bytesOfNumber(word, width))).slice(0, size / 8);
}

function pad(message: Uint8Array, block: number): Uint8Array {
  const lengthBytes = block / 8;
  const zeros = (2 * block - 1 - lengthBytes - (message.length % block)) % block;
  return joined(
    message,
    Uint8Array.of(0x80),
    new Uint8Array(zeros),
    bytesOfNumber(BigInt(message.length) * 8n, lengthBytes),
  );
}

function compress(state: readonly bigint[], block: Uint8Array, family: Family): bigint[] {
  const { wordBits, rounds, rotations } = family;
  const mask = (1n << wordBits) - 1n;
  const turn = (word: bigint, by: bigint): bigint => ((word >> by) | (word << (wordBits - by))) & mask;
  const sum = (word: bigint, which: number): bigint =>
    rotations[which]!.reduce((mixed, by) => mixed ^ turn(word, by), 0n);
  const spread = (word: bigint, which: number): bigint => {
    const [first, second, shift] = rotations[which]!;
    return turn(word, first) ^ turn(word, second) ^ (word >> shift);
  };
  const width = Number(wordBits) / 8;
  const words: bigint[] = [];
  for (let at = 0; at < 16; at++) words.push(numberOf(block.subarray(at * width, (at + 1) * width)));
  for (let at = 16; at < rounds; at++)
    words.push((spread(words[at - 2]!, 3) + words[at - 7]! + spread(words[at - 15]!, 2) + words[at - 16]!) & mask);
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  const stir = rootBits(family, 3n, 0, rounds);
  for (let at = 0; at < rounds; at++) {
    const first = h + sum(e, 1) + ((e & f) ^ (~e & mask & g)) + stir[at]! + words[at]!;
    const second = sum(a, 0) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & mask, c, b, a, (first + second) & mask];
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => (word + state[at]!) & mask);
}

/** RFC 2104. */
export function hmac(key: Uint8Array, message: Uint8Array, size: HashSize): Uint8Array {
  const block = size === 256 ? 64 : 128;
  const padded = joined(key.length > block ? sha2(key, size) : key, new Uint8Array(block)).slice(0, block);
  const inner = sha2(
    joined(
      padded.map((byte) => byte ^ 0x36),
      message,
    ),
    size,
  );
  return sha2(
    joined(
      padded.map((byte) => byte ^ 0x5c),
      inner,
    ),
    size,
  );
}
