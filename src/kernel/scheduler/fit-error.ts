import type { Verdict } from '../../api/scheduling';

/** What an Event's message may hold at most, in bytes. */
const EVENT_BYTES = 1024;
const ELLIPSIS = ' ...';

export const NO_NODES = 'no nodes available to schedule pods';

/** How many nodes give each reason. */
export function countReasons(verdicts: Iterable<Verdict | undefined>): Map<string, number> {
  const nodes = new Map<Verdict, number>();
  for (const verdict of verdicts) if (verdict) nodes.set(verdict, (nodes.get(verdict) ?? 0) + 1);
  const reasons = new Map<string, number>();
  for (const [verdict, count] of nodes) {
    for (const reason of verdict.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
  return reasons;
}

/** Models pkg/scheduler/framework FitError.Error: the entries are sorted as text, numbers included. */
export function fitErrorMessage(nodes: number, reasons: ReadonlyMap<string, number>, preFilterMessage = ''): string {
  const start = `0/${nodes} nodes are available`;
  if (preFilterMessage) return `${start}: ${preFilterMessage}.`;
  if (reasons.size === 0) return start;
  const entries = Array.from(reasons, ([reason, count]) => `${count} ${reason}`).sort(byText);
  return `${start}: ${entries.join(', ')}.`;
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Cuts a message for an Event. Models truncateMessage. */
export function cutForEvent(message: string): string {
  if (3 * message.length <= EVENT_BYTES) return message;
  const bytes = new TextEncoder().encode(message);
  if (bytes.length <= EVENT_BYTES) return message;
  return new TextDecoder().decode(bytes.subarray(0, EVENT_BYTES - ELLIPSIS.length)) + ELLIPSIS;
}
