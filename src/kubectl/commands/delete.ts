import type { Command } from '../command';
import type { Info } from '../cluster/info';
import { kindName } from '../cluster/discovery';
import { waitForDeletion } from '../cluster/deletion';
import { manifestOptions } from '../cluster/manifest-sources';
import type { SelectOptions, Selection } from '../cluster/select';
import { select, withoutErrors } from '../cluster/select';
import type { Cascade, DeleteSpec } from '../cluster/writes';
import { deleteObject } from '../cluster/writes';
import { CliError, asError, isNotFound, withSource, ServerError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { bool, duration, int, text } from '../flags/flags';
import type { FlagValues } from '../flags/parse';
import { DRY_RUN_FLAG, FIELD_SELECTOR_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../flags/standard';
import { textAt } from '../format/json';
import type { DryRun, Session } from '../session';
import { withDryRun } from '../session';

/** Flags about deleting that apply and replace share. */
export const DELETION_FLAGS: FlagSpec[] = [
  text('cascade', 'background, orphan or foreground: what becomes of dependents.', {
    default: 'background',
    bare: 'background',
  }),
  bool('force', 'Delete at once, without waiting for the node to agree.'),
  int('grace-period', 'Seconds to end gracefully; negative for the default of the object.', { default: '-1' }),
  duration('timeout', 'How long to wait for the deletion; 0 for a time that suits the object.'),
  bool('wait', 'Wait until the objects are gone.'),
];

export const deleteCommand: Command = {
  name: 'delete',
  completes: 'resources',
  usage: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: 'Deletes objects and, unless told otherwise, waits until they are gone. Dependents follow in the background.',
  examples: `  # One Pod; its Job makes another
  kubectl delete pod train-sgd-m4c8w

  # A Pod on a node that does not answer
  kubectl delete pod train-sgd-m4c8w --force --grace-period=0

  # Everything a manifest describes
  kubectl delete -f job.yaml`,
  suggestFor: ['rm', 'remove'],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    bool('all', 'Everything of the type in the namespace.'),
    bool('all-namespaces', 'In all namespaces.', { short: 'A' }),
    bool('ignore-not-found', 'What is gone already is no mistake.'),
    bool('now', 'End within a second.'),
    bool('interactive', 'Ask before deleting.', { short: 'i' }),
    text('output', 'name, for shorter output.', { short: 'o' }),
    text('raw', 'Send DELETE to this path.'),
    ...DELETION_FLAGS.map((flag) => (flag.name === 'wait' ? { ...flag, default: 'true' } : flag)),
    DRY_RUN_FLAG,
  ],
  run: runDelete,
};

/** How objects are deleted. Models pkg/cmd/delete DeleteOptions. */
export interface Deletion {
  gracePeriodSeconds: number;
  force: boolean;
  cascade: Cascade;
  ignoreNotFound: boolean;
  wait: boolean;
  timeoutMs: number;
  output: string;
  dryRun: DryRun;
  /** Says nothing of what was deleted. */
  quiet?: boolean;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Throws for an unknown way to cascade. Models parseCascadingFlag. */
export function cascadeOf(flags: FlagValues): Cascade {
  const value = flags.text('cascade');
  switch (value) {
    case 'true':
    case 'background':
      return 'Background';
    case 'false':
    case 'orphan':
      return 'Orphan';
    case 'foreground':
      return 'Foreground';
    default:
      throw new CliError(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`);
  }
}

async function runDelete(session: Session): Promise<void> {
  const { flags } = session;
  const deletion = deletionOf(session);
  if (flags.text('raw') !== '') {
    session.print(`${JSON.stringify(await session.rest.json('DELETE', flags.text('raw')))}\n`);
    return;
  }
  const selection = await select(session, deletionSelection(session));
  checkDeletion(session, deletion);
  await deleteSelection(session, selection, deletion);
}

function deletionOf(session: Session): Deletion {
  const { flags } = session;
  const many = flags.bool('all') || flags.text('selector') !== '' || flags.text('field-selector') !== '';
  let gracePeriodSeconds = flags.number('grace-period');
  const force = flags.bool('force');
  if (flags.bool('now')) {
    if (gracePeriodSeconds !== -1) throw new CliError('--now and --grace-period cannot be specified together');
    gracePeriodSeconds = 1;
  }
  if (gracePeriodSeconds === 0 && !force) gracePeriodSeconds = 1;
  if (force && gracePeriodSeconds < 0) gracePeriodSeconds = 0;
  return {
    gracePeriodSeconds,
    force,
    cascade: cascadeOf(flags),
    ignoreNotFound: flags.changed('ignore-not-found') ? flags.bool('ignore-not-found') : many,
    wait: flags.bool('wait'),
    timeoutMs: flags.duration('timeout'),
    output: flags.text('output'),
    dryRun: session.dryRun(),
  };
}

function deletionSelection(session: Session): SelectOptions {
  const { flags } = session;
  const allNamespaces = flags.bool('all-namespaces');
  return {
    ...manifestOptions(session),
    enforceNamespace: session.explicitNamespace && !allNamespaces,
    allNamespaces,
    labelSelector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
    all: flags.bool('all'),
    args: session.args,
    continueOnError: true,
    unread: true,
    flatten: true,
  };
}

function checkDeletion(session: Session, deletion: Deletion): void {
  const { flags } = session;
  if (deletion.output !== '' && deletion.output !== 'name') {
    throw new CliError(`unexpected -o output mode: ${deletion.output}. We only support '-o name'`);
  }
  if (flags.bool('all') && flags.text('selector') !== '')
    throw new CliError('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.text('field-selector') !== '') {
    throw new CliError('cannot set --all and --field-selector at the same time');
  }
  if (deletion.force && deletion.gracePeriodSeconds > 0) {
    throw new CliError('--force and --grace-period greater than 0 cannot be specified together');
  }
  if (deletion.force && deletion.gracePeriodSeconds === 0) {
    session.printError(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  }
}

/** Deletes one object after the other, says so, and waits for all of them. Models DeleteResult. */
export async function deleteSelection(session: Session, selection: Selection, deletion: Deletion): Promise<void> {
  const targets: { info: Info; uid: string }[] = [];
  let found = 0;
  let warn = session.explicitNamespace && !session.flags.bool('all-namespaces');
  const spec = deleteSpec(deletion);
  try {
    await selection.visit(async (info) => {
      found++;
      if (warn && !info.mapping.namespaced) {
        session.printError('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
        warn = false;
      }
      if (deletion.dryRun !== 'client') targets.push({ info, uid: await deleteOne(session, info, spec) });
      printDeleted(session, info, deletion);
    });
  } catch (thrown) {
    const error = deletion.ignoreNotFound ? withoutErrors(asError(thrown), isNotFound) : asError(thrown);
    if (error) throw error;
  }
  if (found === 0) session.print('No resources found\n');
  else if (deletion.wait && deletion.dryRun === 'none') await waitAll(session, targets, deletion.timeoutMs);
}

function deleteSpec(deletion: Deletion): DeleteSpec {
  const spec: DeleteSpec = { propagationPolicy: deletion.cascade, dryRun: deletion.dryRun };
  if (deletion.gracePeriodSeconds >= 0) spec.gracePeriodSeconds = deletion.gracePeriodSeconds;
  return spec;
}

/** The uid of what was deleted, as far as the answer tells. */
async function deleteOne(session: Session, info: Info, spec: DeleteSpec): Promise<string> {
  try {
    const answer = await deleteObject(session.rest, info, spec);
    return textAt(answer, 'details', 'uid') || textAt(answer, 'metadata', 'uid');
  } catch (thrown) {
    throw withSource('deleting', info.source, thrown);
  }
}

async function waitAll(session: Session, targets: { info: Info; uid: string }[], timeoutMs: number): Promise<void> {
  try {
    await waitForDeletion(session, targets, session.deadline(timeoutMs === 0 ? WEEK_MS : timeoutMs));
  } catch (thrown) {
    if (thrown instanceof ServerError && (thrown.code === 403 || thrown.code === 405)) return;
    throw thrown;
  }
}

function printDeleted(session: Session, info: Info, deletion: Deletion): void {
  if (deletion.quiet) return;
  if (deletion.output === 'name') {
    session.print(`${kindName(info.mapping)}/${info.name}\n`);
    return;
  }
  let operation = deletion.gracePeriodSeconds === 0 ? 'force deleted' : 'deleted';
  if (info.mapping.namespaced) operation += ` from ${info.namespace} namespace`;
  session.print(`${kindName(info.mapping)} "${info.name}" ${withDryRun(operation, deletion.dryRun)}\n`);
}
