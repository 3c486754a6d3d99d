import type { CauseView, Frame, Mark, NodeDetail, PodDetail } from '../../protocol/frame';

/** What a listener is told when a frame came: the frame, and whether all that was known before is void. */
export type FrameListener = (frame: Frame, anew: boolean) => void;

const MARKS_LIMIT = 2_000;

/**
 * What the page knows of the cluster: the latest frame, and what earlier frames said once (details by id, marks of the
 * timeline). Full objects are not here; who shows one asks for it by the door.
 */
export class ClusterView {
  frame = $state.raw<Frame | undefined>(undefined);
  /** Details of the Pods of the latest frame and of some that are gone, by id. */
  pods = $state.raw<ReadonlyMap<number, PodDetail>>(new Map());
  nodes = $state.raw<ReadonlyMap<number, NodeDetail>>(new Map());
  /** Whether something trains, or has, on this line of history. */
  trained = $state(false);
  /** Moments worth finding again on the current branch, oldest first. */
  marks = $state.raw<readonly Mark[]>([]);

  /** Marks by branch, of those that were open since the page is. */
  marksOf = $state.raw<ReadonlyMap<string, readonly Mark[]>>(new Map());

  readonly #listeners = new Set<FrameListener>();
  readonly #marks = new Map<string, Map<string, Mark>>();
  #marksOf = '';

  /** Calls `listener` after each frame. Returns the call that ends it. */
  listen(listener: FrameListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets everything: another document is opened. */
  clear(): void {
    this.frame = undefined;
    this.pods = new Map();
    this.nodes = new Map();
    this.marks = [];
    this.marksOf = new Map();
    this.trained = false;
    this.#marks.clear();
  }

  take(frame: Frame): void {
    const anew = this.frame?.epoch !== frame.epoch;
    if (frame.podDetails.length > 0 || anew)
      this.pods = this.#details(this.pods, frame.podDetails, anew, frame.pods.id);
    if (frame.nodeDetails.length > 0 || anew)
      this.nodes = this.#details(this.nodes, frame.nodeDetails, anew, frame.nodes.id);
    this.#takeMarks(frame);
    this.trained = frame.curves.length > 0 || (this.trained && !anew);
    this.frame = frame;
    for (const listener of this.#listeners) listener(frame, anew);
  }

  #details<T extends { id: number }>(
    known: ReadonlyMap<number, T>,
    news: readonly T[],
    anew: boolean,
    ids: Uint32Array,
  ): ReadonlyMap<number, T> {
    const next = new Map(anew ? [] : known);
    for (const detail of news) next.set(detail.id, detail);
    if (next.size > 2 * ids.length + 64) {
      const present = new Set(ids);
      for (const id of next.keys()) if (!present.has(id)) next.delete(id);
    }
    return next;
  }

  /** Marks belong to a branch and stay when it is rewound: they are the future that is looked back from. */
  #takeMarks(frame: Frame): void {
    if (frame.marks.length === 0 && frame.branch === this.#marksOf) return;
    let kept = this.#marks.get(frame.branch);
    if (!kept) this.#marks.set(frame.branch, (kept = new Map()));
    for (const mark of frame.marks) kept.set(`${mark.atMs} ${mark.kind} ${mark.label} ${mark.subject ?? ''}`, mark);
    while (kept.size > MARKS_LIMIT) kept.delete(kept.keys().next().value ?? '');
    this.#marksOf = frame.branch;
    this.marks = [...kept.values()]
      .filter((mark) => mark.atMs <= frame.endMs)
      .sort((left, right) => left.atMs - right.atMs);
    this.marksOf = new Map(this.marksOf).set(frame.branch, this.marks);
  }
}

/** Whether one of a frame's writes was about an object whose key starts so. Rows that were dropped may have been. */
export function concerns(frame: Frame, resource: string, keyPrefix: string): boolean {
  if (frame.causesDropped > 0) return true;
  return frame.causes.some((cause: CauseView) => cause.resource === resource && cause.key.startsWith(keyPrefix));
}
