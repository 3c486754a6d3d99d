type Fields = Readonly<Record<string, unknown>>;

/**
 * What was made lately, so that what is equal is kept once: thousands of Pods have the same labels, the same addresses of their
 * host, the same conditions of a second. Plain objects and lists whose fields are primitives or frozen. Derived, never state:
 * nothing but memory depends on what is remembered.
 */
export class Alike<T extends object> {
  readonly #kept: T[] = [];
  #next = 0;

  /** So many are looked through; the oldest is forgotten. */
  constructor(private readonly limit: number) {}

  /**
   * The one that has the very same fields as `value`, in their order; `value` itself, frozen, where none is known. What has
   * something below that is not frozen stays as it is.
   */
  share(value: T): T {
    for (const known of this.#kept) if (isAlike(known, value)) return known;
    if (!Object.values(value).every(Object.isFrozen)) return value;
    const shared = Object.freeze(value);
    this.#kept[this.#next] = shared;
    this.#next = (this.#next + 1) % this.limit;
    return shared;
  }
}

function isAlike(known: object, value: object): boolean {
  if (known === value) return true;
  if (Array.isArray(known) || Array.isArray(value)) return isSameList(known, value);
  const keys = Object.keys(value);
  let index = 0;
  for (const key in known) {
    if (key !== keys[index] || (known as Fields)[key] !== (value as Fields)[key]) return false;
    index += 1;
  }
  return index === keys.length;
}

function isSameList(known: object, value: object): boolean {
  if (!Array.isArray(known) || !Array.isArray(value) || known.length !== value.length) return false;
  for (let index = 0; index < known.length; index++) if (known[index] !== value[index]) return false;
  return true;
}
