import type { Command } from '../command';
import type { Info } from '../cluster/info';
import { pathOf } from '../cluster/discovery';
import { manifestOptions } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import { CliError, isConflict } from '../errors';
import { bool, duration, int, text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SELECTOR_FLAG } from '../flags/standard';
import { copyJson, isObject, numberAt, setAt, textAt } from '../format/json';
import { printerFor, PRINT_FLAGS } from '../printers/output';
import type { DryRun, Session } from '../session';
import { withDryRun } from '../session';

export const scaleCommand: Command = {
  name: 'scale',
  completes: 'resources',
  usage: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  long: 'Sets how many replicas a workload wants, through its scale subresource.',
  examples: `  # Three copies of the model server
  kubectl scale deployment/model-server --replicas=3`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    RECORD_FLAG,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    bool('all', 'Everything of the type in the namespace.'),
    text('resource-version', 'Only if the object has this version.'),
    int('current-replicas', 'Only if it has this many replicas now.', { default: '-1' }),
    int('replicas', 'How many replicas to want.', { required: true }),
    duration('timeout', 'How long to wait for the replicas; 0 not to wait.'),
  ],
  run: scale,
};

async function scale(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const printer = printerFor(flags, session.io, withDryRun('scaled', dryRun));
  const replicas = flags.number('replicas');
  if (replicas < 0) {
    throw new CliError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  }
  if (flags.number('current-replicas') < -1)
    throw new CliError('The --current-replicas must specify an integer of -1 or greater');
  const selection = await select(session, {
    ...manifestOptions(session),
    args: session.args,
    allowEmptySelector: flags.bool('all'),
    labelSelector: flags.text('selector'),
    continueOnError: true,
    flatten: true,
  });
  const { infos, error } = await selection.infos();
  if (flags.text('resource-version') !== '' && infos.length > 1) {
    throw new CliError('cannot use --resource-version with multiple resources');
  }
  if (infos.length === 0) throw error ?? new CliError('no objects passed to scale');
  for (const info of infos) {
    const size = dryRun === 'client' ? replicas : await scaleOne(session, info, replicas, dryRun);
    const object = copyJson(info.object ?? {});
    if (info.mapping.group === 'apps' || info.mapping.group === '') setAt(object, size, 'spec', 'replicas');
    printer.print(object, session.out);
  }
  if (error) throw error;
}

/** The size the server agreed to. A conflict is tried again, since only the size matters. */
async function scaleOne(session: Session, info: Info, replicas: number, dryRun: DryRun): Promise<number> {
  const { flags, rest } = session;
  const path = pathOf(info.mapping, info.namespace, info.name, 'scale');
  const query: Record<string, string> = dryRun === 'server' ? { dryRun: 'All' } : {};
  const guarded = flags.number('current-replicas') !== -1 || flags.text('resource-version') !== '';
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = guarded
        ? await replaceScale(session, path, query, replicas)
        : await patchScale(session, path, query, replicas);
      if (flags.duration('timeout') !== 0 && dryRun === 'none') await waitForReplicas(session, info, path, replicas);
      return numberAt(answer, 'spec', 'replicas') ?? replicas;
    } catch (thrown) {
      if (!isConflict(thrown) || attempt >= 10) throw thrown;
      await rest.json('GET', path);
    }
  }
}

function patchScale(
  session: Session,
  path: string,
  query: Record<string, string>,
  replicas: number,
): ReturnType<Session['rest']['json']> {
  return session.rest.json('PATCH', path, {
    query,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { spec: { replicas } },
  });
}

async function replaceScale(
  session: Session,
  path: string,
  query: Record<string, string>,
  replicas: number,
): ReturnType<Session['rest']['json']> {
  const { flags, rest } = session;
  const present = await rest.json('GET', path);
  const size = numberAt(present, 'spec', 'replicas') ?? 0;
  const wanted = flags.number('current-replicas');
  if (wanted !== -1 && size !== wanted) throw new CliError(`Expected replicas to be ${wanted}, was ${size}`);
  const version = flags.text('resource-version');
  const actual = textAt(present, 'metadata', 'resourceVersion');
  if (version !== '' && actual !== version)
    throw new CliError(`Expected resource version to be ${version}, was ${actual}`);
  const body = copyJson(isObject(present) ? present : {});
  setAt(body, replicas, 'spec', 'replicas');
  return rest.json('PUT', path, { query, body });
}

async function waitForReplicas(session: Session, info: Info, path: string, replicas: number): Promise<void> {
  const deadline = session.deadline(session.flags.duration('timeout'));
  for (;;) {
    const present = await session.rest.json('GET', path);
    const wanted = numberAt(present, 'spec', 'replicas') ?? 0;
    if (wanted !== replicas || numberAt(present, 'status', 'replicas') === replicas) return;
    if (deadline.hasPassed) throw new CliError(`timed out waiting for "${info.name}" to be synced`);
    await session.sleep(1000);
  }
}
