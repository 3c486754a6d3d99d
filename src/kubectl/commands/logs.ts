import type { Json } from '../../api/objects';
import type { Command } from '../command';
import { allContainerNames } from '../cluster/containers';
import { firstPodOf, podsOf } from '../cluster/pods';
import { select } from '../cluster/select';
import { CliError, ServerError, asError, isNotFound, usageError } from '../errors';
import { bool, duration, int, int64, text } from '../flags/flags';
import { SELECTOR_FLAG } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { isObject, listAt, textAt } from '../format/json';
import type { Session } from '../session';

const USAGE = 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]';
const MISSING = `expected '${USAGE}'.\nPOD or TYPE/NAME is a required argument for the logs command`;

export const logsCommand: Command = {
  name: 'logs',
  completes: 'pods',
  usage: USAGE,
  short: 'Print the logs for a container in a pod',
  long: 'Prints what a container has written. Without a container the first one is taken.',
  examples: `  # Follow the training
  kubectl logs -f job/train-sgd

  # Why did the container before this one end?
  kubectl logs train-sgd-m4c8w --previous`,
  flags: [
    bool('all-pods', 'The logs of all Pods of the object, each line with its source.'),
    bool('all-containers', 'The logs of all containers.'),
    bool('follow', 'Go on as lines are written.', { short: 'f' }),
    bool('timestamps', 'Put the time before each line.'),
    int64('limit-bytes', 'Print at most this many bytes.'),
    bool('previous', 'The container before the last restart.', { short: 'p' }),
    int64('tail', 'Print only this many last lines; -1 for all. With a selector 10.', { default: '-1' }),
    bool('ignore-errors', 'Go on with other logs after an error.'),
    text('since-time', 'Only lines after this time (RFC 3339).'),
    duration('since', 'Only lines newer than 5s, 2m or 3h.'),
    text('container', 'The container.', { short: 'c' }),
    bool('insecure-skip-tls-verify-backend', 'Do not check the certificate of the kubelet.'),
    duration('pod-running-timeout', 'How long to wait for a Pod.', { default: '20s' }),
    SELECTOR_FLAG,
    int('max-log-requests', 'Follow at most this many logs at once.', { default: '5' }),
    bool('prefix', 'Put Pod and container before each line.'),
  ],
  run: logs,
};

interface LogSource {
  pod: JsonObject;
  container: string;
}

async function logs(session: Session): Promise<void> {
  const { flags, args } = session;
  checkArguments(session);
  const inline = args.length === 2 ? (args[1] ?? '') : '';
  const container = inline || flags.text('container');
  const query = logQuery(session);
  const object = await findObject(session);
  checkFlags(session, container, inline);
  const sources = await sourcesOf(session, object, container);
  if (flags.bool('follow') && sources.length > 1) return followAll(session, sources, query);
  for (const source of sources) await printLog(session, source, query);
}

function checkArguments({ args, flags, commandPath }: Session): void {
  const selector = flags.text('selector');
  if (args.length > 2 || (args.length === 0 && selector === '')) throw usageError(commandPath, MISSING);
  if (args.length === 1 && selector !== '')
    throw usageError(commandPath, 'only a selector (-l) or a POD name is allowed');
}

/** The query of the log subresource, without the container. */
function logQuery({ flags }: Session): Record<string, string> {
  const query: Record<string, string> = {};
  if (flags.bool('follow')) query['follow'] = 'true';
  if (flags.bool('previous')) query['previous'] = 'true';
  if (flags.bool('timestamps')) query['timestamps'] = 'true';
  const since = flags.text('since-time');
  if (since !== '') {
    if (Number.isNaN(Date.parse(since)) || !/T/.test(since)) {
      throw new CliError(`parsing time "${since}" as "2006-01-02T15:04:05Z07:00": cannot parse "${since}" as "2006"`);
    }
    query['sinceTime'] = since;
  }
  if (flags.number('limit-bytes') !== 0) query['limitBytes'] = flags.text('limit-bytes');
  if (flags.duration('since') !== 0) query['sinceSeconds'] = String(Math.round(flags.duration('since') / 1000));
  if (flags.text('selector') !== '' && !flags.changed('tail')) query['tailLines'] = '10';
  else if (flags.number('tail') !== -1) query['tailLines'] = flags.text('tail');
  return query;
}

function checkFlags({ flags }: Session, container: string, inline: string): void {
  const refuse = (wrong: boolean, words: string): void => {
    if (wrong) throw new CliError(words);
  };
  refuse(
    flags.text('since-time') !== '' && flags.duration('since') !== 0,
    'at most one of `sinceTime` or `sinceSeconds` may be specified',
  );
  refuse(
    flags.bool('all-containers') && container !== '',
    `--all-containers=true should not be specified with container name ${container}`,
  );
  refuse(flags.changed('container') && inline !== '', 'only one of -c or an inline [CONTAINER] arg is allowed');
  refuse(flags.number('limit-bytes') < 0, '--limit-bytes must be greater than 0');
  refuse(flags.duration('since') < 0, '--since must be greater than 0');
  refuse(flags.duration('pod-running-timeout') <= 0, '--pod-running-timeout must be higher than zero');
  refuse(flags.number('tail') < -1, '--tail must be greater than or equal to -1');
}

