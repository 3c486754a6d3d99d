import type { NodeScore, Refusal, SchedulingRecord } from '../../api/scheduling';

/** What one filter said of one node. Filters after the first that refuses are not asked. */
export type FilterVerdict = { kind: 'yes' } | { kind: 'no'; words: string } | { kind: 'unasked' };

/** One node's way through an attempt. */
export interface AttemptRow {
  node: string;
  /** In the order of the record's filters. */
  verdicts: readonly FilterVerdict[];
  /** The words for a node that no filter looked at; empty for others. */
  leftOut: string;
  score?: NodeScore;
}

const byName = (left: AttemptRow, right: AttemptRow): number =>
  left.node.localeCompare(right.node, 'en', { numeric: true });

/** The nodes that a record names: those that fit, best first, then those that refuse. */
export function attemptRows(record: SchedulingRecord): AttemptRow[] {
  const { filters, scores, refusals, node } = record;
  const all: readonly FilterVerdict[] = filters.map(() => ({ kind: 'yes' }));
  const scored = scores.map((score): AttemptRow => ({ node: score.node, verdicts: all, leftOut: '', score }));
  const only: AttemptRow[] = scored.length === 0 && node ? [{ node, verdicts: all, leftOut: '' }] : [];
  const refused = refusals.flatMap((refusal) => refusal.nodes.map((name) => refusedRow(name, refusal, filters)));
  return [...scored, ...only, ...refused.sort(byName)];
}

function refusedRow(node: string, { plugin, reasons }: Refusal, filters: readonly string[]): AttemptRow {
  const words = reasons.join(', ');
  const at = filters.indexOf(plugin);
  if (at < 0) return { node, verdicts: [], leftOut: words };
  const verdicts = filters.map((_, index): FilterVerdict => {
    if (index < at) return { kind: 'yes' };
    return index === at ? { kind: 'no', words } : { kind: 'unasked' };
  });
  return { node, verdicts, leftOut: '' };
}

/** A plugin's name as a column bears it: what all of a family have in common is left out. */
export function columnTitle(plugin: string): string {
  return plugin.replace(/^NodeResources(?=BalancedAllocation)/, '');
}

/** What made the difference between the chosen node and the next best; empty where nothing was compared. */
export function whyItWon({ node, scores, scorers }: SchedulingRecord): string {
  const winner = scores.find((score) => score.node === node);
  const next = scores.find((score) => score.node !== node);
  if (!winner || !next) return '';
  const ahead = winner.total - next.total;
  if (ahead === 0) return `${winner.node} and ${next.node} score the same; chance decides.`;
  const leads = scorers.map((plugin, at) => ({ plugin, points: winner.scores[at]! - next.scores[at]! }));
  const most = leads.reduce((best, lead) => (lead.points > best.points ? lead : best));
  const least = leads.reduce((worst, lead) => (lead.points < worst.points ? lead : worst));
  const won = `${winner.node} is ${ahead} ahead: ${columnTitle(most.plugin)} gives it ${most.points} more than ${next.node}.`;
  return least.points < 0 ? `${won} ${columnTitle(least.plugin)} gives ${next.node} ${-least.points} more.` : won;
}
