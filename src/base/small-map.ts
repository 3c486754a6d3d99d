/**
 * A Map for state that has one entry in most cases: an engine's own takes four times as much for it. From the second entry
 * on it is one. Its fields are open because copies and hashes are made of them; nobody else looks at them.
 */
export class SmallMap<K, V> implements Map<K, V> {
  /** The only entry, while `holds` and there are not `many`. */
  key: K | undefined = undefined;
  value: V | undefined = undefined;
  holds = false;
  many: Map<K, V> | undefined = undefined;

  constructor(entries: Iterable<readonly [K, V]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.many ? this.many.size : Number(this.holds);
  }

  has(key: K): boolean {
    return this.many ? this.many.has(key) : this.holds && this.key === key;
  }

  get(key: K): V | undefined {
    if (this.many) return this.many.get(key);
    return this.holds && this.key === key ? this.value : undefined;
  }

  set(key: K, value: V): this {
    if (!this.many && this.holds && this.key !== key) {
      this.many = new Map([[this.key as K, this.value as V]]);
      this.#forget();
    }
    if (this.many) this.many.set(key, value);
    else {
      this.key = key;
      this.value = value;
      this.holds = true;
    }
    return this;
  }

  delete(key: K): boolean {
    if (this.many) return this.many.delete(key);
    if (!this.has(key)) return false;
    this.#forget();
    return true;
  }

  clear(): void {
    this.many?.clear();
    this.#forget();
  }

  forEach(visit: (value: V, key: K, map: Map<K, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  /** In the order in which keys were first set; what is set or taken away meanwhile counts, as for any Map. */
  *entries(): Generator<[K, V], undefined> {
    if (this.many) return void (yield* this.many.entries());
    if (!this.holds) return;
    const key = this.key as K;
    yield [key, this.value as V];
    if (this.#hasFurther(key)) yield* this.#further(key);
  }

  *keys(): Generator<K, undefined> {
    if (this.many) return void (yield* this.many.keys());
    if (!this.holds) return;
    const key = this.key as K;
    yield key;
    if (this.#hasFurther(key)) for (const entry of this.#further(key)) yield entry[0];
  }

  *values(): Generator<V, undefined> {
    if (this.many) return void (yield* this.many.values());
    if (!this.holds) return;
    const key = this.key as K;
    yield this.value as V;
    if (this.#hasFurther(key)) for (const entry of this.#further(key)) yield entry[1];
  }

  [Symbol.iterator](): Generator<[K, V], undefined> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return 'SmallMap';
  }

  #forget(): void {
    this.key = undefined;
    this.value = undefined;
    this.holds = false;
  }

  /** Whether something may have come after the one entry that was visited: seldom. */
  #hasFurther(visited: K): boolean {
    return this.many !== undefined || (this.holds && this.key !== visited);
  }

  /** What has come after the one entry that was visited. */
  *#further(visited: K): Generator<[K, V], undefined> {
    if (this.many) for (const entry of this.many) if (entry[0] !== visited) yield entry;
    if (!this.many && this.holds && this.key !== visited) yield [this.key as K, this.value as V];
  }
}