/** The Pod, the owner of Pods, or the list of Pods whose logs are wanted. */
async function findObject(session: Session): Promise<JsonObject> {
  const selector = session.flags.text('selector');
  const [name] = session.args;
  const selection = await select(session, {
    namespace: session.namespace,
    singleType: true,
    nameType: 'pods',
    ...(selector ? { types: ['pods'], labelSelector: selector, args: [] } : { args: name === undefined ? [] : [name] }),
  });
  const { infos, error } = await selection.infos();
  if (error && isNotFound(error)) {
    throw new CliError(`error from server (NotFound): ${error.message} in namespace "${session.namespace}"`);
  }
  if (error) throw error;
  const object = infos[0]?.object ?? {};
  if (selector && listAt(object, 'items').length === 0) {
    session.printError(`No resources found in ${session.namespace} namespace.\n`);
  }
  return object;
}

async function sourcesOf(session: Session, object: JsonObject, container: string): Promise<LogSource[]> {
  if (Array.isArray(object['items'])) {
    return object['items'].filter(isObject).flatMap((pod) => containersOf(session, pod, container, false));
  }
  if (textAt(object, 'kind') === 'Pod') return containersOf(session, object, container, false);
  const allPods = session.flags.bool('all-pods');
  const prefix = 'cannot get the logs from';
  const { pod, count } = await firstPodOf(session, object, prefix, session.flags.duration('pod-running-timeout'));
  if (count > 1 && allPods) {
    const pods = await podsOf(session, object, prefix);
    return pods.flatMap((one) => containersOf(session, one, container, true));
  }
  if (count > 1) session.printError(`Found ${count} pods, using pod/${textAt(pod, 'metadata', 'name')}\n`);
  return containersOf(session, pod, container, allPods);
}

const CONTAINER_FIELDS = ['initContainers', 'containers', 'ephemeralContainers'];

function containerNames(pod: Json): string[] {
  return CONTAINER_FIELDS.flatMap((field) => listAt(pod, 'spec', field).map((one) => textAt(one, 'name')));
}

function containersOf(session: Session, pod: JsonObject, wanted: string, quiet: boolean): LogSource[] {
  if (session.flags.bool('all-containers')) return containerNames(pod).map((container) => ({ pod, container }));
  const name = textAt(pod, 'metadata', 'name');
  const known = containerNames(pod);
  let container = wanted;
  if (container === '') {
    const preferred = textAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container');
    if (preferred !== '' && known.includes(preferred)) container = preferred;
    else if (preferred !== '') session.printError(`Default container name "${preferred}" not found in pod ${name}\n`);
  }
  if (container === '') {
    container = textAt(listAt(pod, 'spec', 'containers')[0], 'name');
    if (known.length > 1 && !quiet) {
      session.printError(`Defaulted container "${container}" out of: ${allContainerNames(pod)}\n`);
    }
  }
  if (!known.includes(container)) {
    throw new CliError(`container ${container} is not valid for pod ${name} out of: ${allContainerNames(pod)}`);
  }
  return [{ pod, container }];
}

async function followAll(session: Session, sources: LogSource[], query: Record<string, string>): Promise<void> {
  const limit = session.flags.number('max-log-requests');
  if (sources.length > limit) {
    throw new CliError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  }
  await Promise.all(sources.map((source) => printLog(session, source, query)));
}

async function printLog(session: Session, { pod, container }: LogSource, query: Record<string, string>): Promise<void> {
  const namespace = textAt(pod, 'metadata', 'namespace');
  const name = textAt(pod, 'metadata', 'name');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`;
  const write = prefixed(session, `[pod/${name}/${container}] `);
  try {
    const asked = { ...query, container };
    if (session.flags.bool('follow')) await follow(session, path, asked, write);
    else {
      const body = await session.rest.json('GET', path, { query: asked, headers: { accept: 'application/json, */*' } });
      if (typeof body === 'string') write(body);
    }
  } catch (thrown) {
    if (!session.flags.bool('ignore-errors') || !(thrown instanceof ServerError)) throw thrown;
    session.print(`error: ${asError(thrown).message}\n`);
  }
}

/** A container that has not started yet is asked again every second, for a while. */
async function follow(
  session: Session,
  path: string,
  query: Record<string, string>,
  write: (text: string) => void,
): Promise<void> {
  const deadline = session.deadline(session.flags.duration('pod-running-timeout'));
  for (;;) {
    try {
      return await session.rest.text(path, query, write);
    } catch (thrown) {
      if (!(thrown instanceof ServerError) || session.flags.bool('ignore-errors')) throw thrown;
      session.printError(`${thrown.message}\n`);
      if (deadline.hasPassed) throw new CliError('context deadline exceeded');
      await session.sleep(1000);
    }
  }
}

/** Writes whole lines with their source before them, where that is wanted. */
function prefixed(session: Session, prefix: string): (text: string) => void {
  const { flags } = session;
  if (!flags.bool('prefix') && !flags.bool('all-pods')) return (text) => session.print(text);
  let start = true;
  return (text) => {
    for (const line of text === '' ? [] : text.split(/(?<=\n)/)) {
      session.print(start ? prefix + line : line);
      start = line.endsWith('\n');
    }
  };
}
