import type { Json } from '../../../api/objects';
import { parseTime } from '../../../api/time';
import type { Usage } from '../../cluster/metrics';
import { METRICS_PATH, addUsage, sortByUsage, requireMetrics, usageCells, usageOf } from '../../cluster/metrics';
import type { Command } from '../../command';
import { CliError, usageError } from '../../errors';
import { bool, text } from '../../flags/flags';
import { ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, SELECTOR_FLAG } from '../../flags/standard';
import { goDuration } from '../../format/go-text';
import { listAt, objectAt, textAt } from '../../format/json';
import { tableWriter } from '../../printers/tab-writer';
import type { Session } from '../../session';

export const topPodCommand: Command = {
  name: 'pod',
  completes: 'pods',
  usage: 'pod [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of pods',
  examples: `  # What each container of the trainers uses
  kubectl top pod -l job-name=train-sgd --containers`,
  aliases: ['pods', 'po'],
  flags: [
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    text('sort-by', 'cpu or memory.', { values: ['cpu', 'memory'] }),
    bool('containers', 'Show the containers of each Pod.'),
    ALL_NAMESPACES_FLAG,
    bool('no-headers', 'Leave the headers out.'),
    bool('use-protocol-buffers', 'Ask in protocol buffers.', { default: 'true' }),
    bool('sum', 'Print the sum as well.'),
    bool('show-swap', 'Show swap.'),
  ],
  run: topPod,
};

/** So long a Pod may be without metrics. */
const DELAY_MS = 2 * 60 * 1000;
const NONE: Usage = { cpu: 0, memory: 0, swap: 0 };

async function topPod(session: Session): Promise<void> {
  const { flags, args, rest } = session;
  if (args.length > 1) throw usageError(session.commandPath, topPodCommand.usage);
  const [name = ''] = args;
  if (name !== '' && (flags.text('selector') !== '' || flags.text('field-selector') !== '')) {
    throw new CliError('only one of NAME or selector can be provided');
  }
  await requireMetrics(session);
  const query: Record<string, string> = {};
  if (flags.text('selector')) query['labelSelector'] = flags.text('selector');
  if (flags.text('field-selector')) query['fieldSelector'] = flags.text('field-selector');
  const everywhere = flags.bool('all-namespaces');
  const place = everywhere ? '' : `/namespaces/${encodeURIComponent(session.namespace)}`;
  const read = async (root: string): Promise<Json[]> => {
    if (name !== '') return [await rest.json('GET', `${root}${place}/pods/${encodeURIComponent(name)}`)];
    return listAt(await rest.json('GET', `${root}${place}/pods`, { query }), 'items');
  };
  const metrics = await read(METRICS_PATH);
  if (metrics.length === 0) {
    explainAbsence(session, await read('/api/v1'));
    session.printError(everywhere ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`);
    return;
  }
  printPods(session, metrics);
}

/** Throws unless there are no Pods either. */
function explainAbsence(session: Session, pods: readonly Json[]): void {
  for (const pod of pods) {
    const age = session.io.nowMs() - parseTime(textAt(pod, 'metadata', 'creationTimestamp'));
    if (age <= DELAY_MS) continue;
    const name = `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;
    throw new CliError(`Metrics not available for pod ${name}, age: ${goDuration(age)}`);
  }
  if (pods.length > 0) throw new CliError('metrics not available yet');
}

function printPods(session: Session, metrics: readonly Json[]): void {
  const { flags } = session;
  const swap = flags.bool('show-swap');
  const everywhere = flags.bool('all-namespaces');
  const byContainer = flags.bool('containers');
  const writer = tableWriter((output) => session.print(output));
  const line = (cells: string[]): void => writer.write(`${cells.map((cell) => `${cell}\t`).join('')}\n`);
  const lead = [...(everywhere ? ['NAMESPACE'] : []), ...(byContainer ? ['POD'] : [])];
  const columns = ['NAME', 'CPU(cores)', 'MEMORY(bytes)', ...(swap ? ['SWAP(bytes)'] : [])];
  if (!flags.bool('no-headers')) line([...lead, ...columns]);
  let total = NONE;
  for (const { namespace, name, usage, containers } of sorted(metrics, flags.text('sort-by'))) {
    total = addUsage(total, usage);
    const start = everywhere ? [namespace] : [];
    if (!byContainer) line([...start, name, ...usageCells(usage, swap)]);
    for (const one of byContainer ? containers : []) line([...start, name, one.name, ...usageCells(one.usage, swap)]);
  }
  if (flags.bool('sum')) {
    const width = (flags.bool('no-headers') ? 0 : lead.length) + columns.length;
    line([...Array<string>(Math.max(0, width - 2)).fill(''), '________', '________']);
    line([...Array<string>(Math.max(0, width - 3)).fill(''), '', ...usageCells(total, swap)]);
  }
  writer.flush();
}

interface PodUsage {
  namespace: string;
  name: string;
  usage: Usage;
  containers: { name: string; usage: Usage }[];
}

function sorted(metrics: readonly Json[], sortBy: string): PodUsage[] {
  const rows = metrics.map((one): PodUsage => {
    const unsorted = listAt(one, 'containers').map((container) => ({
      name: textAt(container, 'name'),
      usage: usageOf(objectAt(container, 'usage')),
    }));
    const containers = sortByUsage(unsorted, sortBy);
    const usage = containers.reduce((sum, container) => addUsage(sum, container.usage), NONE);
    return {
      namespace: textAt(one, 'metadata', 'namespace'),
      name: textAt(one, 'metadata', 'name'),
      usage,
      containers,
    };
  });
  return sortByUsage(rows, sortBy);
}
