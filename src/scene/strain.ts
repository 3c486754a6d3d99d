import type { PodStrain } from '../protocol/frame';
import { DURATION, EASE, span } from './easing';
import type { PodGlyph } from './picture';

/** At most so many dots stand for a probe's failures, however many it may have. */
const DOTS = 3;
/** A cap that drains, and one that fills again. */
const DRAIN_MS = DURATION.move;
const REFILL_MS = DURATION.scene;

/** Whether two strains say the same. */
export function sameStrain(a: PodStrain | undefined, b: PodStrain | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.restartedMs === b.restartedMs &&
    a.initsDone === b.initsDone &&
    a.probe?.failures === b.probe?.failures &&
    a.probe?.limit === b.probe?.limit &&
    a.probe?.type === b.probe?.type &&
    a.pull?.image === b.pull?.image &&
    a.pull?.doneMb === b.pull?.doneMb
  );
}

/** The dots of a failing probe, true where hollow: all are when it has failed as often as it may. */
export function probeDots({ strain }: Pick<PodGlyph, 'strain'>): boolean[] {
  if (!strain?.probe) return [];
  const { failures, limit } = strain.probe;
  const count = Math.min(DOTS, limit);
  const hollow = failures >= limit ? count : Math.min(count - 1, Math.ceil((failures / limit) * count));
  return Array.from({ length: count }, (_, index) => index >= count - Math.max(hollow, count === 1 ? 0 : 1));
}

/** How much of a cap is there, 0…1, around a restart: it drains, then fills again. */
export function capLeft({ strain }: Pick<PodGlyph, 'strain'>, atMs: number): number {
  if (strain?.restartedMs === undefined) return 1;
  const drained = EASE.out(span(atMs, strain.restartedMs, strain.restartedMs + DRAIN_MS));
  const filled = EASE.out(span(atMs, strain.restartedMs + DRAIN_MS, strain.restartedMs + DRAIN_MS + REFILL_MS));
  return atMs < strain.restartedMs ? 1 : Math.max(1 - drained, filled);
}

/** A Pod's containers, for those who look closely. Init containers are hollow until they have done their work. */
export interface Tick {
  init: boolean;
  /** Ready, or done. */
  on: boolean;
}

const TICKS = 5;

/** One tick a container: first the init containers, then the others; at most five of these. */
export function ticksOf(pod: PodGlyph): Tick[] {
  const inits = pod.detail.initContainerNames.length;
  const started = pod.phase !== 'Pending' && pod.phase !== 'Creating';
  const done = pod.strain?.initsDone ?? (started ? inits : 0);
  return [
    ...Array.from({ length: Math.min(TICKS, inits) }, (_, index) => ({ init: true, on: index < done })),
    ...Array.from({ length: Math.min(TICKS, pod.containers) }, (_, index) => ({ init: false, on: index < pod.ready })),
  ];
}

/** What goes on in a Pod, in words, as the second half of its sentence; empty when nothing does. */
export function strainWords({ strain }: Pick<PodGlyph, 'strain'>): string {
  if (!strain) return '';
  const { probe, pull, initsDone } = strain;
  const parts = [
    ...(pull ? [`${pull.doneMb} of ${pull.totalMb} MB of ${pull.image} pulled`] : []),
    ...(initsDone === undefined ? [] : [`init containers done: ${initsDone}`]),
    ...(probe ? [`its ${probe.type} probe has failed ${timesOf(probe)}`] : []),
  ];
  return parts.join('; ');
}

function timesOf({ failures, limit }: { failures: number; limit: number }): string {
  if (failures >= limit) return limit === 1 ? 'once' : `${limit} times in a row`;
  return `${failures} of ${limit} times`;
}
