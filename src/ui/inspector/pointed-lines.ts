import type { JsonMap } from '../../api/json';
import type { SchedulingRecord } from '../../api/scheduling';
import type { PointedLine } from '../editor/problems';
import type { Place } from './manifest-places.svelte';
import { fieldsBehind, type Spellings } from './responsible-fields';

/** The lines on which an attempt's refusals rest, each with how many nodes it rules out. */
export function pointedLines(
  record: SchedulingRecord,
  pod: JsonMap,
  placeOf: (field: Spellings) => Place | undefined,
): PointedLine[] {
  const out = new Map<string, PointedLine & { nodes: number }>();
  const refusals = record.refusedBy ? [{ ...record.refusedBy, count: record.nodes }] : record.refusals;
  for (const { plugin, reasons, count } of refusals) {
    const fields = reasons.flatMap((reason) => fieldsBehind(pod, plugin, reason));
    const places = fields.map(placeOf).filter((place) => place?.held === true);
    const lines = new Map(places.map((place) => [`${place!.file}:${place!.line}`, place!]));
    for (const [key, { file, line }] of lines) {
      const nodes = (out.get(key)?.nodes ?? 0) + count;
      out.set(key, { file, line, nodes, words: wordsOf(nodes) });
    }
  }
  return Array.from(out.values(), ({ file, line, words }) => ({ file, line, words }));
}

function wordsOf(nodes: number): string {
  if (nodes === 0) return 'holds it back';
  return nodes === 1 ? '1 node out' : `${nodes} nodes out`;
}
