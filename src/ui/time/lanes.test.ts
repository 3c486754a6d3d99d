import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Branch } from '../../protocol/frame';
import { lanesOf, partingMs } from './lanes';

const branch = (id: string, parent: string | null, fromMs: number): Branch => ({
  id,
  name: id,
  parent,
  fromMs,
  endMs: 0,
  inputs: 0,
});

describe('partingMs', () => {
  const branches = [branch('main', null, 0), branch('a', 'main', 50), branch('b', 'a', 80), branch('c', 'main', 20)];

  it.each<[string, string, number]>([
    ['main', 'a', 50],
    ['a', 'main', 50],
    ['b', 'main', 50],
    ['b', 'a', 80],
    ['b', 'c', 20],
  ])('%s and %s part at %d', (left, right, atMs) => {
    expect(partingMs(branches, left, right)).toBe(atMs);
  });
});

describe('lanes', () => {
  const branches = [
    branch('main', null, 0),
    branch('a', 'main', 50),
    branch('b', 'a', 80),
    branch('c', 'main', 20),
    branch('d', 'b', 90),
    branch('e', 'main', 10),
    branch('f', 'main', 15),
  ];
  const rows = (open: string, most: number, kept: string[] = []): Record<string, number> =>
    Object.fromEntries(lanesOf(branches, open, most, kept).lanes.map(({ branch: { id }, row }) => [id, row]));

  it('are the newest; the open one and those compared always have one', () => {
    expect(Object.keys(rows('main', 4)).sort()).toEqual(['c', 'd', 'e', 'f']);
    expect(Object.keys(rows('a', 4)).sort()).toEqual(['a', 'd', 'e', 'f']);
    expect(Object.keys(rows('a', 2, ['b'])).sort()).toEqual(['a', 'b']);
    expect(lanesOf(branches, 'main', 4).folded.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(lanesOf(branches, 'main', 8).folded).toEqual([]);
    expect(lanesOf(branches.slice(0, 1), 'main', 4).lanes).toEqual([]);
  });

  it('leave the line that they left, or the nearest of its ancestors that is to be seen', () => {
    const leaves = (most: number): [string, number, number, number][] =>
      lanesOf(branches, 'main', most).lanes.map((lane) => [lane.branch.id, lane.row, lane.leavesRow, lane.leavesMs]);
    expect(leaves(8)).toEqual([
      ['a', 1, 0, 50],
      ['b', 2, 1, 80],
      ['d', 3, 2, 90],
      ['c', 4, 0, 20],
      ['f', 5, 0, 15],
      ['e', 6, 0, 10],
    ]);
    expect(leaves(4)[0]).toEqual(['d', 1, 0, 50]);
  });

  it('cross no other lane on their way down', () => {
    const forks = fc.array(fc.record({ parent: fc.nat(), fromMs: fc.integer({ min: 0, max: 100 }) }), { maxLength: 9 });
    fc.assert(
      fc.property(forks, (made) => {
        const all = [branch('0', null, 0)];
        for (const [index, { parent, fromMs }] of made.entries()) {
          const from = all[parent % all.length]!;
          all.push(branch(String(index + 1), from.id, Math.max(from.fromMs, fromMs)));
        }
        const { lanes } = lanesOf(all, '0', 20);
        for (const lane of lanes) {
          const passed = lanes.filter(({ row }) => row > lane.leavesRow && row < lane.row);
          expect(passed.every(({ leavesMs }) => leavesMs >= lane.leavesMs)).toBe(true);
        }
        expect(lanes.map(({ row }) => row)).toEqual(lanes.map((_, index) => index + 1));
      }),
      { seed: 8 },
    );
  });
});
