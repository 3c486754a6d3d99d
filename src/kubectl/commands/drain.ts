import type { Command } from '../command';
import type { Deadline } from '../cluster/deadline';
import { isLongDeleted, podsToDrain } from '../cluster/drain-filters';
import { nodesOf, setSchedulable } from '../cluster/nodes';
import type { Info } from '../cluster/info';
import { asError, CliError, ErrorList, isNotFound, ServerError } from '../errors';
import { bool, duration, int, text } from '../flags/flags';
import { CHUNK_FLAG, DRY_RUN_FLAG, SELECTOR_FLAG } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { isObject, textAt } from '../format/json';
import { goDuration } from '../format/go-text';
import { structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

const usage = 'drain NODE';

export const drainCommand: Command = {
  name: 'drain',
  completes: 'nodes',
  usage,
  short: 'Drain node in preparation for maintenance',
  long: 'Makes a node unschedulable and evicts its Pods, respecting disruption budgets. What no controller would bring back stops it, unless --force is given.',
  examples: `  # Before work on a GPU node
  kubectl drain gpu-a100-1 --ignore-daemonsets --delete-emptydir-data`,
  flags: [
    bool('force', 'Go on although nothing brings some Pods back.'),
    bool('ignore-daemonsets', 'Leave the Pods of DaemonSets.'),
    bool('delete-emptydir-data', 'Go on although emptyDir volumes lose their data.'),
    int('grace-period', 'Seconds for each Pod to end; negative for its own.', { default: '-1' }),
    duration('timeout', 'How long to wait; 0 for ever.'),
    text('pod-selector', 'Labels of the Pods to evict.'),
    bool('disable-eviction', 'Delete instead of evicting; disruption budgets do not count.'),
    int('skip-wait-for-delete-timeout', 'Do not wait for Pods that have been terminating longer than these seconds.'),
    CHUNK_FLAG,
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
  ],
  run: drain,
};

async function drain(session: Session): Promise<void> {
  const infos = await nodesOf(session, usage);
  await setSchedulable(session, infos, true);
  const fatal: Error[] = [];
  const pending: string[] = [];
  for (const info of infos) {
    try {
      await drainNode(session, info);
    } catch (thrown) {
      const error = asError(thrown);
      session.printError(
        `error: unable to drain node "${info.name}" due to error: ${error.message}, continuing command...\n`,
      );
      fatal.push(error);
      pending.push(info.name);
      continue;
    }
    structPrinterFor(session.flags, session.io, withDryRun('drained', session.dryRun())).print(
      info.object ?? {},
      session.out,
    );
  }
  if (pending.length > 0) {
    session.printError(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`);
  }
  if (fatal.length > 0) throw new ErrorList(fatal);
}

async function drainNode(session: Session, info: Info): Promise<void> {
  const list = await podsToDrain(session, info.name);
  if (list.refusals.length > 0) throw new ErrorList(list.refusals);
  if (list.warning !== '') session.printError(`Warning: ${list.warning}\n`);
  if (session.dryRun() === 'client') {
    for (const pod of list.remove) session.print(`evicting pod ${fullName(pod)} (dry run)\n`);
    return;
  }
  try {
    await removePods(session, list.remove);
  } catch (thrown) {
    const error = asError(thrown);
    const left = await podsToDrain(session, info.name);
    if (left.remove.length > 0) {
      session.printError(`There are pending pods in node "${info.name}" when an error occurred: ${error.message}\n`);
      for (const pod of left.remove) session.printError(`pod/${textAt(pod, 'metadata', 'name')}\n`);
    }
    throw error;
  }
}

const fullName = (pod: JsonObject): string =>
  `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;

function podPath(pod: JsonObject, subresource = ''): string {
  const namespace = encodeURIComponent(textAt(pod, 'metadata', 'namespace'));
  return `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(textAt(pod, 'metadata', 'name'))}${subresource}`;
}

async function removePods(session: Session, pods: readonly JsonObject[]): Promise<void> {
  const timeoutMs = session.flags.duration('timeout');
  const deadline = session.deadline(timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs);
  if (session.flags.bool('disable-eviction')) {
    for (const pod of pods)
      await unlessGone(session.rest.json('DELETE', podPath(pod), { body: deleteOptions(session) }));
    for (const pod of pods) await waitUntilGone(session, pod, deadline, 'deleted');
    return;
  }
  const results = await Promise.allSettled(pods.map((pod) => evict(session, pod, deadline)));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [asError(result.reason)] : []));
  if (errors.length > 0) throw new ErrorList(errors);
}

function deleteOptions(session: Session): JsonObject {
  const options: JsonObject = { kind: 'DeleteOptions', apiVersion: 'v1' };
  const grace = session.flags.number('grace-period');
  if (grace >= 0) options['gracePeriodSeconds'] = grace;
  if (session.dryRun() === 'server') options['dryRun'] = ['All'];
  return options;
}

async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
}

const RETRY_MS = 5000;

/** Evicts a Pod, again and again while its budget forbids it, and waits until it is gone. */
async function evict(session: Session, pod: JsonObject, deadline: Deadline): Promise<void> {
  const server = session.dryRun() === 'server';
  const name = textAt(pod, 'metadata', 'name');
  const namespace = textAt(pod, 'metadata', 'namespace');
  const where = `pods/"${name}" -n "${namespace}"`;
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: deleteOptions(session),
  };
  for (;;) {
    session.print(`evicting pod ${namespace}/${name}${server ? ' (server dry run)' : ''}\n`);
    if (deadline.hasPassed) {
      throw new CliError(
        `error when evicting ${where}: global timeout reached: ${goDuration(session.flags.duration('timeout'))}`,
      );
    }
    try {
      await session.rest.json('POST', podPath(pod, '/eviction'), { body });
      break;
    } catch (thrown) {
      const error = asError(thrown);
      if (isNotFound(error)) return;
      if (!(error instanceof ServerError) || error.code !== 429)
        throw new CliError(`error when evicting ${where}: ${error.message}`);
      session.printError(`error when evicting ${where} (will retry after 5s): ${error.message}\n`);
      await session.sleep(RETRY_MS);
    }
  }
  if (!server) await waitUntilGone(session, pod, deadline, 'evicted');
}

async function waitUntilGone(session: Session, pod: JsonObject, deadline: Deadline, operation: string): Promise<void> {
  for (;;) {
    const present = await session.rest.json('GET', podPath(pod)).catch((thrown: unknown) => {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    });
    const other = textAt(present, 'metadata', 'uid') !== textAt(pod, 'metadata', 'uid');
    if (present === undefined || other) {
      structPrinterFor(session.flags, session.io, operation).print(pod, session.out);
      return;
    }
    if (isObject(present) && isLongDeleted(session, present)) {
      const seconds = session.flags.number('skip-wait-for-delete-timeout');
      session.print(
        `pod ${textAt(pod, 'metadata', 'name')} has DeletionTimestamp older than ${seconds} seconds, skipping\n`,
      );
      return;
    }
    if (deadline.hasPassed)
      throw new CliError(
        `error when waiting for pod "${textAt(pod, 'metadata', 'name')}" in namespace "${textAt(pod, 'metadata', 'namespace')}" to terminate: global timeout reached: ${goDuration(session.flags.duration('timeout'))}`,
      );
    await session.sleep(1000);
  }
}
