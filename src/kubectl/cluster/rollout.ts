import type { Json } from '../../api/objects';
import { applyStrategicPatch } from '../../api/patch/strategic';
import { typeNameOfKind } from '../../api/schema/tables';
import { patchSchemaOf } from '../apply/patch-schema';
import { twoWayStrategicPatch } from '../apply/three-way';
import { CliError, asError, throwAll } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { FILENAME_FLAGS, SELECTOR_FLAG, fieldManagerFlag } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { at, copyJson, isObject, listAt, numberAt, textAt } from '../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import type { Info } from './info';
import { pathOfInfo, refreshInfo } from './info';
import { labelSelectorText } from './pods';
import { isControlledBy, replicaSetsOf } from './replica-sets';
import { manifestOptions, namesManifests } from './manifest-sources';
import type { Selection } from './select';
import { select } from './select';
import { patchObject } from './writes';

const REVISION = 'deployment.kubernetes.io/revision';

/** The flags of the rollout commands that change something. */
export const ROLLOUT_CHANGE_FLAGS: FlagSpec[] = [
  ...PRINT_FLAGS,
  ...FILENAME_FLAGS,
  SELECTOR_FLAG,
  fieldManagerFlag('kubectl-rollout'),
];

/** The workloads of a rollout command. Throws where none is named. */
export function selectWorkloads(session: Session): Promise<Selection> {
  const { flags } = session;
  if (session.args.length === 0 && !namesManifests(session)) throw new CliError('required resource not specified');
  return select(session, {
    ...manifestOptions(session),
    labelSelector: flags.text('selector'),
    args: session.args,
    allowEmptySelector: true,
    continueOnError: true,
    latest: true,
    flatten: true,
  });
}

export const isDeployment = (info: Info): boolean =>
  info.mapping.group === 'apps' && info.mapping.kind === 'Deployment';

/** The kinds that ControllerRevisions remember. */
export const hasRevisions = (info: Info): boolean =>
  info.mapping.group === 'apps' && (info.mapping.kind === 'StatefulSet' || info.mapping.kind === 'DaemonSet');

export function groupKind({ mapping }: Info): string {
  return mapping.group ? `${mapping.kind}.${mapping.group}` : mapping.kind;
}

/** A revision of a workload: its number, what holds it, and the workload as it was then. */
export interface Revision {
  number: number;
  holder: JsonObject;
  /** A ReplicaSet, or the workload with the revision's template. */
  object: JsonObject;
}

/** The revisions of a workload, in the order in which they were found. */
export async function revisionsOf(
  session: Session,
  info: Info,
): Promise<{ object: JsonObject; revisions: Revision[] }> {
  const body = await session.rest.json('GET', pathOfInfo(info));
  const object = isObject(body) ? body : {};
  return {
    object,
    revisions: isDeployment(info)
      ? await replicaSetRevisions(session, object)
      : await controllerRevisions(session, info, object),
  };
}

async function replicaSetRevisions(session: Session, deployment: JsonObject): Promise<Revision[]> {
  const { old, current } = await replicaSetsOf(session, deployment);
  return [...old, ...(current ? [current] : [])].flatMap((set) => {
    const number = Number(textAt(set, 'metadata', 'annotations', REVISION) || 'NaN');
    const object: JsonObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...set };
    return Number.isInteger(number) ? [{ number, holder: object, object }] : [];
  });
}

async function controllerRevisions(session: Session, info: Info, object: JsonObject): Promise<Revision[]> {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(info.namespace)}/controllerrevisions`;
  const list = await session.rest.json('GET', path, {
    query: { labelSelector: labelSelectorText(at(object, 'spec', 'selector')) },
  });
  const typeName = typeNameOfKind('apps/v1', info.mapping.kind);
  return listAt(list, 'items')
    .filter(isObject)
    .filter((holder) => isControlledBy(holder, object))
    .map((holder) => {
      const restored = applyStrategicPatch(copyJson(object), at(holder, 'data') ?? {}, typeName);
      return { number: numberAt(holder, 'revision') ?? 0, holder, object: isObject(restored) ? restored : object };
    });
}

/** The template of a revision, without what tells its ReplicaSet from others. */
export function templateOf({ object }: Revision): Json {
  return at(object, 'spec', 'template') ?? {};
}

/**
 * Sends what a change makes of each workload and says `word`. A change that throws is reported for its object and
 * the others are still done; where nothing is different `unchanged` makes the error, or all is well.
 */
export async function changeWorkloads(
  session: Session,
  word: string,
  change: (object: JsonObject, info: Info) => void,
  unchanged?: (info: Info) => Error,
): Promise<void> {
  const { infos, error } = await (await selectWorkloads(session)).infos();
  const errors: Error[] = error ? [error] : [];
  if (infos.length === 0 && errors.length === 0)
    session.printError(`No resources found in ${session.namespace} namespace.\n`);
  for (const info of infos) {
    try {
      await changeOne(session, info, word, change, unchanged);
    } catch (thrown) {
      errors.push(asError(thrown));
    }
  }
  throwAll(errors);
}

async function changeOne(
  session: Session,
  info: Info,
  word: string,
  change: (object: JsonObject, info: Info) => void,
  unchanged: ((info: Info) => Error) | undefined,
): Promise<void> {
  const before = info.object ?? {};
  const after = copyJson(before);
  try {
    change(after, info);
  } catch (thrown) {
    const { resource, group } = info.mapping;
    throw new CliError(`error: ${group ? `${resource}.${group}` : resource} "${info.name}" ${asError(thrown).message}`);
  }
  const schema = patchSchemaOf(textAt(before, 'apiVersion'), textAt(before, 'kind')) ?? { field: {} };
  const patch = twoWayStrategicPatch(before, after, schema);
  const same = Object.keys(patch).length === 0;
  if (same && unchanged) throw unchanged(info);
  try {
    if (!same) await sendPatch(session, info, patch);
  } catch (thrown) {
    throw new CliError(`failed to patch: ${asError(thrown).message}`);
  }
  structPrinterFor(session.flags, session.io, same ? `already ${word}` : word).print(info.object ?? {}, session.out);
}

async function sendPatch(session: Session, info: Info, patch: JsonObject): Promise<void> {
  const fieldManager = session.flags.text('field-manager');
  refreshInfo(info, await patchObject(session.rest, info, 'strategic', patch, { fieldManager }));
}
