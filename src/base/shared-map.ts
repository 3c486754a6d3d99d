/**
 * Much of the state is maps that stay empty: they are all this one. It is frozen, so that copies share it too, and nobody
 * writes to it, because it is handed out to be read: `owned` makes it the writer's own first.
 */
const EMPTY: ReadonlyMap<never, never> = Object.freeze(new Map<never, never>());

/** The list with nothing in it, for lists that are replaced when something comes to them. */
export const NONE: readonly never[] = Object.freeze([]);

/** The map with nothing in it. */
export const emptyMap = <K, V>(): ReadonlyMap<K, V> => EMPTY as ReadonlyMap<K, V>;

/** The map to write to in place of this one, which is only shared while it is empty. */
export const owned = <K, V>(map: ReadonlyMap<K, V>): Map<K, V> =>
  (map as ReadonlyMap<unknown, unknown>) === EMPTY ? new Map<K, V>() : (map as Map<K, V>);

/** The map without the key. */
export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const mine = owned(map);
  mine.delete(key);
  return mine.size === 0 ? emptyMap() : mine;
}
