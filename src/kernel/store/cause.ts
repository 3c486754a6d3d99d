import { Alike } from '../../base/alike';
import type { StoreEvent } from './event';

/** Why something is written: who writes, and what it had seen when it decided to. */
export interface Cause {
  /** The component (`deployment-controller`, `kubelet/cpu-1`) or the client's user agent. */
  readonly actor: string;
  /** The revisions it acted on: what its informer had shown it since it last acted on this key. */
  readonly revisions: readonly number[];
  /** The journal's entry it carries out, if a person or a fault asked for it: the index of the input. */
  readonly input?: number;
}

/** One revision and its cause. */
export interface CauseRow extends Cause {
  readonly revision: number;
  readonly atMs: number;
  readonly verb: 'create' | 'update' | 'delete';
  readonly resource: string;
  readonly key: string;
  readonly uid: string;
}

export interface CauseLogState {
  /** The last rows, oldest first: by ascending revision. */
  rows: CauseRow[];
}

/** Rows kept, oldest first out. Lease renewals have no rows: nobody asks why a heart beats. */
const ROWS_KEPT = 20_000;
const REVISIONS_KEPT = 8;
const VERBS = { ADDED: 'create', MODIFIED: 'update', DELETED: 'delete' } as const;

/** Of what is written in one go. */
const alikeRevisions = new Alike<readonly number[]>(4);

/** The causes of revisions: from an object back to what a learner did. */
export class CauseLog {
  state: CauseLogState = { rows: [] };

  restore(state: CauseLogState): void {
    this.state = state;
  }

  record(event: StoreEvent, cause: Cause): void {
    if (event.resource === 'leases') return;
    const rows = this.state.rows;
    rows.push(
      Object.freeze({
        revision: event.revision,
        atMs: event.atMs,
        verb: VERBS[event.type],
        resource: event.resource,
        key: event.key,
        uid: event.object.metadata.uid,
        actor: cause.actor,
        revisions: alikeRevisions.share(cause.revisions.slice(-REVISIONS_KEPT)),
        ...(cause.input === undefined ? {} : { input: cause.input }),
      }),
    );
    if (rows.length > 2 * ROWS_KEPT) this.state.rows = rows.slice(-ROWS_KEPT);
  }

  /** The row of a revision; `undefined` once it is forgotten. */
  row(revision: number): CauseRow | undefined {
    const row = this.state.rows[this.#indexAfter(revision - 1)];
    return row?.revision === revision ? row : undefined;
  }

  /** The rows after `revision`, oldest first. */
  since(revision: number): CauseRow[] {
    return this.state.rows.slice(this.#indexAfter(revision));
  }

  /**
   * The chain from a revision back to its first cause, newest first. Of several revisions acted on, the
   * newest one that still has a row is followed.
   */
  chain(revision: number): CauseRow[] {
    const chain: CauseRow[] = [];
    for (let row = this.row(revision); row; row = this.#earlier(row)) chain.push(row);
    return chain;
  }

  #earlier(row: CauseRow): CauseRow | undefined {
    const known = row.revisions.filter((one) => one < row.revision && this.row(one));
    return known.length === 0 ? undefined : this.row(Math.max(...known));
  }

  /** The index of the first row after `revision`. */
  #indexAfter(revision: number): number {
    const rows = this.state.rows;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
