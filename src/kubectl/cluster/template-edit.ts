import type { Json } from '../../api/objects';
import { patchSchemaOf } from '../apply/patch-schema';
import { twoWayStrategicPatch } from '../apply/three-way';
import { CliError, asError, throwAll } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { bool } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SELECTOR_FLAG, fieldManagerFlag } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, listAt, objectAt, textAt } from '../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';
import type { Info } from './info';
import { objectName } from './info';
import { goKind } from './pods';
import { manifestOptions } from './manifest-sources';
import { select } from './select';
import { patchObject } from './writes';

/** The flags that the `set` commands share. */
export const SET_FLAGS: FlagSpec[] = [
  ...PRINT_FLAGS,
  ...FILENAME_FLAGS,
  RECORD_FLAG,
  DRY_RUN_FLAG,
  SELECTOR_FLAG,
  bool('all', 'Everything of the type in the namespace.'),
  bool('local', 'Work on the files only, without the cluster.'),
  fieldManagerFlag('kubectl-set'),
];

const LOCAL_ONLY_FILES = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** The objects that a `set` command changes. Throws at once what cannot be read. */
export async function selectForEdit(session: Session, args: string[]): Promise<Info[]> {
  const { flags } = session;
  if (flags.bool('local') && args.length > 0) throw new CliError(LOCAL_ONLY_FILES);
  const remote = {
    args,
    labelSelector: flags.text('selector'),
    allowEmptySelector: flags.bool('all'),
    latest: true,
  };
  const selection = await select(session, {
    ...manifestOptions(session),
    continueOnError: true,
    flatten: true,
    ...(flags.bool('local') ? {} : remote),
  });
  const { infos, error } = await selection.infos();
  if (error) throw error;
  return infos;
}

/** Throws where flags do not go together. */
export function checkEditFlags(session: Session): void {
  const { flags } = session;
  if (flags.bool('local') && session.dryRun() === 'server') {
    throw new CliError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  }
  if (flags.bool('all') && flags.text('selector') !== '')
    throw new CliError('cannot set --all and --selector at the same time');
}

/** One change that is made to many objects. */
export interface Edit {
  /** What is said of a changed object. */
  word: string;
  /** What stands before the server's words when it refuses; with nothing the refusal is passed on as it is. */
  failure: string;
  /** Changes the object in place. What it adds to `errors` is reported, and the object is sent nevertheless. */
  change(object: JsonObject, errors: Error[]): void;
  /** Objects that stay as they are are sent and named as well. */
  always?: boolean;
}

/** Changes objects one after the other and sends the differences. Throws all that went wrong, at the end. */
export async function editObjects(session: Session, infos: readonly Info[], edit: Edit): Promise<void> {
  const errors: Error[] = [];
  const changed = infos.flatMap((info) => {
    const before = info.object ?? {};
    const after = copyJson(before);
    try {
      edit.change(after, errors);
    } catch (thrown) {
      errors.push(
        edit.failure === '' ? asError(thrown) : new CliError(`error: ${objectName(info)} ${asError(thrown).message}\n`),
      );
      return [];
    }
    return [{ info, before, after }];
  });
  for (const { info, before, after } of changed) {
    const schema = patchSchemaOf(textAt(before, 'apiVersion'), textAt(before, 'kind')) ?? { field: {} };
    const patch = twoWayStrategicPatch(before, after, schema);
    if (Object.keys(patch).length === 0 && !edit.always) continue;
    try {
      await sendEdit(session, info, after, patch, edit);
    } catch (thrown) {
      errors.push(asError(thrown));
    }
  }
  throwAll(errors);
}

async function sendEdit(session: Session, info: Info, after: JsonObject, patch: JsonObject, edit: Edit): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  let object: Json = after;
  if (!flags.bool('local') && dryRun !== 'client') {
    try {
      object = await patchObject(session.rest, info, 'strategic', patch, {
        fieldManager: flags.text('field-manager'),
        dryRun,
      });
    } catch (thrown) {
      throw edit.failure === '' ? thrown : new CliError(`${edit.failure} ${asError(thrown).message}`);
    }
  }
  structPrinterFor(flags, session.io, withDryRun(edit.word, dryRun)).print(isObject(object) ? object : {}, session.out);
}

const TEMPLATES: Record<string, string[]> = {
  Pod: ['spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** The Pod spec of an object or of its template. Throws for objects that make no Pods. Models UpdatePodSpecForObject. */
export function podSpecOf(object: JsonObject): JsonObject {
  const path = TEMPLATES[textAt(object, 'kind')];
  const spec = path && objectAt(object, ...path);
  if (!spec) throw new CliError(`the object is not a pod or does not have a pod template: ${goKind(object)}`);
  return spec;
}

/** The containers and then the init containers whose names match; `*` stands for any text. */
export function matchingContainers(spec: JsonObject, pattern: string): JsonObject[] {
  const expression = new RegExp(`^${pattern.split('*').map(escapePattern).join('.*')}$`, 's');
  const matching = (list: Json[]): JsonObject[] =>
    list.filter(isObject).filter((container) => expression.test(textAt(container, 'name')));
  return [...matching(listAt(spec, 'containers')), ...matching(listAt(spec, 'initContainers'))];
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
