import type { Command } from '../command';
import { LAST_APPLIED, lastApplied } from '../apply/last-applied';
import { fetchInfo } from '../cluster/info';
import { manifestOptions } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import { patchObject } from '../cluster/writes';
import { CliError, usageError } from '../errors';
import { bool, slice, text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG, VALIDATE_FLAG, fieldManagerFlag } from '../flags/standard';
import { goJson } from '../format/go-json';
import type { JsonObject } from '../format/json';
import { isObject, textAt } from '../format/json';
import { printerFor, PRINT_FLAGS } from '../printers/output';
import { toYaml } from '../printers/yaml';
import type { EditMode } from './edit';
import { editOne, objectsToEdit } from './edit';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const viewLastAppliedCommand: Command = {
  name: 'view-last-applied',
  usage: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  examples: `  # What was last applied to a Deployment
  kubectl apply view-last-applied deployment/infer`,
  flags: [
    text('output', 'yaml or json.', { short: 'o', default: 'yaml' }),
    bool('all', 'Everything of the type in the namespace.'),
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
  ],
  run: view,
};

export const editLastAppliedCommand: Command = {
  name: 'edit-last-applied',
  completes: 'resources',
  usage: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit latest last-applied-configuration annotations of a resource/object',
  long: 'Opens in an editor what was applied last, as the annotation of the object keeps it. The object itself stays as it is.',
  examples: `  kubectl apply edit-last-applied deployment/model-server`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    VALIDATE_FLAG,
    bool('windows-line-endings', 'Use the line endings of Windows.'),
    fieldManagerFlag('kubectl-client-side-apply'),
  ],
  run: edit,
};

export const setLastAppliedCommand: Command = {
  name: 'set-last-applied',
  usage: 'set-last-applied -f FILENAME',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  examples: `  # What the file says becomes what was last applied
  kubectl apply set-last-applied -f train-job.yaml`,
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    bool('create-annotation', 'Make the annotation where there is none.'),
    slice('filename', 'Files with the configuration.', { short: 'f' }),
  ],
  run: set,
};

async function view(session: Session): Promise<void> {
  const { flags } = session;
  const selection = await select(session, {
    ...manifestOptions(session),
    args: session.args,
    allowEmptySelector: session.explicitNamespace,
    all: flags.bool('all'),
    labelSelector: flags.text('selector'),
    latest: true,
    flatten: true,
  });
  const texts: string[] = [];
  await selection.visit(async (info) => {
    const applied = textAt(info.object, 'metadata', 'annotations', LAST_APPLIED);
    if (applied === '') {
      throw new CliError(`no last-applied-configuration annotation found on resource: ${info.name}\n`);
    }
    texts.push(applied);
  });
  const output = flags.text('output');
  for (const applied of texts) {
    const parsed = JSON.parse(applied);
    if (output === 'json') session.print(`${JSON.stringify(parsed, null, 2)}\n`);
    else if (output === 'yaml') session.print(toYaml(parsed));
    else
      throw usageError(
        session.commandPath,
        `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
      );
  }
}

/** An object as the annotation keeps it. */
const asAnnotation = (object: JsonObject): string => `${goJson(object)}\n`;

const annotationPatch = (object: JsonObject): JsonObject => ({
  metadata: { annotations: { [LAST_APPLIED]: asAnnotation(object) } },
});

const APPLIED: EditMode = {
  shown: (object) => lastApplied(object) ?? {},
  change: (_before, after) => ({ type: 'merge', patch: annotationPatch(after) }),
};

async function edit(session: Session): Promise<void> {
  const infos = await objectsToEdit(session);
  if (infos.some((info) => !lastApplied(info.object ?? {}))) {
    throw new CliError(
      'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
    );
  }
  for (const info of infos) await editOne(session, info, APPLIED);
}

async function set(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const printer = printerFor(flags, session.io, withDryRun('configured', dryRun));
  const selection = await select(session, {
    ...manifestOptions(session),
    flatten: true,
  });
  await selection.visit(async (info) => {
    const wanted = info.object ?? {};
    await fetchInfo(session.rest, info);
    const present = lastApplied(info.object ?? {});
    if (!present && !flags.bool('create-annotation')) {
      throw new CliError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    if (present && asAnnotation(present) === asAnnotation(wanted)) {
      session.print(`set-last-applied ${info.name}: no changes required.\n`);
      return;
    }
    const answer =
      dryRun === 'client'
        ? info.object
        : await patchObject(session.rest, info, 'merge', annotationPatch(wanted), { dryRun });
    if (isObject(answer)) printer.print(answer, session.out);
  });
}
