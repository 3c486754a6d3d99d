export type Point = readonly [x: number, y: number];

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The length of a polyline. */
function pathLength(path: readonly Point[]): number {
  let length = 0;
  for (let index = 1; index < path.length; index++) length += distance(path[index - 1]!, path[index]!);
  return length;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/** The point at a share (0…1) of a polyline's length. */
export function pointAlong(path: readonly Point[], at: number): Point {
  let left = at * pathLength(path);
  for (let index = 1; index < path.length; index++) {
    const from = path[index - 1]!;
    const to = path[index]!;
    const length = distance(from, to);
    if (left <= length && length > 0) {
      const part = left / length;
      return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
    }
    left -= length;
  }
  return path.at(-1) ?? [0, 0];
}

/** The part of a polyline between two shares of its length; corners are kept. */
export function pathBetween(path: readonly Point[], from: number, to: number): Point[] {
  const whole = pathLength(path);
  const inner: Point[] = [];
  let length = 0;
  for (let index = 1; index < path.length - 1; index++) {
    length += distance(path[index - 1]!, path[index]!);
    if (length > from * whole && length < to * whole) inner.push(path[index]!);
  }
  return [pointAlong(path, from), ...inner, pointAlong(path, to)];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** SVG path data of a polyline with straight corners. */
export function straight(path: readonly Point[]): string {
  return path.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

/** SVG path data of a polyline whose corners are rounded, by half the shorter leg at most. */
export function rounded(path: readonly Point[], radius: number): string {
  let data = '';
  for (const [index, point] of path.entries()) {
    const before = path[index - 1];
    const after = path[index + 1];
    if (!before) data += `M${round(point[0])} ${round(point[1])}`;
    else if (!after) data += `L${round(point[0])} ${round(point[1])}`;
    else data += corner(before, point, after, radius);
  }
  return data;
}

function corner(before: Point, point: Point, after: Point, radius: number): string {
  const reach = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
  const start = toward(point, before, reach);
  const end = toward(point, after, reach);
  return `L${round(start[0])} ${round(start[1])}Q${round(point[0])} ${round(point[1])} ${round(end[0])} ${round(end[1])}`;
}

function toward(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to) || 1;
  return [from[0] + ((to[0] - from[0]) * length) / whole, from[1] + ((to[1] - from[1]) * length) / whole];
}

/** What is left of a ring that depletes clockwise: SVG path data of an arc from the top. `left` is 0…1. */
export function ringArc(x: number, y: number, radius: number, left: number): string {
  if (left <= 0) return '';
  if (left >= 0.9999) return `M${x} ${y - radius}A${radius} ${radius} 0 1 1 ${x - 0.01} ${y - radius}`;
  const angle = 2 * Math.PI * (1 - left);
  const start: Point = [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  return `M${round(start[0])} ${round(start[1])}A${radius} ${radius} 0 ${left > 0.5 ? 1 : 0} 1 ${round(x)} ${round(y - radius)}`;
}
