/** Filling in without changing anything in place: what needs no change is returned as it is. */

/** Fills in the fields that are absent. */
export function fill<T extends object>(object: T, defaults: Partial<T>): T {
  let copy: T | undefined;
  for (const key in defaults) {
    if (object[key] !== undefined && object[key] !== null) continue;
    copy ??= { ...object };
    copy[key] = defaults[key]!;
  }
  return copy ?? object;
}

/** Changes one field by a function; nothing happens where the field is absent. */
export function within<T extends object, K extends keyof T>(
  object: T,
  key: K,
  change: (value: NonNullable<T[K]>) => T[K],
): T {
  const value = object[key];
  if (value === undefined || value === null) return object;
  const changed = change(value);
  return changed === value ? object : { ...object, [key]: changed };
}

/** Changes every item of a list. */
export function each<T>(list: T[], change: (item: T, index: number) => T): T[] {
  let copy: T[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index]!;
    const changed = change(item, index);
    if (changed === item) continue;
    copy ??= [...list];
    copy[index] = changed;
  }
  return copy ?? list;
}
