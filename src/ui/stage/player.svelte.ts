import { DURATION } from '../../scene/easing';
import { History } from '../../scene/history';
import type { Details } from '../../scene/picture';
import { BUNDLE_SPEED } from '../../scene/traffic';
import type { Frame } from '../../protocol/frame';

/** How far the story may lag behind the newest frame before it is told faster. */
const LAG_MS = 1000;
/** A lag at which telling faster does not help: the story jumps. */
const LOST_MS = 20_000;
/** A frame this much of virtual time after one that played, times the speed, is where the play was paused. */
const PAUSE_MS = 500;
/** A step longer than this is not told on from where it began: it is shown as it ends. */
const STEP_TOLD_MS = 4000;

/** Plays the story of the frames: knows what moment of it is shown, and whether anything moves. */
export class StoryPlayer {
  readonly history = new History();
  /** The story time that is shown. */
  storyMs = $state(0);
  /** Counts what was pushed, so that views of the same moment are drawn again. */
  version = $state(0);
  /** Whether renewals of leases are drawn: they move too, then. */
  renewals = false;
  /** Whether something moves all the time, between messages too. */
  flowing = false;
  #nowMs = 0;
  /** Paused, but a step was taken: the story plays up to it. */
  #stepping = false;
  /** What is replayed is a step that takes long. */
  #steppedFar = false;

  /** Takes a frame in. */
  push(frame: Frame, details: Details): void {
    const before = this.history.frame;
    const fresh = frame.epoch !== before?.epoch;
    if (!this.history.push(frame, details)) return;
    const stands = frame.run === 'paused' || frame.run === 'rewound';
    const held = !fresh && stands && before !== undefined && heldAt(before, frame);
    /* A step may take so long that a frame is drawn on its way. */
    const stood = before?.run === 'paused' || before?.run === 'replaying';
    this.#stepping = frame.run === 'paused' && (this.#stepping || (stood && before.atMs !== frame.atMs));
    if (fresh) this.#show(this.history.nowMs);
    if (frame.run === 'replaying' && before?.run !== 'replaying') this.#steppedFar = before?.run === 'paused';
    /* Where a replay ended there is nothing left to tell, unless it was a step. */
    const told = this.#stepping && this.#steppedFar && this.behindMs <= STEP_TOLD_MS;
    const replayed = before?.run === 'replaying' && !told;
    if (frame.speed > BUNDLE_SPEED || frame.run === 'replaying' || replayed || (frame.run === 'rewound' && !held))
      this.#show(this.history.nowMs);
    else if (this.history.nowMs - this.#nowMs > LOST_MS) this.#show(this.history.nowMs - LAG_MS);
    if (fresh || stands) this.version += 1;
  }

  /** Virtual milliseconds that the story is behind the newest frame. */
  get behindMs(): number {
    return this.history.nowMs - this.#nowMs;
  }

  /** Whether something is on its way at the moment shown, or still to come. */
  get moving(): boolean {
    return this.#endMs > this.#nowMs;
  }

  /** Moves on by a step of wall time, in ms. Returns whether there is anything left to play. */
  tick(stepMs: number): boolean {
    const frame = this.history.frame;
    if (!frame || frame.run === 'rewound' || (frame.run === 'paused' && !this.#stepping)) return false;
    const endMs = Math.max(this.history.nowMs, this.#endMs);
    const hurry = 1 + Math.max(0, this.behindMs - LAG_MS) / (2 * LAG_MS);
    /* Where nothing flies there is nothing between two frames. */
    const nextMs = this.moving || this.flowing ? this.#nowMs + stepMs * (frame.speed || 1) * hurry : endMs;
    this.#show(Math.min(endMs, nextMs));
    if (this.#nowMs >= endMs) this.#stepping = false;
    return this.#nowMs < endMs;
  }

  get #endMs(): number {
    const { story } = this.history;
    return this.renewals ? Math.max(story.endMs, story.renewedMs) : story.endMs;
  }

  /** Skips what is being told: to the end of the moment of scheduling, or of the message. */
  skip(): void {
    const moment = this.history.story.momentAt(this.#nowMs);
    const target = moment ? moment.endMs : this.#nowMs + DURATION.move;
    this.#show(Math.min(target, Math.max(this.history.nowMs, this.history.story.endMs)));
  }

  #show(storyMs: number): void {
    this.#nowMs = storyMs;
    this.storyMs = storyMs;
  }
}

/** Whether a frame that stands is the moment at which the play was paused, and not one that was sought. */
function heldAt(before: Frame, frame: Frame): boolean {
  if (before.speed === 0) return before.atMs === frame.atMs;
  return before.run !== 'replaying' && frame.atMs - before.atMs <= PAUSE_MS * Math.max(1, before.speed);
}
