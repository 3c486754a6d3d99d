import { SmallMap } from './small-map';

/**
 * Kernel state is plain: primitives, arrays, maps, sets, typed arrays, plain objects. What is frozen is immutable
 * (API objects, timers, journal entries) and is shared; everything else has one owner and is copied.
 */

/**
 * What stands for a larger value that is seldom looked at. It is frozen, so copies share it; it is hashed as the value that
 * it stands for, so no hash tells which of both there is.
 */
export abstract class Folded<T extends object> {
  /** The value, made anew. */
  abstract unfold(): T;
}

/** A structural copy that shares whatever is frozen. */
export function copyState<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  return copyOwned(value) as T;
}

function copyOwned(value: object): object {
  if (Array.isArray(value)) return value.map(copyState);
  if (value instanceof Map || value instanceof SmallMap) {
    const copy: Map<unknown, unknown> = value instanceof Map ? new Map() : new SmallMap();
    for (const [key, entry] of value) copy.set(key, copyState(entry));
    return copy;
  }
  if (value instanceof Set) return new Set(value);
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  /* The spread keeps the hidden class. */
  const copy = { ...value } as Record<string, unknown>;
  for (const key in copy) {
    const field = copy[key];
    if (typeof field === 'object' && field !== null) copy[key] = copyState(field);
  }
  return copy;
}

/** Collections are copied so many entries at a time. */
const ENTRIES_A_STEP = 256;
/** Collections lie no deeper than this below a part's state. */
const DEPTH_IN_STEPS = 3;

/** The same copy in steps between which something else may be done, as long as it changes nothing of the value. */
export function* copyInSteps<T>(value: T, depth = DEPTH_IN_STEPS): Generator<void, T> {
  if (depth === 0 || typeof value !== 'object' || value === null || Object.isFrozen(value)) return copyState(value);
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    for (const [key, entry] of value) {
      copy.set(key, yield* copyInSteps(entry, depth - 1));
      if (copy.size % ENTRIES_A_STEP === 0) yield;
    }
    return copy as T;
  }
  if (Array.isArray(value) || value instanceof Set || value instanceof SmallMap || ArrayBuffer.isView(value))
    return copyState(value);
  const copy = { ...value } as Record<string, unknown>;
  for (const key in copy) copy[key] = yield* copyInSteps(copy[key], depth - 1);
  return copy as T;
}

/**
 * A copy with more fields: `{ ...value, ...fields }` for hot paths. V8 up to 11 gives each object that such a literal
 * makes a hidden class of its own where `value` is not frozen and lacks one of the fields.
 */
export const withFields = <T extends object, F extends object>(value: T, fields: F): T & F =>
  Object.assign({}, value, fields);

/** Freezes a value and all below it. Stops at what is frozen already. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (let index = 0; index < value.length; index++) freezeDeep(value[index]);
  else for (const key in value) freezeDeep(value[key]);
  return value;
}

const PRIME = 0x0100_0193;
const frozenHashes = new WeakMap<object, number>();

/**
 * A hash of the state's content: an unsigned 32-bit word. Maps and sets count in insertion order, because
 * the kernel may iterate them; object keys count in alphabetical order.
 */
export function hashState(value: unknown, seed = 0x811c_9dc5): number {
  if (typeof value === 'object' && value !== null) return mix(seed, hashObject(value));
  return mixText(seed, `${typeof value}:${String(value)}`);
}

function hashObject(value: object): number {
  if (!Object.isFrozen(value)) return hashContent(value);
  const known = frozenHashes.get(value);
  if (known !== undefined) return known;
  const hash = hashContent(value);
  frozenHashes.set(value, hash);
  return hash;
}

function hashContent(value: object): number {
  if (Array.isArray(value)) return value.reduce<number>((hash, item) => hashState(item, hash), 0x5bd1_e995);
  if (value instanceof Map || value instanceof SmallMap) {
    let hash = 0x1b87_3593;
    for (const [key, entry] of value) hash = hashState(entry, hashState(key, hash));
    return hash;
  }
  if (value instanceof Set) {
    let hash = 0x2545_f491;
    for (const item of value) hash = hashState(item, hash);
    return hash;
  }
  if (ArrayBuffer.isView(value))
    return (value as Uint8Array).reduce<number>((hash, item) => mix(hash, item), 0x41c6_4e6d);
  if (value instanceof Folded) return hashContent((value as Folded<object>).unfold());
  let hash = 0x27d4_eb2f;
  for (const key of Object.keys(value).sort()) {
    const entry = (value as Record<string, unknown>)[key];
    if (entry !== undefined) hash = hashState(entry, mixText(hash, key));
  }
  return hash;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, PRIME);
  return Math.imul((mixed ^ (mixed >>> 15)) | 0, 0x85eb_ca6b) >>> 0;
}

function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), PRIME);
  return mixed >>> 0;
}
