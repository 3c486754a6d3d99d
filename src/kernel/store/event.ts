import type { ApiObject } from '../../api/objects';

/** One revision: what became of an object. */
export interface StoreEvent<T extends ApiObject = ApiObject> {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The resource's key in the store, such as `pods`. */
  readonly resource: string;
  readonly key: string;
  /** The object after the write; for DELETED, its last state with the revision of the deletion. */
  readonly object: T;
  /** The object before the write. */
  readonly previous?: T;
  readonly atMs: number;
}
