/** The whole state of one stream of random numbers (sfc32): four unsigned 32-bit words. */
export type RandomState = { a: number; b: number; c: number; counter: number };

/** Hashes text to an unsigned 32-bit word (FNV-1a). */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** A stream of its own for `name`, so that one component's draws never shift another's. */
export function seedRandom(seed: number, name: string): RandomState {
  const state: RandomState = { a: seed >>> 0, b: hashText(name), c: hashText(name, 0x9e3779b9), counter: 1 };
  for (let round = 0; round < 12; round++) nextWord(state);
  return state;
}

/** The next unsigned 32-bit word. */
export function nextWord(state: RandomState): number {
  const sum = (state.a + state.b + state.counter) | 0;
  state.counter = (state.counter + 1) | 0;
  state.a = state.b ^ (state.b >>> 9);
  state.b = (state.c + (state.c << 3)) | 0;
  state.c = (((state.c << 21) | (state.c >>> 11)) + sum) | 0;
  return sum >>> 0;
}

/** A number in [0, 1). */
export function nextFraction(state: RandomState): number {
  return nextWord(state) / 0x1_0000_0000;
}

/** A number in [low, high). */
export function nextBetween(state: RandomState, low: number, high: number): number {
  return low + (high - low) * nextFraction(state);
}

/** An integer in [0, bound). */
export function nextBelow(state: RandomState, bound: number): number {
  return Math.floor(nextFraction(state) * bound);
}

/** Letters and digits of generated names; Kubernetes leaves out what could spell words. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Models apimachinery/pkg/util/rand String: the suffix of a generated name. */
export function nextName(state: RandomState, length: number): string {
  let name = '';
  for (let index = 0; index < length; index++) name += NAME_ALPHABET[nextBelow(state, NAME_ALPHABET.length)]!;
  return name;
}

const VERSION_AT = 14;
const VARIANT_AT = 19;

/** A UUID of version 4, from the stream. Made of character codes: text that is joined bit by bit costs much more. */
export function nextUuid(state: RandomState): string {
  let word = 0;
  let left = 0;
  for (let place = 0; place < 36; place++) {
    if (UUID_CODES[place] === DASH) continue;
    if (left === 0) {
      word = nextWord(state);
      left = 32;
    }
    left -= 4;
    const digit = (word >>> left) & 15;
    UUID_CODES[place] = HEX_CODES[place === VERSION_AT ? 4 : place === VARIANT_AT ? 8 | (digit & 3) : digit]!;
  }
  return String.fromCharCode(...UUID_CODES);
}

const DASH = '-'.charCodeAt(0);
/** Where the next UUID is put together: its dashes stay, all else is written anew. */
const UUID_CODES = Array.from('00000000-0000-0000-0000-000000000000', (code) => code.charCodeAt(0));
const HEX_CODES = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** 64 hexadecimal digits that name one thing: a hash of its name. */
export function hashDigits(name: string): string {
  const codes: number[] = [];
  for (let part = 0; part < 8; part++) {
    const word = hashText(name, 0x811c9dc5 + part);
    for (let shift = 28; shift >= 0; shift -= 4) codes.push(HEX_CODES[(word >>> shift) & 15]!);
  }
  return String.fromCharCode(...codes);
}
