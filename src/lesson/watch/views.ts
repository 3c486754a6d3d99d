import type { ApiObject, Json } from '../../api/objects';
import type { CelValue } from '../../api/cel/values';
import { viewed, viewedWith } from '../cel/viewed';
import { OBJECT_VIEWS, OTHER_VIEWS, VIEW_NAMES, type ObjectView, type ViewName } from '../views/names';
import { LEARNER } from '../../api/story';
import type { Change } from './change';

/** Objects that are gone are remembered up to this number a view, the latest. */
const GONE_KEPT = 200;

interface Gone {
  readonly object: ApiObject;
  readonly atMs: number;
  readonly by: string;
}

/** The cluster as goals see it: lists of what is, and of what is gone. */
export class Views {
  readonly #objects = new Map<ObjectView, Map<string, ApiObject>>();
  readonly #others = new Map<ViewName, readonly Json[]>();
  readonly #gone = new Map<ObjectView, Gone[]>();
  /** Who asked for the deletion of what still is, by uid. */
  readonly #askers = new Map<string, string>();
  readonly #lists = new Map<ViewName, readonly CelValue[]>();
  readonly #goneLists = new Map<ObjectView, readonly CelValue[]>();

  constructor(private readonly epochMs: number) {
    for (const view of Object.keys(OBJECT_VIEWS) as ObjectView[]) this.#objects.set(view, new Map());
    for (const view of OTHER_VIEWS) this.#others.set(view, []);
  }

  /** Takes a change in. `remembered`: what is gone now counts as history. */
  take(change: Exclude<Change, { kind: 'deed' }>, remembered: boolean): void {
    this.#lists.delete(change.view);
    if (change.kind === 'view') {
      this.#others.set(change.view, change.items);
      return;
    }
    const { view, key, object } = change;
    const { uid, deletionTimestamp } = object.metadata;
    if (change.kind === 'put') {
      this.#objects.get(view)!.set(key, object);
      if (deletionTimestamp && !this.#askers.has(uid)) this.#askers.set(uid, change.by);
      return;
    }
    this.#objects.get(view)!.delete(key);
    const by = this.#askers.get(uid) ?? change.by;
    this.#askers.delete(uid);
    if (remembered) this.#remember(view, { object, atMs: change.atMs, by });
  }

  #remember(view: ObjectView, gone: Gone): void {
    const all = this.#gone.get(view) ?? [];
    all.push(gone);
    if (all.length > GONE_KEPT) all.shift();
    this.#gone.set(view, all);
    this.#goneLists.delete(view);
  }

  list(view: ViewName): readonly CelValue[] {
    let list = this.#lists.get(view);
    if (!list) this.#lists.set(view, (list = this.#listOf(view)));
    return list;
  }

  #listOf(view: ViewName): readonly CelValue[] {
    const objects = this.#objects.get(view as ObjectView);
    if (objects) return [...objects.values()].map(viewed);
    return (this.#others.get(view) ?? []).map((item) => this.#timed(item));
  }

  /** What is no object, with its moments as timestamps, which facts can be compared with. */
  #timed(item: Json): CelValue {
    const { atMs, beganMs } = item as { atMs?: number; beganMs?: number };
    const at = (ms: number): Date => new Date(this.epochMs + ms);
    return viewedWith(item as object, {
      ...(atMs === undefined ? {} : { at: at(atMs) }),
      ...(beganMs === undefined ? {} : { began: at(beganMs) }),
    });
  }

  gone(view: ObjectView): readonly CelValue[] {
    let list = this.#goneLists.get(view);
    if (!list) this.#goneLists.set(view, (list = (this.#gone.get(view) ?? []).map((one) => this.#goneOf(one))));
    return list;
  }

  #goneOf({ object, atMs, by }: Gone): CelValue {
    const gone = { at: new Date(this.epochMs + atMs), by, byLearner: by === LEARNER };
    return viewedWith(object, { gone });
  }

  /** All lists as they are now; they do not change afterwards. */
  snapshot(): ReadonlyMap<ViewName, readonly CelValue[]> {
    return new Map(VIEW_NAMES.map((view) => [view, this.list(view)]));
  }
}
