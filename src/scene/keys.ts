import { hashText } from '../base/random';
import type { NodeDetail, PodDetail } from '../protocol/frame';

/** A taint is a lock with one of these shapes; a toleration is the same shape on the Pod. */
const KEY_SHAPES = ['triangle', 'circle', 'diamond', 'square', 'hexagon', 'half disc'] as const;
export type KeyShape = (typeof KEY_SHAPES)[number];

/** Chosen so that the keys that meet on one node (devices, dedicated, unreachable, unschedulable) differ in shape. */
const SHAPE_SEED = 57_056;

/** The shape of a taint key: always the same for the same key. */
export function keyShape(key: string): KeyShape {
  let hash = hashText(key, SHAPE_SEED);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85eb_ca6b) >>> 0;
  hash ^= hash >>> 13;
  return KEY_SHAPES[(hash >>> 0) % KEY_SHAPES.length]!;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** SVG path data of a key shape around (x, y), `size` from the middle to a corner. */
export function keyPath(shape: KeyShape, x: number, y: number, size: number): string {
  const polygon = (points: readonly (readonly [number, number])[]): string =>
    `M${points.map(([dx, dy]) => `${round(x + dx * size)} ${round(y + dy * size)}`).join('L')}z`;
  switch (shape) {
    case 'triangle':
      return polygon([
        [0, -1],
        [1, 0.85],
        [-1, 0.85],
      ]);
    case 'diamond':
      return polygon([
        [0, -1.1],
        [1.1, 0],
        [0, 1.1],
        [-1.1, 0],
      ]);
    case 'square':
      return polygon([
        [-0.85, -0.85],
        [0.85, -0.85],
        [0.85, 0.85],
        [-0.85, 0.85],
      ]);
    case 'hexagon':
      return polygon([
        [0.55, -0.95],
        [1.1, 0],
        [0.55, 0.95],
        [-0.55, 0.95],
        [-1.1, 0],
        [-0.55, -0.95],
      ]);
    case 'half disc':
      return `M${round(x - size)} ${round(y + size * 0.5)}A${size} ${size} 0 0 1 ${round(x + size)} ${round(y + size * 0.5)}z`;
    case 'circle': {
      const radius = round(size * 0.95);
      return `M${round(x - radius)} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
    }
  }
}

/** The master key, around (x, y): a ring with all six shapes on it, since it opens every gate. */
export function masterKeyPath(x: number, y: number): string {
  const ring = `M${round(x - 2.4)} ${y}a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0 -4.8 0z`;
  const shapes = KEY_SHAPES.map((shape, index) => {
    const angle = (2 * Math.PI * index) / KEY_SHAPES.length - Math.PI / 2;
    return keyPath(shape, round(x + 5.4 * Math.cos(angle)), round(y + 5.4 * Math.sin(angle)), 1.5);
  });
  return ring + shapes.join('');
}

export type Taint = NodeDetail['taints'][number];
export type Toleration = PodDetail['tolerations'][number];

/** Whether a toleration opens a taint's gate. Models k8s.io/api/core/v1 Toleration.ToleratesTaint. */
export function opens(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return toleration.key !== '' && toleration.value === taint.value;
}

/** Whether any of the Pod's tolerations opens the gate. */
export function hasKeyFor(pod: Pick<PodDetail, 'tolerations'>, taint: Taint): boolean {
  return pod.tolerations.some((toleration) => opens(toleration, taint));
}

/** A key as it is drawn at a Pod's right end. `master` is `operator: Exists` without a key: it opens every gate. */
export interface Key {
  shape: KeyShape;
  master: boolean;
  key: string;
  seconds?: number;
}

/** Put on every Pod by the API server; drawn only while they run down. */
const USUAL = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']);

/** The keys a Pod shows: one a taint key, without the two that every Pod has. */
export function keysOf(pod: Pick<PodDetail, 'tolerations'>): Key[] {
  const keys: Key[] = [];
  for (const { key, operator, effect, seconds } of pod.tolerations) {
    if (USUAL.has(key) && effect === 'NoExecute' && seconds !== undefined) continue;
    const master = key === '' && operator === 'Exists';
    if (keys.some((known) => known.key === key)) continue;
    keys.push({ shape: keyShape(key), master, key, ...(seconds === undefined ? {} : { seconds }) });
  }
  return keys;
}

const SYSTEM_PREFIX = 'node.kubernetes.io/';
/** Values that say no more than the key does. */
const EMPTY_VALUES = new Set(['', 'true', 'present']);

/** The taint on its plate, longest first: with its value, without, and the last part of the key alone. */
export function plateTexts(taint: Taint): string[] {
  const key = taint.key.startsWith(SYSTEM_PREFIX) ? taint.key.slice(SYSTEM_PREFIX.length) : taint.key;
  const short = key.slice(key.lastIndexOf('/') + 1);
  const whole = EMPTY_VALUES.has(taint.value) ? key : `${key}=${taint.value}`;
  return [...new Set([whole, key, short])];
}

const STRENGTH = ['PreferNoSchedule', 'NoSchedule', 'NoExecute'];

/** The gates of a node: one a key and value, with its strongest effect; those that put Pods out come first. */
export function gatesOf(taints: readonly Taint[]): Taint[] {
  const strength = (taint: Taint): number => STRENGTH.indexOf(taint.effect);
  const gates = new Map<string, Taint>();
  for (const taint of taints) {
    const known = gates.get(`${taint.key}=${taint.value}`);
    if (!known || strength(known) < strength(taint)) gates.set(`${taint.key}=${taint.value}`, taint);
  }
  return [...gates.values()].sort((a, b) => Number(b.effect === 'NoExecute') - Number(a.effect === 'NoExecute'));
}

/** The taint as kubectl writes it: `nvidia.com/gpu=present:NoSchedule`. */
export function taintText(taint: Taint): string {
  return `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`;
}
