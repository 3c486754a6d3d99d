import type { Json } from '../../api/objects';
import { twoWayPatch } from '../apply/edit-patch';
import type { Info } from '../cluster/info';
import { refreshInfo } from '../cluster/info';
import { manifestOptions } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import type { PatchType } from '../cluster/writes';
import { patchObject } from '../cluster/writes';
import type { Command } from '../command';
import { CliError, ServerError, asError } from '../errors';
import { bool } from '../flags/flags';
import { FILENAME_FLAGS, SAVE_CONFIG_FLAG, SUBRESOURCE_FLAG, VALIDATE_FLAG, fieldManagerFlag } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { equalJson, isObject, objectAt, textAt } from '../format/json';
import { yamlToJson } from '../manifest/yaml';
import { PRINT_FLAGS, printerFor } from '../printers/output';
import { toYaml } from '../printers/yaml';
import type { Session } from '../session';

export const editCommand: Command = {
  name: 'edit',
  completes: 'resources',
  usage: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  long: 'Opens an object in an editor and sends what was changed. In the page that is the editor beside the terminal; in Node it is $KUBE_EDITOR or $EDITOR.',
  examples: `  kubectl edit job/train-sgd`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    VALIDATE_FLAG,
    bool('output-patch', 'Print the patch.'),
    bool('windows-line-endings', 'Use the line endings of Windows.'),
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-edit'),
    SUBRESOURCE_FLAG,
  ],
  run: async (session) => {
    for (const info of await objectsToEdit(session)) await editOne(session, info, WHOLE);
  },
};

/** The objects that a command is to edit. Throws where there are none. */
export async function objectsToEdit(session: Session): Promise<Info[]> {
  const selection = await select(session, {
    ...manifestOptions(session),
    args: session.args,
    allowEmptySelector: true,
    continueOnError: true,
    latest: true,
    flatten: true,
    subresource: session.flags.text('subresource'),
  });
  const { infos, error } = await selection.infos();
  if (error) throw error;
  if (infos.length === 0) throw new CliError('edit cancelled, no objects found');
  return infos;
}

const HEADER = [
  'Change what is below and save it; an empty file, or one without a change, changes nothing in the cluster.',
  'Lines that begin with # are left out. If the server refuses the change, the file opens again and says why.',
];

/** What of an object is edited, and how a change of it is sent. */
export interface EditMode {
  shown(object: JsonObject): JsonObject;
  change(before: JsonObject, after: JsonObject): { type: PatchType; patch: Json };
}

const WHOLE: EditMode = { shown: withoutManagedFields, change: twoWayPatch };

/** Opens one object until the server takes what was made of it, or nothing was changed any more. */
export async function editOne(session: Session, info: Info, mode: EditMode): Promise<void> {
  const { edit } = session.io;
  if (!edit) throw new CliError('unable to launch the editor "vi"');
  const original = mode.shown(info.object ?? {});
  const text = toYaml(original);
  let shown = text;
  let why: string[] = [];
  for (;;) {
    const comment = [...HEADER, ...why].map((line) => `# ${line}\n`).join('');
    const saved = withoutComments(await edit(`${comment}#\n${shown}`, '.yaml'));
    if (saved.trim() === '') return session.printError('Edit cancelled, saved file was empty.\n');
    if (saved === shown) {
      session.printError(
        why.length > 0 ? 'Edit cancelled, no valid changes were saved.\n' : 'Edit cancelled, no changes made.\n',
      );
      return;
    }
    shown = saved;
    try {
      return await send(session, info, { original, edited: readEdited(saved), mode });
    } catch (thrown) {
      const error = asError(thrown);
      if (thrown instanceof ServerError && thrown.code === 404) throw thrown;
      why = ['', ...error.message.split('\n')];
      session.printError(
        `error: ${info.mapping.resource} ${JSON.stringify(info.name)} ${thrown instanceof ServerError ? 'is invalid' : 'could not be read'}\n`,
      );
    }
  }
}

function readEdited(text: string): JsonObject {
  const edited = yamlToJson(text);
  if (!isObject(edited)) throw new CliError('the file holds no object');
  return edited;
}

interface Edit {
  original: JsonObject;
  edited: JsonObject;
  mode: EditMode;
}

async function send(session: Session, info: Info, { original, edited, mode }: Edit): Promise<void> {
  const { flags } = session;
  if (equalJson(original, edited)) {
    session.printError('Edit cancelled, no changes made.\n');
    return;
  }
  for (const path of [['apiVersion'], ['kind'], ['metadata', 'name']])
    if (textAt(original, ...path) !== textAt(edited, ...path))
      throw new CliError(`At least one of apiVersion, kind and name was changed`);
  const { type, patch } = mode.change(original, edited);
  if (flags.bool('output-patch')) session.print(`Patch: ${JSON.stringify(patch)}\n`);
  const made = await patchObject(session.rest, info, type, patch, {
    fieldManager: flags.text('field-manager'),
    fieldValidation: session.fieldValidation(),
  });
  refreshInfo(info, made);
  printerFor(flags, session.io, 'edited').print(info.object ?? {}, session.out);
}

const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');

function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _managed, ...metadata } = objectAt(object, 'metadata') ?? {};
  return { ...object, metadata };
}
