import { looksBack, type CauseView, type Frame, type Mark, type NodeDetail } from '../../protocol/frame';
import type { FrameMessage } from '../../protocol/frame-message';
import { FrameReader } from '../../protocol/frame-reader';
import { KnownPods } from '../../protocol/pod-details';

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
  pods = $state.raw(KnownPods.none());
  nodes = $state.raw<ReadonlyMap<number, NodeDetail>>(new Map());
  /** Whether something trains, or has, on this line of history; it stays so while an earlier moment is looked at. */
  trained = $state(false);
  /** Moments worth finding again on the current branch, oldest first. */
  marks = $state.raw<readonly Mark[]>([]);

  /** Marks by branch, of those that were open since the page is. */
  marksOf = $state.raw<ReadonlyMap<string, readonly Mark[]>>(new Map());

  #reader = new FrameReader();
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
    this.#reader = new FrameReader();
    this.frame = undefined;
    this.pods = KnownPods.none();
    this.nodes = new Map();
    this.marks = [];
    this.marksOf = new Map();
    this.trained = false;
    this.#marks.clear();
  }

  take(message: FrameMessage): void {
    const anew = this.frame?.epoch !== message.epoch;
    const frame = this.#reader.read(message);
    this.pods = this.#reader.pods;
    this.nodes = this.#reader.nodes;
    this.#takeMarks(frame);
    this.trained = frame.curves.length > 0 || (this.trained && (!anew || looksBack(frame)));
    this.frame = frame;
    for (const listener of this.#listeners) listener(frame, anew);
  }

  /** Marks belong to a branch and stay when it is rewound: they are the future that is looked back from. */
  #takeMarks(frame: Frame): void {
    for (const { branch, marks } of frame.branchMarks) {
      const known = this.#keep(branch, marks);
      this.marksOf = new Map(this.marksOf).set(branch, [...known.values()]);
    }
    if (frame.marks.length === 0 && frame.branch === this.#marksOf) return;
    const kept = this.#keep(frame.branch, frame.marks);
    while (kept.size > MARKS_LIMIT) kept.delete(kept.keys().next().value ?? '');
    this.#marksOf = frame.branch;
    this.marks = [...kept.values()]
      .filter((mark) => mark.atMs <= frame.endMs)
      .sort((left, right) => left.atMs - right.atMs);
    this.marksOf = new Map(this.marksOf).set(frame.branch, this.marks);
  }

  /** Adds to what is known of a branch. */
  #keep(branch: string, marks: readonly Mark[]): Map<string, Mark> {
    let kept = this.#marks.get(branch);
    if (!kept) this.#marks.set(branch, (kept = new Map()));
    for (const mark of marks) kept.set(`${mark.atMs} ${mark.kind} ${mark.label} ${mark.subject ?? ''}`, mark);
    return kept;
  }
}

/** Whether one of a frame's writes was about an object whose key starts so. Rows that were dropped may have been. */
export function concerns(frame: Frame, resource: string, keyPrefix: string): boolean {
  if (frame.causesDropped > 0) return true;
  return frame.causes.some((cause: CauseView) => cause.resource === resource && cause.key.startsWith(keyPrefix));
}
