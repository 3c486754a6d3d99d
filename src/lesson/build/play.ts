import type { ApiRequest } from '../../api/client';
import type { Fault } from '../../api/faults';
import { objectKey, type ApiObject } from '../../api/objects';
import type { WorldChange } from '../../api/world-change';
import type { Change } from '../watch/change';
import { OBJECT_VIEWS, type ObjectView } from '../views/names';

/** What an author did to show how a lesson is solved: how it was, what was done, and how it then was. */

/** Something that an author did, as the journal has it. */
export type Deed =
  | { readonly atMs: number; readonly kind: 'request'; readonly request: ApiRequest }
  | { readonly atMs: number; readonly kind: 'fault'; readonly fault: Fault }
  | { readonly atMs: number; readonly kind: 'world'; readonly change: WorldChange }
  /** Typed into a container: no script can do that. */
  | { readonly atMs: number; readonly kind: 'stdin' };

/** What was played between the two marks. Times are virtual milliseconds since the cluster's start. */
export interface Play {
  readonly namespace: string;
  /** The cluster's start on its own calendar. */
  readonly epochMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Everything that was known at the first mark, as changes of that moment. */
  readonly start: readonly Change[];
  /** What happened from then on, in its order. */
  readonly changes: readonly Change[];
  readonly deeds: readonly Deed[];
}

type Objects = ReadonlyMap<string, ApiObject>;

/** Objects of a moment, by view and key. */
export class Moment {
  readonly #views = new Map<ObjectView, Map<string, ApiObject>>();
  /** The last told of each other view. */
  readonly others = new Map<string, Change & { kind: 'view' }>();

  constructor(changes: readonly Change[]) {
    for (const view of Object.keys(OBJECT_VIEWS) as ObjectView[]) this.#views.set(view, new Map());
    for (const change of changes) {
      if (change.kind === 'view') this.others.set(change.view, change);
      else if (change.kind !== 'deed') this.#take(change);
    }
  }

  of(view: ObjectView): Objects {
    return this.#views.get(view)!;
  }

  all(view: ObjectView): ApiObject[] {
    return [...this.of(view).values()];
  }

  #take({ kind, view, object }: Change & { kind: 'put' | 'gone' }): void {
    const objects = this.#views.get(view)!;
    if (kind === 'put') objects.set(objectKey(object), object);
    else objects.delete(objectKey(object));
  }
}

/** How it was at the first mark, and at the second. */
export interface Ends {
  readonly start: Moment;
  readonly end: Moment;
}

export function endsOf({ start, changes }: Play): Ends {
  return { start: new Moment(start), end: new Moment([...start, ...changes]) };
}
