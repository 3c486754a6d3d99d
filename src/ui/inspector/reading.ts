import { isMap, ownValue, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';

/** The value at a path of an object whose shape the page does not trust; `undefined` where there is none. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step];
    else if (isMap(found)) found = ownValue(found, String(step));
    else return undefined;
  }
  return found;
}

export function textAt(value: Json | undefined, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
}

export function numberAt(value: Json | undefined, ...path: (string | number)[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function listAt(value: Json | undefined, ...path: (string | number)[]): JsonMap[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isMap) : [];
}

export function mapAt(value: Json | undefined, ...path: (string | number)[]): JsonMap {
  const found = at(value, ...path);
  return isMap(found) ? found : {};
}

/** The reference to the controller that owns an object, if one does. */
export function controllerOf(object: Json | undefined): JsonMap | undefined {
  return listAt(object, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
}

/** The condition of a type, if the object has it. */
export function conditionOf(object: JsonMap, type: string): JsonMap | undefined {
  return listAt(object, 'status', 'conditions').find((condition) => condition['type'] === type);
}
