import type { Json } from '../../api/objects';
import { CliError, asError } from '../errors';
import type { JsonObject } from '../format/json';
import { at, isObject, listAt, textAt } from '../format/json';
import type { Session } from '../session';
import { followObject } from './follow';
import type { Info } from './info';
import { hasEnded, phaseOf, readyCondition } from './pods';
import { inputOf, streamFrom } from './streams';

/** What is said before streams are joined, unless somebody wants quiet. */
function announceAttach(session: Session): void {
  if (session.flags.bool('quiet')) return;
  session.printError(
    'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n',
  );
  session.printError("If you don't see a command prompt, try pressing enter.\n");
}

/** Whether a Pod runs and is ready for traffic, or has ended. Models run's podRunningAndReady. */
export function isRunningAndReady(pod: Json): boolean {
  return hasEnded(pod) || (phaseOf(pod) === 'Running' && readyCondition(pod) !== undefined);
}

/** The Pod once it is as `settled` says. Throws when time is up, or when it is gone. Models run's waitForPod. */
export async function podOnce(
  session: Session,
  info: Info,
  timeoutMs: number,
  settled: (pod: JsonObject) => boolean,
): Promise<JsonObject> {
  let found: JsonObject | undefined;
  let seen = false;
  const outcome = await followObject(session, info, session.deadline(timeoutMs), (pod) => {
    if (!isObject(pod)) return seen;
    seen = true;
    if (settled(pod)) found = pod;
    return found !== undefined;
  });
  if (found) return found;
  throw new CliError(outcome === 'timeout' ? 'timed out waiting for the condition' : `pods "${info.name}" not found`);
}

/** Whether the streams of what is made are to be joined. */
export const wantsAttach = ({ flags }: Session): boolean =>
  flags.bool('attach') || (!flags.changed('attach') && flags.bool('stdin'));

/** Joins the streams of a container. */
export async function joinStreams(session: Session, pod: JsonObject, container: string): Promise<void> {
  const { input } = inputOf(session);
  announceAttach(session);
  await streamFrom(session, { pod, container, subresource: 'attach', ...(input === undefined ? {} : { input }) });
}

/** Joins the streams of a container that was just made; where that fails, or it has ended, its log is printed. */
export async function attachOrLog(session: Session, pod: JsonObject, container: string, ended: boolean): Promise<void> {
  if (ended) return printLog(session, pod, container);
  try {
    await joinStreams(session, pod, container);
  } catch (thrown) {
    const { message, name } = asError(thrown);
    if (name === 'InterruptedError') throw thrown;
    session.printError(
      `warning: couldn't attach to pod/${textAt(pod, 'metadata', 'name')}, falling back to streaming logs: ${message}\n`,
    );
    await printLog(session, pod, container);
  }
}

async function printLog(session: Session, pod: JsonObject, container: string): Promise<void> {
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')];
  const body = await session.rest.json('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log`, {
    query: { container },
    headers: { accept: 'application/json, */*' },
  });
  if (typeof body === 'string') session.print(body);
}

const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

function stateOf(pod: JsonObject, container: string, state: string): JsonObject | undefined {
  const statuses = STATUSES.flatMap((list) => listAt(pod, 'status', list));
  const found = at(statuses.find((one) => textAt(one, 'name') === container) ?? null, 'state', state);
  return isObject(found) ? found : undefined;
}

/** How a container ended, where it has. */
export const terminatedOf = (pod: JsonObject, container: string): JsonObject | undefined =>
  stateOf(pod, container, 'terminated');

export const hasStarted = (pod: JsonObject, container: string): boolean =>
  stateOf(pod, container, 'running') !== undefined;
