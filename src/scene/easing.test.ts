import { describe, expect, it } from 'vitest';
import { EASE, span } from './easing';

describe('easing', () => {
  it.each(Object.entries(EASE))('%s goes from 0 to 1', (_, ease) => {
    expect([ease(-1), ease(0), ease(1), ease(2)]).toEqual([0, 0, 1, 1]);
  });

  it('has CSS cubic-bezier as its model', () => {
    const bezier = (a: number, b: number, t: number): number =>
      3 * a * t * (1 - t) ** 2 + 3 * b * t * t * (1 - t) + t ** 3;
    for (const t of [0.1, 0.3, 0.5, 0.8]) {
      expect(EASE.travel(bezier(0.45, 0.15, t))).toBeCloseTo(bezier(0, 1, t), 6);
      expect(EASE.out(bezier(0.2, 0.2, t))).toBeCloseTo(bezier(0.8, 1, t), 6);
    }
  });

  it('overshoots nowhere but in landing, and there by six per cent or so', () => {
    const most = (ease: (p: number) => number): number =>
      Math.max(...Array.from({ length: 101 }, (_, index) => ease(index / 100)));
    expect(most(EASE.out)).toBe(1);
    expect(most(EASE.travel)).toBe(1);
    expect(most(EASE.land)).toBeGreaterThan(1.03);
    expect(most(EASE.land)).toBeLessThan(1.08);
  });

  it('counts an empty span as over once it is reached', () => {
    expect([span(4, 5, 5), span(5, 5, 5), span(7, 4, 10)]).toEqual([0, 1, 0.5]);
  });
});
