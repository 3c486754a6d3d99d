import type { ApiObject, Json } from '../../api/objects';
import type { ObjectView, OtherView } from '../views/names';

/** What the watcher of goals is fed with, in the order in which it happened. `atMs` is virtual time since the cluster's start. */
export type Change =
  /** An object was made or changed; `by` whom. */
  | {
      readonly atMs: number;
      readonly kind: 'put';
      readonly view: ObjectView;
      readonly key: string;
      readonly object: ApiObject;
      readonly by: string;
    }
  | {
      readonly atMs: number;
      readonly kind: 'gone';
      readonly view: ObjectView;
      readonly key: string;
      readonly object: ApiObject;
      readonly by: string;
    }
  /** A view of what is no object, whole. */
  | { readonly atMs: number; readonly kind: 'view'; readonly view: OtherView; readonly items: readonly Json[] }
  /** The learner did something: a write, a fault. */
  | { readonly atMs: number; readonly kind: 'deed' };
