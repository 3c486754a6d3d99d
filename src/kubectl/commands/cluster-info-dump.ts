import type { Json } from '../../api/objects';
import type { Command } from '../command';
import { CliError, asError } from '../errors';
import { bool, duration, slice, text } from '../flags/flags';
import { isObject, listAt, textAt } from '../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';

export const clusterInfoDumpCommand: Command = {
  name: 'dump',
  usage: 'dump [flags]',
  short: 'Dump relevant information for debugging and diagnosis',
  long: 'Prints the nodes, and the workloads, events and logs of the present namespace and kube-system.',
  examples: `  # All that helps to find a fault, of one namespace
  kubectl cluster-info dump --namespaces=training`,
  flags: [
    ...PRINT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'json' } : flag)),
    text('output-directory', 'Only - works: there are no folders to write to.'),
    slice('namespaces', 'The namespaces to dump.'),
    bool('all-namespaces', 'Dump all namespaces.', { short: 'A' }),
    duration('pod-running-timeout', 'How long to wait for a Pod.', { default: '20s' }),
  ],
  run: dump,
};

const LISTS: readonly string[] = [
  '/api/v1/namespaces/*/events',
  '/api/v1/namespaces/*/replicationcontrollers',
  '/api/v1/namespaces/*/services',
  '/apis/apps/v1/namespaces/*/daemonsets',
  '/apis/apps/v1/namespaces/*/deployments',
  '/apis/apps/v1/namespaces/*/replicasets',
];

async function dump(session: Session): Promise<void> {
  const { flags, rest } = session;
  const folder = flags.text('output-directory');
  if (folder !== '' && folder !== '-') throw new CliError(`mkdir ${folder}: read-only file system`);
  const printer = structPrinterFor(flags, session.io, '');
  const show = async (path: string): Promise<Json> => {
    const list = await rest.json('GET', path);
    if (isObject(list)) printer.print(list, session.out);
    return list;
  };
  await show('/api/v1/nodes');
  for (const namespace of await namespacesOf(session)) {
    for (const path of LISTS) await show(path.replace('*', encodeURIComponent(namespace)));
    const pods = await show(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`);
    for (const pod of listAt(pods, 'items')) await printLogs(session, pod);
  }
}

async function namespacesOf(session: Session): Promise<string[]> {
  const { flags, rest } = session;
  if (flags.bool('all-namespaces')) {
    return listAt(await rest.json('GET', '/api/v1/namespaces'), 'items').map((one) => textAt(one, 'metadata', 'name'));
  }
  return flags.changed('namespaces') ? flags.list('namespaces') : ['kube-system', session.namespace];
}

async function printLogs(session: Session, pod: Json): Promise<void> {
  const namespace = textAt(pod, 'metadata', 'namespace');
  const name = textAt(pod, 'metadata', 'name');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`;
  for (const container of [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')]) {
    const containerName = textAt(container, 'name');
    const about = `logs for container ${containerName} of pod ${namespace}/${name} ====\n`;
    session.print(`==== START ${about}`);
    try {
      const log = await session.rest.json('GET', path, { query: { container: containerName } });
      session.print(typeof log === 'string' ? log : '');
    } catch (thrown) {
      session.print(`Request log error: ${asError(thrown).message}\n`);
    }
    session.print(`==== END ${about}`);
  }
}
