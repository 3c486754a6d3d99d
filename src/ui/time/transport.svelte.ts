import type { Frame } from '../../protocol/frame';
import type { Page } from '../page/page.svelte';
import { clockText } from './rail';

export const SPEEDS = [0.1, 0.5, 1, 4, 20, 60] as const;

/** What the buttons and keys of time do. */
export class Transport {
  /** The speed that play returns to. */
  speed = $state<number>(1);
  /** Where the head is held while it is dragged. */
  held = $state<number | undefined>(undefined);

  #seeking = false;
  #wanted: number | undefined;
  /** What was wished for last, until a frame shows it. */
  #sought: number | undefined;

  constructor(private readonly page: Page) {
    page.view.listen((frame) => {
      if (frame.speed > 0) this.speed = frame.speed;
      if (!this.#seeking) this.#sought = undefined;
    });
  }

  get frame(): Frame | undefined {
    return this.page.view.frame;
  }

  /** The moment from which the next key press counts, in virtual ms: several in a row add up. */
  get aimMs(): number {
    return this.#sought ?? this.frame?.atMs ?? 0;
  }

  get rewound(): boolean {
    const { frame } = this;
    return frame !== undefined && frame.atMs < frame.endMs && frame.run !== 'replaying';
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

  step(direction: 'next' | 'back'): void {
    void this.page.act((control) => control.time({ step: direction }));
  }

  undo(): void {
    void this.page.act((control) => control.time({ undo: true }));
  }

  /** To the end of what has happened on a branch. */
  live(branch = this.frame?.branch): void {
    if (branch !== undefined) void this.page.act((control) => control.time({ live: branch }));
  }

  /** Looks at a moment. While one is being sought only the latest wish is kept. */
  async seek(atMs: number): Promise<void> {
    this.#wanted = Math.max(0, Math.round(atMs));
    this.#sought = this.#wanted;
    if (this.#seeking) return;
    this.#seeking = true;
    while (this.#wanted !== undefined) {
      const rewindMs = this.#wanted;
      this.#wanted = undefined;
      await this.page.act((control) => control.time({ rewindMs }));
    }
    this.#seeking = false;
  }

  /** To the nearest mark before or after the moment shown. */
  toMark(direction: -1 | 1): void {
    const atMs = this.frame?.atMs ?? 0;
    const { marks } = this.page.view;
    const mark =
      direction > 0 ? marks.find((one) => one.atMs > atMs + 1) : marks.findLast((one) => one.atMs < atMs - 1);
    if (mark) void this.seek(mark.atMs);
    else if (direction > 0) this.live();
    else void this.seek(0);
  }
}

/** The state of time in a word or two. */
export function stateWords(frame: Frame | undefined): string {
  if (!frame) return 'Starting';
  if (frame.run === 'replaying') return 'Replaying';
  if (frame.run === 'waiting for training' && frame.speed > 0) return 'Training computes';
  if (frame.atMs < frame.endMs) return frame.speed > 0 ? 'Playing again' : `Looking at ${clockText(frame.atMs)}`;
  if (frame.speed === 0) return 'Paused';
  return frame.speed < 1 ? 'Slow motion' : 'Playing';
}
