const CONTEXT = 3;

type Line = { mark: ' ' | '-' | '+'; text: string };

/** The hunks that make one text the other, as `diff -u` prints them; empty where they are the same. */
export function unifiedDiff(before: string, after: string): string {
  const lines = editScript(split(before), split(after));
  const changed = lines.flatMap((line, index) => (line.mark === ' ' ? [] : [index]));
  let out = '';
  for (let next = 0; next < changed.length;) {
    let last = next;
    while (last + 1 < changed.length && (changed[last + 1] ?? 0) - (changed[last] ?? 0) <= 2 * CONTEXT) last++;
    out += hunk(
      lines,
      Math.max(0, (changed[next] ?? 0) - CONTEXT),
      Math.min(lines.length, (changed[last] ?? 0) + CONTEXT + 1),
    );
    next = last + 1;
  }
  return out;
}

const split = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function hunk(lines: readonly Line[], from: number, to: number): string {
  const count = (part: readonly Line[], mark: '-' | '+'): number =>
    part.filter((line) => line.mark === ' ' || line.mark === mark).length;
  const head = lines.slice(0, from);
  const body = lines.slice(from, to);
  const range = (mark: '-' | '+'): string => {
    const length = count(body, mark);
    const start = count(head, mark) + (length === 0 ? 0 : 1);
    return length === 1 ? String(start) : `${start},${length}`;
  };
  return `@@ -${range('-')} +${range('+')} @@\n${body.map(({ mark, text }) => `${mark}${text}\n`).join('')}`;
}

/** The shortest way from one list of lines to the other, removals before additions. Models Myers' algorithm. */
function editScript(before: readonly string[], after: readonly string[]): Line[] {
  const trace: Map<number, number>[] = [];
  let reach = new Map([[1, 0]]);
  for (let steps = 0; ; steps++) {
    trace.push(reach);
    const next = new Map<number, number>();
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      const down =
        diagonal === -steps ||
        (diagonal !== steps && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1));
      let x = down ? (reach.get(diagonal + 1) ?? 0) : (reach.get(diagonal - 1) ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return walkBack(trace, before, after);
    }
    reach = new Map([...reach, ...next]);
  }
}

function walkBack(trace: readonly Map<number, number>[], before: readonly string[], after: readonly string[]): Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const reach = trace[steps] ?? new Map<number, number>();
    const diagonal = x - y;
    const down =
      diagonal === -steps || (diagonal !== steps && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1));
    const previous = down ? diagonal + 1 : diagonal - 1;
    const fromX = reach.get(previous) ?? 0;
    const fromY = fromX - previous;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      lines.push({ mark: ' ', text: before[--x] ?? '' });
      y--;
    }
    if (steps === 0) break;
    if (down) lines.push({ mark: '+', text: after[--y] ?? '' });
    else lines.push({ mark: '-', text: before[--x] ?? '' });
  }
  return lines.reverse();
}
