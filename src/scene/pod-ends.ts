import type { PodDetail } from '../protocol/frame';
import { keyShape, keysOf, type Key } from './keys';
import type { PodGlyph } from './picture';
import { probeDots } from './strain';
import { hasWish } from './wishes';

/** A key at a Pod's right end, and whether its time runs down. */
export interface EndKey extends Key {
  running: boolean;
}

/** What stands at a Pod's right end, from the right: keys, the arrow of what it requires, dots of a failing probe. */
export interface PodEnds {
  keys: EndKey[];
  arrow: boolean;
  dots: boolean[];
  /** Width of all of it, with the room before it, in px. */
  width: number;
}

export const ENDS = { key: 15, arrow: 17, dot: 8, inset: 8 } as const;
const KEYS_SHOWN = 4;
const NONE: PodEnds = { keys: [], arrow: false, dots: [], width: ENDS.inset };

/** `runningKey` is the taint key that a toleration runs down for; empty where none does. */
export function endsOf(pod: PodGlyph, runningKey: string, slot: boolean): PodEnds {
  if (slot) return NONE;
  const keys = keysShown(pod, runningKey);
  const arrow = hasWish(pod.detail);
  const dots = probeDots(pod);
  const width = keys.length * ENDS.key + (arrow ? ENDS.arrow : 0) + dots.length * ENDS.dot;
  return { keys, arrow, dots, width: ENDS.inset + width + (dots.length > 0 ? 4 : 0) };
}

function keysShown({ detail, ring }: { detail: PodDetail; ring: PodGlyph['ring'] }, runningKey: string): EndKey[] {
  const own = keysOf(detail).map((one) => ({ ...one, running: false }));
  if (ring?.what !== 'tolerationSeconds' || runningKey === '') return own.slice(0, KEYS_SHOWN);
  const running: EndKey = { key: runningKey, shape: keyShape(runningKey), master: false, running: true };
  return [running, ...own].slice(0, KEYS_SHOWN);
}
