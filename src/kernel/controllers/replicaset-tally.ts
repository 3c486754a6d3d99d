import type { Pod, ReplicaSet } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import { isPodActive, isPodReady, isPodTerminating } from './pods';

/** How many of a ReplicaSet's Pods are what. */
export interface Tally {
  active: number;
  /** Active and ready. */
  ready: number;
  /** Active, with every label of the template. */
  labeled: number;
  terminating: number;
  /** Owned, but no longer selected: to be let go. */
  strayed: number;
}

const ACTIVE = 1;
const READY = 2;
const LABELED = 4;
const TERMINATING = 8;
const STRAYED = 16;

export const emptyTally = (): Tally => ({ active: 0, ready: 0, labeled: 0, terminating: 0, strayed: 0 });

/** What one Pod is to its ReplicaSet, as bits; equal where nothing that counts has changed. */
export function roleOf(set: ReplicaSet, pod: Pod): number {
  if (!selectorMatches(set.spec.selector, pod.metadata.labels)) return STRAYED;
  if (isPodTerminating(pod)) return TERMINATING;
  if (!isPodActive(pod)) return 0;
  return ACTIVE | (isPodReady(pod) ? READY : 0) | (hasTemplateLabels(set, pod) ? LABELED : 0);
}

function hasTemplateLabels(set: ReplicaSet, pod: Pod): boolean {
  const wanted = set.spec.template?.metadata?.labels;
  for (const key in wanted) if (pod.metadata.labels?.[key] !== wanted[key]) return false;
  return true;
}

/** Counts a Pod in (`by` 1) or out (`by` -1). */
export function count(tally: Tally, role: number, by: 1 | -1): void {
  if (role & ACTIVE) tally.active += by;
  if (role & READY) tally.ready += by;
  if (role & LABELED) tally.labeled += by;
  if (role & TERMINATING) tally.terminating += by;
  if (role & STRAYED) tally.strayed += by;
}
