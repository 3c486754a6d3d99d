import { describe, expect, it } from 'vitest';
import { NextFrame, type FrameState } from './next-frame';

/** Somebody who asks for frames, and a state that they may be of. */
class Rig {
  readonly next = new NextFrame();
  state: FrameState = { key: 'a', untold: false, atMs: 0, stands: false };
  wallMs = 0;
  answers = 0;

  ask(what = ''): void {
    this.next.ask(what, () => this.answers++);
  }

  /** Offers after so much wall time; returns whether somebody was answered. */
  offer(afterMs = 0): boolean {
    this.wallMs += afterMs;
    const before = this.answers;
    this.next.offer(() => this.state, this.wallMs);
    return this.answers > before;
  }

  /** One that has had its first frame and waits for the next. */
  static waiting(): Rig {
    const rig = new Rig();
    rig.ask();
    rig.offer();
    rig.ask();
    return rig;
  }
}

describe('the next frame', () => {
  it('comes at once to who has seen none, and once to each who asks', () => {
    const rig = new Rig();
    expect(rig.offer()).toBe(false);
    rig.ask();
    rig.ask();
    expect(rig.offer()).toBe(true);
    expect(rig.offer(10_000)).toBe(false);
  });

  it('waits while nothing changes, and comes as soon as something does', () => {
    const rig = Rig.waiting();
    expect(rig.offer(10_000)).toBe(false);
    rig.state = { ...rig.state, key: 'b' };
    expect(rig.offer()).toBe(true);
  });

  it.each([
    { speed: 0.25, frames: 10 },
    { speed: 1, frames: 10 },
    { speed: 4, frames: 40 },
    { speed: 60, frames: 50 },
  ])('comes $frames times in ten seconds where only the clock moves on at ×$speed', ({ speed, frames }) => {
    const rig = Rig.waiting();
    let seen = 0;
    for (let ms = 0; ms < 10_000; ms += 10) {
      rig.state = { ...rig.state, atMs: (ms + 10) * speed };
      if (!rig.offer(10)) continue;
      seen += 1;
      rig.ask();
    }
    expect(seen).toBe(frames);
  });

  it('comes at once while more is left to tell than one frame has room for', () => {
    const rig = Rig.waiting();
    rig.state = { ...rig.state, untold: true };
    expect(rig.offer()).toBe(true);
    rig.ask();
    expect(rig.offer()).toBe(true);
    rig.state = { ...rig.state, untold: false };
    rig.ask();
    expect(rig.offer()).toBe(false);
  });

  it('takes for told what making the frame has changed', () => {
    const rig = new Rig();
    rig.next.ask('', () => (rig.state = { ...rig.state, key: 'told' }));
    rig.offer();
    rig.ask();
    expect(rig.offer()).toBe(false);
  });

  it('tells at once where time came to stand', () => {
    const rig = Rig.waiting();
    rig.state = { ...rig.state, atMs: 700, stands: true };
    expect(rig.offer()).toBe(true);
  });

  it('is made anew for who looks at something else, and for nobody where it was given up', () => {
    const rig = Rig.waiting();
    rig.ask('branch-1');
    expect(rig.offer()).toBe(true);
    rig.ask('branch-1');
    rig.next.drop();
    rig.state = { ...rig.state, key: 'b' };
    expect(rig.offer()).toBe(false);
  });
});
