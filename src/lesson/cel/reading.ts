import type { CelValue } from '../../api/cel/values';
import type { ObjectView, ViewName } from '../views/names';

/** What expressions of a lesson are read against: the cluster at a moment, and what has been. */
export interface Reading {
  /** Virtual milliseconds since the cluster's start. */
  readonly nowMs: number;
  /** The cluster's start on its own calendar, in ms since the Unix epoch. */
  readonly epochMs: number;
  view(name: ViewName): readonly CelValue[];
  /** Objects that are gone: their last state, with `gone: {at, by}`. */
  gone(name: ObjectView): readonly CelValue[];
  /** A view as it was when the page was opened. */
  before(name: ViewName): readonly CelValue[];
  fact(id: string): FactHistory;
}

/** How a fact has been. */
export interface FactHistory {
  readonly holds: boolean;
  /** When it last became so; undefined where it never was. */
  readonly sinceMs: number | undefined;
  /** How often it became so. */
  readonly count: number;
}
