import type { ApiResponse } from '../api/client';
import type { FrameMessage } from '../protocol/frame-message';
import { inputsOf, type BranchRecord } from './document';
import { FrameBuilder } from './frames/frame-builder';
import type { FrameView } from './frames/source';
import type { Session } from './session';
import type { SliceEnd, Timeline } from './timeline';

const READER = { accept: 'application/json' };
const WAITING = 'Training is computed on the open branch only; this one goes no further.';

/**
 * Another branch of the open document, on a cluster of its own, which stands at the same moment as the open one. It is
 * looked at and never written to: nothing that happens on it is recorded, and running past its end only shows what
 * would come.
 */
export class Beside {
  readonly #timeline: Timeline;
  readonly #frames: FrameBuilder;
  #reached = false;

  constructor(
    session: Session,
    readonly branch: BranchRecord,
  ) {
    const { document } = session;
    /* Everything else of its state comes from the open cluster's snapshots. */
    const cluster = session.emptyCluster();
    this.#timeline = session.timeline.beside(cluster, inputsOf(document, branch.id));
    this.#frames = new FrameBuilder(cluster);
  }

  /** Goes towards a moment. Returns whether it is there, or goes no further. */
  follow(atMs: number, ends: SliceEnd): boolean {
    const timeline = this.#timeline;
    if (timeline.goesBackTo(atMs)) {
      timeline.rewindTo(atMs);
      this.#frames.reset();
    }
    this.#reached = timeline.run(atMs, ends);
    return this.#reached || this.#waiting;
  }

  /** Differs from what it was at the last frame where a frame made now would show anything else. */
  get state(): string {
    return `${this.#frames.state} ${this.#timeline.nowMs} ${this.#reached}`;
  }

  get untold(): boolean {
    return this.#frames.untold;
  }

  frame(view: Pick<FrameView, 'speed' | 'run' | 'saved' | 'branches'>): FrameMessage {
    const { inputs, applied } = this.#timeline;
    return this.#frames.build({
      ...view,
      run: this.#reached || this.#waiting ? view.run : 'replaying',
      endMs: Math.max(this.branch.endMs, this.#timeline.nowMs),
      note: this.#waiting ? WAITING : '',
      branch: this.branch.id,
      inputs,
      applied,
    });
  }

  /** An object, or a list, as it is there. */
  read(path: string): ApiResponse {
    return this.#timeline.cluster.api.handle({ method: 'GET', path, headers: READER }, { actor: 'podium-page' });
  }

  get #waiting(): boolean {
    return !this.#reached && this.#timeline.cluster.training.holdAtMs() <= this.#timeline.nowMs;
  }
}
