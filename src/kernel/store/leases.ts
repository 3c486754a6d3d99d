import { assert } from '../../base/assert';
import type { Clock, Timer } from '../time/clock';
import type { StoreEvent } from './event';
import type { Store } from './store';

/** What is kept for a time only, counted from its last write. Models kube-apiserver's --event-ttl. */
const TTL_MS: Readonly<Record<string, number>> = { events: 3_600_000 };
/** Writes of a minute share a lease, which lasts that much longer, unless there are too many of them. */
const REUSE_MS = 60_000;
const OBJECTS_MAX = 1000;
/** Without its quorum etcd revokes nothing. */
const RETRY_MS = 1000;

interface Lease {
  readonly expiresMs: number;
  readonly resource: string;
  readonly keys: Set<string>;
  /** Writes it was asked for, also of keys that have gone to another lease since. */
  attached: number;
}

export interface LeasesState {
  sequence: number;
  leases: Map<string, Lease>;
  /** The lease that writes of a resource get now. */
  current: Map<string, string>;
}

/**
 * etcd's leases: what hangs on one goes when it runs out, all at once. Each write of an object gives it a new one. Models
 * apiserver/pkg/storage/etcd3/lease_manager.go.
 */
export class Leases {
  readonly name = 'etcd-leases';
  state: LeasesState = { sequence: 0, leases: new Map(), current: new Map() };

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly hasQuorum: () => boolean,
  ) {
    store.onWrite((event) => this.#written(event));
  }

  restore(state: LeasesState): void {
    this.state = state;
  }

  handle({ key: id }: Timer): void {
    const lease = this.state.leases.get(id);
    assert(lease, `a lease ${id} that runs out`);
    if (!this.hasQuorum()) return this.clock.after(RETRY_MS, this.name, 'expire', id, undefined, true);
    for (const key of [...lease.keys])
      this.store.remove(lease.resource, key, this.clock.nowMs, { actor: 'etcd', revisions: [] });
    this.state.leases.delete(id);
    if (this.state.current.get(lease.resource) === id) this.state.current.delete(lease.resource);
  }

  #written({ resource, key, type }: StoreEvent): void {
    const ttlMs = TTL_MS[resource];
    if (ttlMs === undefined) return;
    if (type !== 'ADDED') this.#release(resource, key);
    if (type === 'DELETED') return;
    const id = this.#leaseFor(resource, ttlMs);
    this.state.leases.get(id)!.keys.add(key);
  }

  /** Most of what hangs on a lease is written once: the lease of one that is written again is looked for, not kept. */
  #release(resource: string, key: string): void {
    for (const lease of this.state.leases.values()) if (lease.resource === resource && lease.keys.delete(key)) return;
  }

  /** Models GetLease. */
  #leaseFor(resource: string, ttlMs: number): string {
    const known = this.state.current.get(resource);
    const lease = known === undefined ? undefined : this.state.leases.get(known);
    if (known !== undefined && lease && this.clock.nowMs + ttlMs < lease.expiresMs && lease.attached < OBJECTS_MAX) {
      lease.attached += 1;
      return known;
    }
    const id = String(++this.state.sequence);
    const expiresMs = this.clock.nowMs + ttlMs + REUSE_MS;
    this.state.leases.set(id, { expiresMs, resource, keys: new Set(), attached: 1 });
    this.state.current.set(resource, id);
    this.clock.set(expiresMs, this.name, 'expire', id, undefined, true);
    return id;
  }
}
