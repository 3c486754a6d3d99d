import type { Json } from '../../../api/objects';
import type { Usage } from '../../cluster/metrics';
import { METRICS_PATH, requireMetrics, usageCells, usageOf, sortByUsage } from '../../cluster/metrics';
import type { Command } from '../../command';
import { CliError, usageError } from '../../errors';
import { bool, text } from '../../flags/flags';
import { SELECTOR_FLAG } from '../../flags/standard';
import { listAt, objectAt, textAt } from '../../format/json';
import { tableWriter } from '../../printers/tab-writer';
import type { Session } from '../../session';

export const topNodeCommand: Command = {
  name: 'node',
  completes: 'nodes',
  usage: 'node [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of nodes',
  examples: `  # How busy the nodes are, the busiest first
  kubectl top node --sort-by=cpu`,
  aliases: ['nodes', 'no'],
  flags: [
    SELECTOR_FLAG,
    text('sort-by', 'cpu or memory.', { values: ['cpu', 'memory'] }),
    bool('no-headers', 'Leave the headers out.'),
    bool('use-protocol-buffers', 'Ask in protocol buffers.', { default: 'true' }),
    bool('show-capacity', 'Compare with the capacity instead of what is allocatable.'),
    bool('show-swap', 'Show swap.'),
  ],
  run: topNode,
};

async function topNode(session: Session): Promise<void> {
  const { flags, args, rest } = session;
  if (args.length > 1) throw usageError(session.commandPath, topNodeCommand.usage);
  const [name = ''] = args;
  const selector = flags.text('selector');
  if (name !== '' && selector !== '') throw new CliError('only one of NAME or --selector can be provided');
  await requireMetrics(session);
  const query = selector ? { labelSelector: selector } : {};
  const read = async (path: string): Promise<Json[]> => {
    if (name !== '') return [await rest.json('GET', `${path}/${encodeURIComponent(name)}`)];
    return listAt(await rest.json('GET', path, { query }), 'items');
  };
  const metrics = await read(`${METRICS_PATH}/nodes`);
  if (metrics.length === 0) throw new CliError('metrics not available yet');
  const nodes = new Map((await read('/api/v1/nodes')).map((node) => [textAt(node, 'metadata', 'name'), node]));
  printNodes(session, metrics, nodes);
}

function printNodes(session: Session, metrics: readonly Json[], nodes: Map<string, Json>): void {
  const { flags } = session;
  const swap = flags.bool('show-swap');
  const writer = tableWriter((output) => session.print(output));
  const line = (cells: string[]): void => writer.write(`${cells.map((cell) => `${cell}\t`).join('')}\n`);
  if (!flags.bool('no-headers')) {
    line(['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)', ...(swap ? ['SWAP(bytes)', 'SWAP(%)'] : [])]);
  }
  const rows = metrics.map((one) => ({
    name: textAt(one, 'metadata', 'name'),
    usage: usageOf(objectAt(one, 'usage')),
  }));
  for (const { name, usage } of sortByUsage(rows, flags.text('sort-by'))) {
    const node = nodes.get(name);
    nodes.delete(name);
    const whole =
      node === undefined
        ? undefined
        : usageOf(objectAt(node, 'status', flags.bool('show-capacity') ? 'capacity' : 'allocatable'));
    line([name, ...cellsOf(usage, whole, swap)]);
  }
  for (const name of nodes.keys()) line([name, ...Array<string>(swap ? 6 : 4).fill('<unknown>')]);
  writer.flush();
}

function cellsOf(usage: Usage, whole: Usage | undefined, swap: boolean): string[] {
  const [cpu = '', memory = ''] = usageCells(usage, false);
  const share = (field: 'cpu' | 'memory'): string[] => {
    if (!whole) return [];
    return [`${whole[field] === 0 ? 0 : Math.trunc((usage[field] / whole[field]) * 100)}%`];
  };
  return [cpu, ...share('cpu'), memory, ...share('memory'), ...(swap ? ['<unknown>', '<unknown>'] : [])];
}
