import type { Json } from '../../api/objects';
import { CliError, asError } from '../errors';
import type { JsonObject } from '../format/json';
import { at, isObject, setOwn } from '../format/json';
import type { FieldSpec } from './field-specs';
import { identityOf, identityText, isSelected } from './identity';

/** Gives the value of a field that is there, or is to be made; nothing takes the field away. */
export type Change = (value: Json | undefined) => Json | undefined;

/** A path's steps; a slash that belongs to a step has a backslash before it. */
export function splitPath(path: string, delimiter: string): string[] {
  const steps: string[] = [];
  for (const part of path.replace(new RegExp(`^\\${delimiter}`), '').split(delimiter)) {
    const last = steps.at(-1);
    if (last?.endsWith('\\')) steps[steps.length - 1] = last.slice(0, -1) + delimiter + part;
    else steps.push(part);
  }
  return steps;
}

/**
 * Changes a field of an object, in each item of the lists on its way. `empty` is what a missing field begins with, where
 * the spec has it made. Throws where the way leads through a scalar. Models filters/fieldspec.
 */
export function changeField(object: JsonObject, spec: FieldSpec, change: Change, empty?: Json): void {
  if (!isSelected(identityOf(object), spec)) return;
  try {
    descend(object, splitPath(spec.path, '/'), { change, empty: spec.create ? empty : undefined });
  } catch (thrown) {
    const of = identityText(identityOf(object));
    throw new CliError(`considering field '${spec.path}' of object ${of}: ${asError(thrown).message}`);
  }
}

interface Walk {
  change: Change;
  empty: Json | undefined;
}

/** Changes what is below `value` and returns it. */
function descend(value: Json, path: readonly string[], walk: Walk): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return walk.change(value);
  if (value === null) return value;
  if (Array.isArray(value)) {
    value.forEach((item, index) => (value[index] = descend(item, path, walk) ?? null));
    return value;
  }
  if (!isObject(value)) throw new CliError('expected sequence or mapping node');
  const name = step.replace(/\[\]$/, '');
  const known = at(value, name) ?? undefined;
  const start = known ?? (name === step ? begun(rest, walk) : undefined);
  if (start === undefined) return value;
  const changed = descend(start, rest, walk);
  if (changed === undefined) delete value[name];
  else setOwn(value, name, changed);
  return value;
}

/** What a missing field begins with; nothing where it is not to be made. */
function begun(rest: readonly string[], { empty }: Walk): Json | undefined {
  if (empty === undefined) return undefined;
  return rest.length > 0 || isObject(empty) ? {} : empty;
}
