import type { Command } from '../command';
import type { Info } from '../cluster/info';
import { manifestOptions, namesManifests } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import { CliError, asError, throwAll, usageError } from '../errors';
import { bool, slice, text } from '../flags/flags';
import {
  DRY_RUN_FLAG,
  FILENAME_FLAGS,
  RECORD_FLAG,
  SELECTOR_FLAG,
  SUBRESOURCE_FLAG,
  VALIDATE_FLAG,
  fieldManagerFlag,
} from '../flags/standard';
import type { JsonObject } from '../format/json';
import { printerFor, PRINT_FLAGS } from '../printers/output';
import type { ApplyOptions } from '../apply/apply-object';
import { applyObject } from '../apply/apply-object';
import { applyServerSide } from '../apply/server-side';
import { prune } from '../apply/prune';
import type { Session } from '../session';
import { withDryRun } from '../session';
import { cascadeOf, DELETION_FLAGS } from './delete';
import { editLastAppliedCommand, setLastAppliedCommand, viewLastAppliedCommand } from './apply-last-applied';

const CLIENT_MANAGER = 'kubectl-client-side-apply';
const WEEK_MS = 7 * 24 * 3_600_000;

export const applyCommand: Command = {
  name: 'apply',
  usage: 'apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: 'Makes the cluster agree with manifests: creates what is missing and changes what differs. What a manifest no longer has is removed, what others have set stays.',
  examples: `  # A training Job from a file
  kubectl apply -f job.yaml

  # Look at what would happen
  kubectl apply -f job.yaml --dry-run=server`,
  flags: [
    ...FILENAME_FLAGS,
    ...DELETION_FLAGS,
    ...PRINT_FLAGS,
    RECORD_FLAG,
    VALIDATE_FLAG,
    DRY_RUN_FLAG,
    bool('server-side', 'Let the server merge, and keep track of who owns which field.'),
    bool('force-conflicts', 'Take over fields that others own. With --server-side only.'),
    fieldManagerFlag(CLIENT_MANAGER),
    SELECTOR_FLAG,
    bool('prune', 'Delete what was applied before and is in no manifest now.'),
    slice('prune-allowlist', 'Kinds to prune, as group/version/kind.'),
    bool('all', 'Prune everything of the kinds in the namespaces.'),
    text('applyset', 'The object that keeps the list of what was applied.'),
    bool('overwrite', 'Take the values of the manifest where both sides changed.', { default: 'true' }),
    bool('openapi-patch', 'Use the schema of the server for patches.', { default: 'true' }),
    SUBRESOURCE_FLAG,
  ],
  commands: [editLastAppliedCommand, setLastAppliedCommand, viewLastAppliedCommand],
  run: apply,
};

async function apply(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw usageError(session.commandPath, `Unexpected args: [${args.join(' ')}]`);
  const options = applyOptions(session);
  if (!namesManifests(session)) {
    throw new CliError('must specify one of -f and -k');
  }
  const validate = options.fieldValidation !== 'Ignore';
  checkFlags(session, options);
  const selection = await select(session, {
    ...manifestOptions(session),
    labelSelector: flags.text('selector'),
    validate,
    continueOnError: true,
    flatten: true,
  });
  const { infos, error } = await selection.infos();
  const errors: Error[] = error ? [error] : [];
  if (infos.length === 0 && errors.length === 0) throw new CliError('no objects passed to apply');
  for (const info of infos) {
    try {
      await applyOne(session, info, options);
    } catch (thrown) {
      errors.push(asError(thrown));
    }
  }
  throwAll(errors);
  printObjects(session, infos);
  if (flags.bool('prune'))
    await prune(session, infos, options.dryRun, {
      cascade: options.cascade,
      gracePeriodSeconds: options.gracePeriodSeconds,
    });
}

function applyOptions(session: Session): ApplyOptions {
  const { flags } = session;
  const serverSide = flags.bool('server-side');
  const fallback = serverSide ? 'kubectl' : CLIENT_MANAGER;
  return {
    dryRun: session.dryRun(),
    fieldManager: flags.changed('field-manager') ? flags.text('field-manager') : fallback,
    fieldValidation: session.fieldValidation(),
    force: flags.bool('force'),
    cascade: cascadeOf(flags),
    gracePeriodSeconds: flags.number('grace-period'),
    timeoutMs: flags.duration('timeout') || WEEK_MS,
  };
}

function checkFlags(session: Session, { dryRun, force }: ApplyOptions): void {
  const { flags } = session;
  const serverSide = flags.bool('server-side');
  const refuse = (wrong: boolean, words: string): void => {
    if (wrong) throw new CliError(words);
  };
  refuse(flags.bool('force-conflicts') && !serverSide, '--force-conflicts only works with --server-side');
  refuse(
    dryRun === 'client' && serverSide,
    "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
  );
  refuse(serverSide && force, '--force cannot be used with --server-side');
  refuse(dryRun === 'server' && force, '--dry-run=server cannot be used with --force');
  const selector = flags.text('selector');
  refuse(flags.bool('all') && selector !== '', 'cannot set --all and --selector at the same time');
  const pruning = flags.bool('prune');
  refuse(flags.text('applyset') !== '' && !pruning, '--applyset requires --prune');
  refuse(pruning && force, '--force cannot be used with --prune');
  refuse(
    pruning && !flags.bool('all') && selector === '',
    'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
  );
  refuse(
    pruning && serverSide,
    "--prune is in alpha and doesn't currently work on objects created by server-side apply",
  );
  refuse(flags.text('subresource') !== '' && !serverSide, '--subresource can only be specified for --server-side');
}

/** Whether whole objects are printed at the end instead of a line each. */
function printsObjects(session: Session): boolean {
  const output = session.flags.text('output');
  return output !== '' && output !== 'name';
}

async function applyOne(session: Session, info: Info, options: ApplyOptions): Promise<void> {
  const { flags } = session;
  let operation = 'serverside-applied';
  if (flags.bool('server-side')) {
    info.subresource = flags.text('subresource');
    await applyServerSide(session, info, { ...options, force: flags.bool('force-conflicts') });
  } else operation = await applyObject(session, info, options);
  if (printsObjects(session)) return;
  const printer = printerFor(flags, session.io, withDryRun(operation, options.dryRun));
  printer.print(info.object ?? {}, session.out);
}

function printObjects(session: Session, infos: Info[]): void {
  const [only] = infos;
  if (!printsObjects(session) || !only) return;
  const objects = infos.map((info) => info.object ?? {});
  const list: JsonObject = { apiVersion: 'v1', kind: 'List', metadata: {}, items: objects };
  printerFor(session.flags, session.io, '').print(infos.length > 1 ? list : (only.object ?? {}), session.out);
}
