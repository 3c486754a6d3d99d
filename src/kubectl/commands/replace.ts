import type { Command } from '../command';
import { hasLastApplied, withLastApplied } from '../apply/last-applied';
import type { Info } from '../cluster/info';
import { refreshInfo } from '../cluster/info';
import { manifestOptions, namesManifests } from '../cluster/manifest-sources';
import type { SelectOptions } from '../cluster/select';
import { select } from '../cluster/select';
import { createObject, replaceObject } from '../cluster/writes';
import { CliError, withSource } from '../errors';
import { text } from '../flags/flags';
import {
  DRY_RUN_FLAG,
  FILENAME_FLAGS,
  RECORD_FLAG,
  SAVE_CONFIG_FLAG,
  SUBRESOURCE_FLAG,
  VALIDATE_FLAG,
  fieldManagerFlag,
} from '../flags/standard';
import { printerFor, PRINT_FLAGS } from '../printers/output';
import type { DryRun, Session } from '../session';
import { withDryRun } from '../session';
import { cascadeOf, deleteSelection, DELETION_FLAGS } from './delete';

export const replaceCommand: Command = {
  name: 'replace',
  usage: 'replace -f FILENAME',
  short: 'Replace a resource by file name or stdin',
  long: 'Puts whole objects in the place of present ones. With --force they are deleted and made anew, which also changes what never changes in place.',
  examples: `  # A Job whose template has changed
  kubectl replace --force -f job.yaml`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    ...DELETION_FLAGS,
    RECORD_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    DRY_RUN_FLAG,
    text('raw', 'Send PUT to this path.'),
    fieldManagerFlag('kubectl-replace'),
    SUBRESOURCE_FLAG,
  ],
  run: replace,
};

interface ReplaceOptions {
  dryRun: DryRun;
  fieldManager: string;
  fieldValidation: string;
}

async function replace(session: Session): Promise<void> {
  const { flags } = session;
  const options = {
    dryRun: session.dryRun(),
    fieldManager: flags.text('field-manager'),
    fieldValidation: session.fieldValidation(),
  };
  if (!namesManifests(session)) {
    throw new CliError('must specify one of -f and -k');
  }
  const force = flags.bool('force');
  if (flags.number('grace-period') >= 0 && !force) throw new CliError('--grace-period must have --force specified');
  if (flags.duration('timeout') !== 0 && !force) throw new CliError('--timeout must have --force specified');
  if (force && options.dryRun !== 'none') throw new CliError('--dry-run can not be used when --force is set');
  if (force) return forceReplace(session, options);
  const printer = printerFor(flags, session.io, withDryRun('replaced', options.dryRun));
  const selection = await select(session, selectionOf(session, options));
  await selection.visit(async (info) => {
    annotate(session, info);
    info.subresource = flags.text('subresource');
    if (options.dryRun !== 'client') {
      try {
        refreshInfo(info, await replaceObject(session.rest, info, info.object ?? {}, options));
      } catch (thrown) {
        throw withSource('replacing', info.source, thrown);
      }
    }
    printer.print(info.object ?? {}, session.out);
  });
}

function annotate(session: Session, info: Info): void {
  const object = info.object ?? {};
  if (session.flags.bool('save-config') || hasLastApplied(object)) info.object = withLastApplied(object);
}

function selectionOf(session: Session, options: ReplaceOptions): SelectOptions {
  return {
    ...manifestOptions(session),
    validate: options.fieldValidation !== 'Ignore',
    continueOnError: true,
    flatten: true,
  };
}

/** Deletes what the manifests name, waits until it is gone, and creates it again. Models forceReplace. */
async function forceReplace(session: Session, options: ReplaceOptions): Promise<void> {
  const { flags } = session;
  let gracePeriodSeconds = flags.number('grace-period');
  if (gracePeriodSeconds === 0) gracePeriodSeconds = 1;
  const toDelete = await select(session, { ...selectionOf(session, options), validate: false, unread: true });
  await deleteSelection(session, toDelete, {
    gracePeriodSeconds,
    force: true,
    cascade: cascadeOf(flags),
    ignoreNotFound: true,
    wait: true,
    timeoutMs: flags.duration('timeout'),
    output: flags.text('output'),
    dryRun: 'none',
  });
  const printer = printerFor(flags, session.io, 'replaced');
  let count = 0;
  const toCreate = await select(session, selectionOf(session, options));
  await toCreate.visit(async (info) => {
    annotate(session, info);
    refreshInfo(info, await createObject(session.rest, info, info.object ?? {}, options));
    count++;
    printer.print(info.object ?? {}, session.out);
  });
  if (count === 0) throw new CliError('no objects passed to replace');
}
