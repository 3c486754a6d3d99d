import type { LineOrigin } from '../editor/provenance';

/** A line of YAML and where it comes from; without an origin nobody knows. */
export interface ShownLine {
  text: string;
  origin?: LineOrigin | undefined;
}

/** What kubectl keeps of the last Apply: a copy of all that stands beside it, in one long line. */
const LAST_APPLIED = /^(\s*)kubectl\.kubernetes\.io\/last-applied-configuration: [|>]/;

/** A text's lines with their origins; a line without one of its own belongs to the one above. */
export function shownLines(text: string, origins: ReadonlyMap<number, LineOrigin> | undefined): ShownLine[] {
  const lines: ShownLine[] = [];
  let folded = -1;
  let last: LineOrigin | undefined;
  text.split('\n').forEach((line, index) => {
    const indent = line.search(/\S/);
    if (folded >= 0 && (indent > folded || indent < 0)) return;
    const applied = LAST_APPLIED.exec(line);
    folded = applied ? applied[1]!.length : -1;
    const own = origins?.get(index + 1);
    last = own ?? (last && { is: last.is });
    lines.push({ text: applied ? line.replace(/[|>][-+]?$/, '…') : line, origin: origins && last });
  });
  return lines;
}
