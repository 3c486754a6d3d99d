// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Rect } from '../../scene/geometry';
import { CLUSTERS } from '../share/clusters';
import { DRAWING, drawingOf, drawingWords } from './cluster-drawing';

const inside = (inner: Rect, outer: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const apart = (one: Rect, other: Rect): boolean =>
  one.x + one.width <= other.x ||
  other.x + other.width <= one.x ||
  one.y + one.height <= other.y ||
  other.y + other.height <= one.y;

describe.each(CLUSTERS)('the picture of $preset', (cluster) => {
  const drawing = drawingOf(cluster);
  const below = DRAWING.trunkY + DRAWING.trunkHeight;
  const floor = { x: 0, y: below, width: DRAWING.width, height: DRAWING.height - below };

  it('has all machines, on the floor and apart', () => {
    expect(drawing.nodes.map(({ name }) => name)).toEqual(cluster.rows.flat().map(({ name }) => name));
    for (const [index, card] of drawing.nodes.entries()) {
      expect(inside(card, floor)).toBe(true);
      for (const other of drawing.nodes.slice(index + 1)) expect(apart(card, other)).toBe(true);
    }
  });

  it('shows sockets and gates side by side in their card, as many as there are', () => {
    for (const [index, card] of drawing.nodes.entries()) {
      const machine = cluster.rows.flat()[index]!;
      const parts = [...card.sockets, ...card.gates.map(({ plate }) => plate)];
      expect(parts).toHaveLength((machine.devices?.[0] ?? 0) + (machine.taints?.length ?? 0));
      for (const [at, part] of parts.entries()) {
        expect(inside(part, card)).toBe(true);
        for (const other of parts.slice(at + 1)) expect(apart(part, other)).toBe(true);
      }
    }
  });

  it('has a line to every node, and a cell for every machine of a crowd', () => {
    for (const { x, portY } of drawing.nodes) {
      const riser = drawing.risers.find((one) => x > one.x && x - one.x < 12);
      expect(riser?.toY).toBeGreaterThanOrEqual(portY);
    }
    if (!drawing.crowd) return;
    expect(drawing.crowd.columns * drawing.crowd.rows).toBe(cluster.crowd);
    expect(inside(drawing.crowd, floor)).toBe(true);
  });

  it('is told in words', () => {
    const words = drawingWords(cluster);
    for (const { name } of cluster.rows.flat()) expect(words).toContain(name);
  });
});
