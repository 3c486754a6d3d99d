import { attachOrLog, isRunningAndReady, podOnce, terminatedOf } from '../cluster/attach-created';
import { hasEnded, phaseOf } from '../cluster/pods';
import { infoFor } from '../cluster/info';
import type { Info } from '../cluster/info';
import { select } from '../cluster/select';
import { CliError, ExitError } from '../errors';
import type { JsonObject } from '../format/json';
import { listAt, numberAt, textAt } from '../format/json';
import type { Session } from '../session';
import { deleteSelection } from './delete';

/** Waits for the Pod that was made, joins its streams, and ends as its container does. Models run's --attach. */
export async function runAttached(session: Session, created: JsonObject[]): Promise<void> {
  const [pod] = created.filter((object) => textAt(object, 'kind') === 'Pod');
  if (!pod) return;
  try {
    await attachAndWait(session, pod);
  } finally {
    if (session.flags.bool('rm')) for (const object of created) await remove(session, object);
  }
}

async function attachAndWait(session: Session, created: JsonObject): Promise<void> {
  const { flags } = session;
  const timeoutMs = flags.duration('pod-running-timeout');
  const info = await infoOf(session, created);
  const started = await podOnce(session, info, timeoutMs, isRunningAndReady);
  const container = textAt(listAt(started, 'spec', 'containers')[0], 'name');
  await attachOrLog(session, started, container, hasEnded(started));
  const policy = textAt(started, 'spec', 'restartPolicy');
  if (flags.bool('leave-stdin-open') || policy === 'Always') return;
  const isOver = policy === 'OnFailure' ? (pod: JsonObject): boolean => phaseOf(pod) === 'Succeeded' : hasEnded;
  const pod = await podOnce(session, info, timeoutMs, isOver);
  if (phaseOf(pod) === 'Succeeded') return;
  const name = `pod ${info.namespace}/${info.name}`;
  const ended = terminatedOf(pod, container);
  const code = numberAt(ended ?? null, 'exitCode') ?? 0;
  if (!ended || code === 0) throw new CliError(`${name} failed with unknown exit code`);
  const text = `${name} terminated (${textAt(ended, 'reason')})\n${textAt(ended, 'message')}`;
  session.printError(text.endsWith('\n') ? text : `${text}\n`);
  throw new ExitError(code);
}

async function infoOf(session: Session, object: JsonObject): Promise<Info> {
  const mapping = await session.discovery.mappingForKind('v1', textAt(object, 'kind'));
  return { ...infoFor(mapping, object, ''), namespace: session.namespace };
}

async function remove(session: Session, object: JsonObject): Promise<void> {
  const { mapping, name } = await infoOf(session, object);
  const selection = await select(session, {
    namespace: session.namespace,
    args: [mapping.resource, name],
    continueOnError: true,
    unread: true,
    flatten: true,
  });
  await deleteSelection(session, selection, {
    gracePeriodSeconds: -1,
    force: false,
    cascade: 'Background',
    ignoreNotFound: true,
    wait: false,
    timeoutMs: 0,
    output: '',
    dryRun: 'none',
    quiet: session.flags.bool('quiet'),
  });
}
