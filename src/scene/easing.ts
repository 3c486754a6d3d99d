/** Times and curves of motion, in milliseconds of story time at speed 1. The page's tokens carry the same numbers. */
export const DURATION = {
  tap: 90,
  quick: 160,
  land: 260,
  tape: 320,
  move: 420,
  scene: 700,
  tail: 150,
  burst: 160,
  glow: 400,
} as const;

/** Clamps to 0…1. */
export const share = (value: number): number => Math.max(0, Math.min(1, value));

/** How far `t` has come from `from` to `to`, 0…1. An empty span is over once it is reached. */
export function span(t: number, from: number, to: number): number {
  return to <= from ? (t >= to ? 1 : 0) : share((t - from) / (to - from));
}

export type Easing = (progress: number) => number;

const NEWTON_ROUNDS = 8;

/** The CSS function of the same name: y over x of a Bézier curve from (0,0) to (1,1). */
export function cubicBezier(x1: number, y1: number, x2: number, y2: number): Easing {
  const at = (a: number, b: number, t: number): number => ((1 + 3 * a - 3 * b) * t + 3 * b - 6 * a) * t * t + 3 * a * t;
  const slope = (a: number, b: number, t: number): number =>
    3 * (1 + 3 * a - 3 * b) * t * t + 2 * (3 * b - 6 * a) * t + 3 * a;
  return (progress) => {
    if (progress <= 0 || progress >= 1) return share(progress);
    let t = progress;
    for (let round = 0; round < NEWTON_ROUNDS; round++) {
      const steep = slope(x1, x2, t);
      if (Math.abs(steep) < 1e-6) break;
      t = share(t - (at(x1, x2, t) - progress) / steep);
    }
    return at(y1, y2, t);
  };
}

export const EASE = {
  out: cubicBezier(0.2, 0.8, 0.2, 1),
  in: cubicBezier(0.6, 0, 0.9, 0.3),
  travel: cubicBezier(0.45, 0, 0.15, 1),
  /** Six per cent of overshoot: a verdict lands, a gate lifts. */
  land: cubicBezier(0.25, 1.35, 0.45, 1),
} as const;
