import { applyMergePatch } from '../../api/patch/merge';
import { applyStrategicPatch } from '../../api/patch/strategic';
import { typeNameOfKind } from '../../api/schema/tables';
import type { Json } from '../../api/objects';
import type { Info } from '../cluster/info';
import { apiVersionOf, fetchInfo, infoText, objectName, refreshInfo } from '../cluster/info';
import type { Cascade } from '../cluster/writes';
import { createObject, deleteObject, patchObject } from '../cluster/writes';
import { asError, CliError, isConflict, isNotFound, ServerError, withSource } from '../errors';
import { goJson } from '../format/go-json';
import type { JsonObject } from '../format/json';
import { at, isObject, setOwn, textAt } from '../format/json';
import { waitForDeletion } from '../cluster/deletion';
import type { DryRun, Session } from '../session';
import { hasLastApplied, LAST_APPLIED, lastApplied, withLastApplied, withoutLastApplied } from './last-applied';
import { patchSchemaOf } from './patch-schema';
import { threeWayMergePatch, threeWayStrategicPatch } from './three-way';

export interface ApplyOptions {
  fieldManager: string;
  fieldValidation: string;
  dryRun: DryRun;
  force: boolean;
  cascade: Cascade;
  gracePeriodSeconds: number;
  timeoutMs: number;
  /** Without the annotation that keeps what was applied, and without warnings: for a look at what would happen. */
  plain?: boolean;
}

/** What became of an applied object. */
export type Outcome = 'created' | 'configured' | 'unchanged';

const RETRIES = 5;

/**
 * Applies one object as kubectl does on the client's side: creates it with itself in an annotation, or patches what
 * differs three ways. Changes `info` to what the server answered. Models pkg/cmd/apply applyOneObject.
 */
export async function applyObject(session: Session, info: Info, options: ApplyOptions): Promise<Outcome> {
  const manifest = info.object ?? {};
  const generateName = textAt(manifest, 'metadata', 'generateName');
  if (info.name === '' && generateName) throw new CliError(`from ${generateName}: cannot use generate name with apply`);
  const modified = options.plain ? withoutLastApplied(manifest) : withLastApplied(manifest);
  try {
    await fetchInfo(session.rest, info);
  } catch (thrown) {
    if (!isNotFound(thrown)) {
      throw withSource(
        `retrieving current configuration of:\n${infoText(info)}\nfrom server for:`,
        info.source,
        thrown,
      );
    }
    return create(session, info, modified, options);
  }
  if (!options.plain && !hasLastApplied(info.object)) {
    session.printError(
      `Warning: resource ${objectName(info)} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  }
  return patch(session, info, modified, options);
}

async function create(session: Session, info: Info, modified: JsonObject, options: ApplyOptions): Promise<Outcome> {
  info.object = withoutNulls(modified);
  if (options.dryRun === 'client') return 'created';
  try {
    refreshInfo(info, await createObject(session.rest, info, info.object, options));
  } catch (thrown) {
    throw withSource('creating', info.source, thrown);
  }
  return 'created';
}

function withoutNulls(object: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(object)) if (value !== null) setOwn(kept, key, dropNulls(value));
  return kept;
}

function dropNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(dropNulls);
  return isObject(value) ? withoutNulls(value) : value;
}

interface Patch {
  type: 'strategic' | 'merge';
  body: JsonObject;
}

async function patch(session: Session, info: Info, modified: JsonObject, options: ApplyOptions): Promise<Outcome> {
  let made: Patch = { type: 'merge', body: {} };
  try {
    made = await patchWithRetries(session, info, modified, options, (attempt) => (made = attempt));
  } catch (thrown) {
    throw withSource(`applying patch:\n${goJson(made.body)}\nto:\n${infoText(info)}\nfor:`, info.source, thrown);
  }
  if (at(info.object, 'metadata', 'deletionTimestamp') !== undefined) {
    session.printError(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
  }
  return Object.keys(made.body).length === 0 ? 'unchanged' : 'configured';
}

async function patchWithRetries(
  session: Session,
  info: Info,
  modified: JsonObject,
  options: ApplyOptions,
  note: (patch: Patch) => void,
): Promise<Patch> {
  for (let retry = 0; ; retry++) {
    const made = makePatch(info, modified);
    note(made);
    if (Object.keys(made.body).length === 0) return made;
    try {
      refreshInfo(info, await send(session, info, made, options));
      return made;
    } catch (thrown) {
      if (isConflict(thrown) && retry < RETRIES) {
        await fetchInfo(session.rest, info);
        continue;
      }
      const refused = thrown instanceof ServerError && (thrown.reason === 'Conflict' || thrown.reason === 'Invalid');
      if (!refused || !options.force) throw withSource('patching', info.source, thrown);
      await deleteAndCreate(session, info, modified, options);
      return made;
    }
  }
}

function makePatch(info: Info, modified: JsonObject): Patch {
  const current = info.object ?? {};
  const original = lastApplied(current) ?? {};
  const schema = patchSchemaOf(apiVersionOf(info), info.mapping.kind);
  if (schema) return { type: 'strategic', body: threeWayStrategicPatch(original, modified, current, schema) };
  return { type: 'merge', body: threeWayMergePatch(original, modified, current) };
}

async function send(session: Session, info: Info, made: Patch, options: ApplyOptions): Promise<Json> {
  if (options.dryRun !== 'client') return patchObject(session.rest, info, made.type, made.body, options);
  const current = info.object ?? {};
  if (made.type === 'merge') return applyMergePatch(current, made.body);
  return applyStrategicPatch(current, made.body, typeNameOfKind(apiVersionOf(info), info.mapping.kind));
}

/** `--force`: what cannot be patched is deleted and made anew. */
async function deleteAndCreate(
  session: Session,
  info: Info,
  modified: JsonObject,
  options: ApplyOptions,
): Promise<void> {
  const present = info.object ?? {};
  await deleteObject(session.rest, info, {
    ...(options.gracePeriodSeconds >= 0 ? { gracePeriodSeconds: options.gracePeriodSeconds } : {}),
    propagationPolicy: options.cascade,
  });
  await waitForDeletion(
    session,
    [{ info, uid: textAt(present, 'metadata', 'uid') }],
    session.deadline(options.timeoutMs),
  );
  try {
    refreshInfo(info, await createObject(session.rest, info, modified, options));
  } catch (thrown) {
    const failure = asError(thrown);
    try {
      refreshInfo(info, await createObject(session.rest, info, present, options));
    } catch (again) {
      throw new CliError(
        `An error occurred force-replacing the existing object with the newly provided one:\n\n${failure.message}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${asError(again).message}`,
      );
    }
    throw failure;
  }
}
