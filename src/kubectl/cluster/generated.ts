import type { Json } from '../../api/objects';
import { withLastApplied } from '../apply/last-applied';
import { CliError, asError, usageError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { DRY_RUN_FLAG, SAVE_CONFIG_FLAG, VALIDATE_FLAG, fieldManagerFlag } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { isObject, textAt } from '../format/json';
import { asStruct } from '../format/struct';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';
import { infoFor } from './info';
import { createObject } from './writes';

/** The flags that all commands share which make one object. */
export const GENERATE_FLAGS: FlagSpec[] = [
  ...PRINT_FLAGS,
  SAVE_CONFIG_FLAG,
  VALIDATE_FLAG,
  DRY_RUN_FLAG,
  fieldManagerFlag('kubectl-create'),
];

/** The one NAME of a `create` command, and what follows `--`. Throws for another number of names. */
export function nameAndCommand({ args, argsBeforeDash, commandPath }: Session): { name: string; command: string[] } {
  const names = argsBeforeDash < 0 ? args.length : argsBeforeDash;
  if (names !== 1) throw usageError(commandPath, `exactly one NAME is required, got ${names}`);
  return { name: args[0] ?? '', command: args.slice(1) };
}

/**
 * Makes an object that a command has put together, or only shows it, and says `created`. `failure` stands before the
 * server's words when it refuses; with nothing the refusal is passed on as it is.
 */
export async function makeGenerated(
  session: Session,
  object: JsonObject,
  failure: string,
  namespaced = true,
): Promise<void> {
  const dryRun = session.dryRun();
  const fieldValidation = session.fieldValidation();
  const printer = structPrinterFor(session.flags, session.io, withDryRun('created', dryRun));
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const placed: JsonObject =
    namespaced && session.explicitNamespace
      ? { ...object, metadata: { ...metadata, namespace: session.namespace } }
      : object;
  const whole = asStruct(placed);
  const annotated = session.flags.bool('save-config') ? withLastApplied(whole) : whole;
  if (dryRun === 'client') return printer.print(annotated, session.out);
  const mapping = await session.discovery.mappingForKind(textAt(object, 'apiVersion'), textAt(object, 'kind'));
  const info = { ...infoFor(mapping, annotated, ''), namespace: mapping.namespaced ? session.namespace : '' };
  let made: Json;
  try {
    made = await createObject(session.rest, info, annotated, {
      fieldManager: session.flags.text('field-manager'),
      fieldValidation,
      dryRun,
    });
  } catch (thrown) {
    throw failure === '' ? thrown : new CliError(`${failure} ${asError(thrown).message}`);
  }
  printer.print(isObject(made) ? made : annotated, session.out);
}

/** A port or a port's name: digits are a number. Models intstr.Parse. */
export function intOrText(text: string): string | number {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - 1 ? Number(text) : text;
}

/** A container that runs an image, with a command if there is one. */
export function containerOf(name: string, image: string, command: string[]): JsonObject {
  return { name, image, ...(command.length > 0 ? { command } : {}) };
}
