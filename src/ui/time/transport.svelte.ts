import type { TimeRequest } from '../../protocol/control';
import { looksBack, type Frame } from '../../protocol/frame';
import type { ClusterView } from '../connection/cluster-view.svelte';
import type { Control } from '../connection/control';
import { clockText } from './rail';

export const SPEEDS = [0.1, 0.5, 1, 4, 20, 60] as const;
/** While the head is dragged a moment is looked for no longer than this, so that what is shown stays close behind. */
const GLANCE_MS = 60;
/** Moments closer than this are one. */
const SAME_MS = 1;

/** What of the page time is moved by. `Page` is one. */
export interface TransportParts {
  readonly view: ClusterView;
  act(action: (control: Control) => Promise<unknown>): Promise<void>;
}

/** What the buttons and keys of time do. */
export class Transport {
  /** The speed that play returns to. */
  speed = $state<number>(1);
  /** Where the head is held while it is dragged. */
  held = $state<number | undefined>(undefined);

  #going = false;
  /** Where to go next: wishes that came while the cluster was on its way are overtaken by later ones. */
  #next: TimeRequest | undefined;
  /** The moment wished for last, until a frame shows it. */
  #aimMs: number | undefined;

  constructor(private readonly page: TransportParts) {
    page.view.listen((frame) => {
      if (frame.speed > 0) this.speed = frame.speed;
      if (!this.#going) this.#aimMs = undefined;
    });
  }

  get frame(): Frame | undefined {
    return this.page.view.frame;
  }

  /**
   * The moment from which the next key press counts, in virtual ms: several in a row add up. While the cluster is on
   * its way, frames show moments that nobody asked for.
   */
  get aimMs(): number {
    return this.#aimMs ?? this.frame?.atMs ?? 0;
  }

  get rewound(): boolean {
    const { frame } = this;
    return frame !== undefined && looksBack(frame) && frame.run !== 'replaying';
  }

  get playing(): boolean {
    return (this.frame?.speed ?? 0) > 0;
  }

  toggle(): void {
    void this.page.act((control) => control.time({ speed: this.playing ? 0 : this.speed }));
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    void this.page.act((control) => control.time({ speed }));
  }

  /** `change`: on to where something is otherwise on the stage, however long that takes. */
  step(direction: 'next' | 'back' | 'change'): void {
    void this.page.act((control) => control.time({ step: direction }));
  }

  /** A branch begins at the moment shown. */
  fork(): void {
    void this.page.act((control) => control.time({ fork: true }));
  }

  undo(): void {
    void this.page.act((control) => control.time({ undo: true }));
  }

  /** To the end of what has happened on a branch. */
  live(branch = this.frame?.branch): void {
    if (branch === undefined) return;
    const endMs = this.frame?.branches.find((one) => one.id === branch)?.endMs;
    void this.#go({ live: branch }, branch === this.frame?.branch ? this.frame.endMs : endMs);
  }

  /** Looks at a moment. Resolves once no moment is sought any more. */
  seek(atMs: number): Promise<void> {
    const rewindMs = Math.max(0, atMs);
    return this.#go({ rewindMs }, rewindMs);
  }

  /** Looks at about a moment, at what can be shown at once: the head is being dragged. */
  glance(atMs: number): void {
    const rewindMs = Math.max(0, atMs);
    void this.#go({ rewindMs, withinMs: GLANCE_MS }, rewindMs);
  }

  /** To the nearest mark before or after the moment shown, or on the way to. */
  toMark(direction: -1 | 1): void {
    const { aimMs } = this;
    const { marks } = this.page.view;
    const mark =
      direction > 0
        ? marks.find((one) => one.atMs > aimMs + SAME_MS)
        : marks.findLast((one) => one.atMs < aimMs - SAME_MS);
    if (mark) void this.seek(mark.atMs);
    else if (direction > 0) this.live();
    else void this.seek(0);
  }

  async #go(request: TimeRequest, aimMs: number | undefined): Promise<void> {
    this.#next = request;
    this.#aimMs = aimMs;
    if (this.#going) return;
    this.#going = true;
    while (this.#next !== undefined) {
      const wish: TimeRequest = this.#next;
      this.#next = undefined;
      await this.page.act((control) => control.time(wish));
    }
    this.#going = false;
  }
}

/** The state of time in a word or two. */
export function stateWords(frame: Frame | undefined): string {
  if (!frame) return 'Starting';
  if (frame.run === 'replaying') return 'Replaying';
  if (frame.run === 'waiting for training' && frame.speed > 0) return 'Training computes';
  if (looksBack(frame)) return frame.speed > 0 ? 'Playing again' : `Looking at ${clockText(frame.atMs)}`;
  if (frame.speed === 0) return 'Paused';
  return frame.speed < 1 ? 'Slow motion' : 'Playing';
}
