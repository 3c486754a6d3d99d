import type { Branch } from '../../protocol/frame';

/** Px that a lane's curve out of its moment takes. */
export const CURVE_PX = 20;

/** A branch beside the main line, which is the rail itself and has row 0. */
export interface Lane {
  branch: Branch;
  row: number;
  /** The row that it leaves, and when. */
  leavesRow: number;
  leavesMs: number;
}

/** The branches that have lanes, by row, and those that have none since there are too many. */
export interface Lanes {
  lanes: Lane[];
  folded: Branch[];
}

/**
 * Gives lanes to the newest branches, at most `most`; the open one and those in `kept` always have one. What leaves a
 * line last lies nearest to it, so that no lane crosses another on its way down.
 */
export function lanesOf(branches: readonly Branch[], open: string, most: number, kept: readonly string[] = []): Lanes {
  const forks = branches.filter((branch) => branch.parent !== null);
  const needed = forks.filter(({ id }) => id === open || kept.includes(id));
  const rest = forks.filter((fork) => !needed.includes(fork));
  const room = Math.max(0, most - needed.length);
  const shown = new Set([...needed, ...rest.slice(rest.length - Math.min(room, rest.length))]);
  const left = new Map(forks.filter((fork) => shown.has(fork)).map((fork) => [fork, leaving(branches, shown, fork)]));
  const lanes: Lane[] = [];
  const place = (from: string | undefined, leavesRow: number): void => {
    const leavers = [...left].filter(([, one]) => one.from === from);
    for (const [branch, { leavesMs }] of leavers.sort((a, b) => b[1].leavesMs - a[1].leavesMs)) {
      const row = lanes.push({ branch, row: lanes.length + 1, leavesRow, leavesMs });
      place(branch.id, row);
    }
  };
  place(undefined, 0);
  return { lanes, folded: forks.filter((fork) => !shown.has(fork)) };
}

/** A lane leaves the nearest of its ancestors that is to be seen. */
function leaving(
  branches: readonly Branch[],
  shown: ReadonlySet<Branch>,
  branch: Branch,
): { from: string | undefined; leavesMs: number } {
  let leavesMs = branch.fromMs;
  for (const ancestor of lineOf(branches, branch.id).slice(1)) {
    if (shown.has(ancestor)) return { from: ancestor.id, leavesMs };
    if (ancestor.parent !== null) leavesMs = Math.min(leavesMs, ancestor.fromMs);
  }
  return { from: undefined, leavesMs };
}

/** The moment at which two branches part: up to it they are one history. */
export function partingMs(branches: readonly Branch[], left: string, right: string): number {
  const leftLine = lineOf(branches, left);
  const rightLine = lineOf(branches, right);
  const common = leftLine.find((one) => rightLine.includes(one));
  const leaving = [leftLine, rightLine].flatMap((line) => {
    const child = line[line.indexOf(common!) - 1];
    return child ? [child.fromMs] : [];
  });
  return Math.min(Infinity, ...leaving);
}

/** A branch and its ancestors, youngest first. */
function lineOf(branches: readonly Branch[], id: string): Branch[] {
  const line: Branch[] = [];
  for (let branch = branches.find((one) => one.id === id); branch;) {
    line.push(branch);
    const { parent } = branch;
    branch = parent === null || line.length > branches.length ? undefined : branches.find((one) => one.id === parent);
  }
  return line;
}
