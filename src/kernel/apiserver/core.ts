import type { RandomState } from '../../base/random';
import type { ApiObject } from '../../api/objects';
import type { Clock } from '../time/clock';
import type { Cause } from '../store/cause';
import type { Store } from '../store/store';
import type { MetricsReader } from './metrics';
import type { Reach } from './reach';

/** All that the API server itself remembers; objects are the store's. */
export interface ApiServerState {
  /** The stream of uids, generated names, addresses and ports. */
  random: RandomState;
}

/** What the parts of the API server work with. */
export interface Core {
  readonly store: Store;
  readonly clock: Clock;
  readonly state: ApiServerState;
  /** Where metrics are read, if they are served. */
  readonly metrics?: MetricsReader;
  readonly reach: Reach;
  /** The stream that dry runs draw from instead: nothing of it is ever stored, so it is no state. */
  readonly scratch: RandomState;
}

/** The circumstances of one write. */
export interface Write {
  readonly cause: Cause;
  /** Everything happens but the writing. */
  readonly dryRun: boolean;
  /** A part of the cluster writes: what it puts into a status is taken as it is. */
  readonly trusted: boolean;
  /** A patch names a uid only to change it; anything else names the one it means. */
  readonly patches?: boolean;
  /** Who writes, as managedFields name it; `undefined` where the fields written get no manager, or have theirs already. */
  readonly manager: string | undefined;
  /** The subresource it comes through, where that is seen as a change of the object itself: `scale`. */
  readonly through?: string;
  /** The object is found in a cluster that has run before, perhaps with a status: it has been looked over then. */
  readonly found?: (object: ApiObject) => ApiObject;
  /** Texts for Warning headers. */
  readonly warnings: string[];
}

/**
 * Runs something that may be refused: a refusal leaves the random stream as it was, and so does a dry run. What is
 * stored has been written last, so there is nothing else to take back.
 */
export function attempt<T>(core: Core, dryRun: boolean, action: () => T): T {
  const { state } = core;
  const { random } = state;
  const { a, b, c, counter } = random;
  if (dryRun) state.random = core.scratch;
  let done = false;
  try {
    const result = action();
    done = true;
    return result;
  } finally {
    state.random = random;
    if (!done) Object.assign(random, { a, b, c, counter });
  }
}
