import type { Timer } from '../time/clock';

/**
 * A part of the cluster with a name, a state and handlers for its timers. Parts never call each other; they meet in
 * the store, and in the ports that `cluster.ts` joins.
 */
export interface Component {
  /** Owner of its timers, such as `deployment-controller` or `kubelet/cpu-1`. */
  readonly name: string;
  /** Everything mutable: plain data with one owner, so that it can be copied and hashed. */
  readonly state: object;
  /** Puts a copied state in place. Whatever is derived from state must be derived again. */
  restore(state: object): void;
  /** Called when one of its timers is due. */
  handle(timer: Timer): void;
}
