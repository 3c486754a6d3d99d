import type { Json } from '../../api/objects';
import { milliValue, wholeValue } from '../../api/quantity';
import { parseLabelSelector, SelectorError } from '../../api/label-selector';
import { CliError } from '../errors';
import { at, compareBytes, textAt } from '../format/json';
import { goSort } from '../printers/sort';
import type { Session } from '../session';

export const METRICS_PATH = '/apis/metrics.k8s.io/v1beta1';

/** What is measured, in the order of the columns. */
export interface Usage {
  cpu: number;
  memory: number;
  swap: number;
}

/** Throws unless the cluster serves metrics, or where flags make no sense. */
export async function requireMetrics(session: Session): Promise<void> {
  const { flags } = session;
  const sortBy = flags.text('sort-by');
  if (sortBy !== '' && sortBy !== 'cpu' && sortBy !== 'memory')
    throw new CliError('--sort-by accepts only cpu or memory');
  try {
    parseLabelSelector(flags.text('selector'));
  } catch (thrown) {
    throw thrown instanceof SelectorError ? new CliError(thrown.message) : thrown;
  }
  const { groupVersions } = await session.discovery.discovered(true);
  if (!groupVersions.some((version) => /^metrics\.k8s\.io\/v1(beta1|alpha1)?$/.test(version))) {
    throw new CliError('Metrics API not available');
  }
}

/** Milli-CPU and bytes. */
export function usageOf(usage: Json | undefined): Usage {
  const text = (name: string): string => textAt(usage, name) || String(at(usage, name) ?? '0');
  return { cpu: milliValue(text('cpu')), memory: wholeValue(text('memory')), swap: wholeValue(text('swap')) };
}

export function addUsage(left: Usage, right: Usage): Usage {
  return { cpu: left.cpu + right.cpu, memory: left.memory + right.memory, swap: left.swap + right.swap };
}

/** `25m` and `12Mi`, and swap if it is shown. */
export function usageCells(usage: Usage, swap: boolean): string[] {
  const mebibytes = (bytes: number): string => `${Math.trunc(bytes / 1048576)}Mi`;
  return [`${usage.cpu}m`, mebibytes(usage.memory), ...(swap ? [mebibytes(usage.swap)] : [])];
}

/** The greatest first where `--sort-by` says by what, otherwise by name. */
export function sortByUsage<T extends { usage: Usage; name: string; namespace?: string }>(
  rows: T[],
  sortBy: string,
): T[] {
  goSort(rows, (left, right) => {
    if (sortBy === 'cpu' || sortBy === 'memory') return right.usage[sortBy] < left.usage[sortBy];
    const order = compareBytes(left.namespace ?? '', right.namespace ?? '') || compareBytes(left.name, right.name);
    return order < 0;
  });
  return rows;
}
