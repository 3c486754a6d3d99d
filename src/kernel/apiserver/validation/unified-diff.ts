/** Models github.com/pmezard/go-difflib: the unified difference of two texts, with three lines of context and no header. */

type Block = readonly [a: number, b: number, size: number];
type Opcode = readonly [tag: 'equal' | 'replace' | 'delete' | 'insert', a1: number, a2: number, b1: number, b2: number];

const CONTEXT = 3;
/** In long texts, lines that make up more than a hundredth are no anchors. */
const POPULAR_FROM = 200;

export function unifiedDiff(before: string, after: string): string {
  const a = before.split('\n');
  const b = after.split('\n');
  let text = '';
  for (const group of groups(opcodes(a, b))) {
    const first = group[0]!;
    const last = group.at(-1)!;
    text += `@@ -${range(first[1], last[2])} +${range(first[3], last[4])} @@\n`;
    for (const [tag, a1, a2, b1, b2] of group) {
      if (tag === 'equal') for (const line of a.slice(a1, a2)) text += ` ${line}\n`;
      if (tag === 'replace' || tag === 'delete') for (const line of a.slice(a1, a2)) text += `-${line}\n`;
      if (tag === 'replace' || tag === 'insert') for (const line of b.slice(b1, b2)) text += `+${line}\n`;
    }
  }
  return text;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** Where each line of `b` stands, without the popular ones. */
function positions(b: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  b.forEach((line, index) => {
    const known = found.get(line);
    if (known) known.push(index);
    else found.set(line, [index]);
  });
  if (b.length < POPULAR_FROM) return found;
  const most = Math.floor(b.length / 100) + 1;
  for (const [line, indices] of found) if (indices.length > most) found.delete(line);
  return found;
}

/** The longest run of equal lines within both windows, the earliest of several. */
function longestMatch(
  a: readonly string[],
  b: readonly string[],
  at: Map<string, number[]>,
  window: readonly [number, number, number, number],
): Block {
  const [alo, ahi, blo, bhi] = window;
  let [bestA, bestB, size] = [alo, blo, 0];
  let lengths = new Map<number, number>();
  for (let i = alo; i < ahi; i++) {
    const next = new Map<number, number>();
    for (const j of at.get(a[i]!) ?? []) {
      if (j < blo) continue;
      if (j >= bhi) break;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > size) [bestA, bestB, size] = [i - length + 1, j - length + 1, length];
    }
    lengths = next;
  }
  while (bestA > alo && bestB > blo && a[bestA - 1] === b[bestB - 1])
    [bestA, bestB, size] = [bestA - 1, bestB - 1, size + 1];
  while (bestA + size < ahi && bestB + size < bhi && a[bestA + size] === b[bestB + size]) size += 1;
  return [bestA, bestB, size];
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const at = positions(b);
  const found: Block[] = [];
  const windows: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let window = windows.pop(); window; window = windows.pop()) {
    const [alo, ahi, blo, bhi] = window;
    const [i, j, size] = longestMatch(a, b, at, window);
    if (size === 0) continue;
    found.push([i, j, size]);
    if (alo < i && blo < j) windows.push([alo, i, blo, j]);
    if (i + size < ahi && j + size < bhi) windows.push([i + size, ahi, j + size, bhi]);
  }
  found.sort((left, right) => left[0] - right[0]);
  return [...found, [a.length, b.length, 0]];
}

function opcodes(a: readonly string[], b: readonly string[]): Opcode[] {
  const codes: Opcode[] = [];
  let [i, j] = [0, 0];
  for (const [ai, bj, size] of matchingBlocks(a, b)) {
    if (i < ai && j < bj) codes.push(['replace', i, ai, j, bj]);
    else if (i < ai) codes.push(['delete', i, ai, j, bj]);
    else if (j < bj) codes.push(['insert', i, ai, j, bj]);
    if (size > 0) codes.push(['equal', ai, ai + size, bj, bj + size]);
    [i, j] = [ai + size, bj + size];
  }
  return codes;
}

/** The changes with their context, those far apart in groups of their own. */
function groups(codes: Opcode[]): Opcode[][] {
  const trimmed = codes.map((code, index): Opcode => {
    const [tag, a1, a2, b1, b2] = code;
    if (tag !== 'equal') return code;
    if (index === 0) return [tag, Math.max(a1, a2 - CONTEXT), a2, Math.max(b1, b2 - CONTEXT), b2];
    if (index === codes.length - 1) return [tag, a1, Math.min(a2, a1 + CONTEXT), b1, Math.min(b2, b1 + CONTEXT)];
    return code;
  });
  const found: Opcode[][] = [];
  let group: Opcode[] = [];
  for (const [tag, a1, a2, b1, b2] of trimmed) {
    if (tag === 'equal' && a2 - a1 > 2 * CONTEXT) {
      group.push([tag, a1, Math.min(a2, a1 + CONTEXT), b1, Math.min(b2, b1 + CONTEXT)]);
      found.push(group);
      group = [[tag, Math.max(a1, a2 - CONTEXT), a2, Math.max(b1, b2 - CONTEXT), b2]];
    } else group.push([tag, a1, a2, b1, b2]);
  }
  found.push(group);
  return found.filter((one) => one.some(([tag]) => tag !== 'equal'));
}
