import { describe, expect, it } from 'vitest';
import { Ids, makeFrame, oneJob, type Sketch } from '../../scene/frames.rig';
import { StoryPlayer } from './player.svelte';

/** A player and a way to hand it frames and time. */
class Rig {
  readonly player = new StoryPlayer();
  readonly #ids = new Ids();
  #sequence = 0;

  push(sketch: Sketch): void {
    const { frame, details } = makeFrame({ sequence: ++this.#sequence, ...sketch }, this.#ids);
    this.player.push(frame, details);
  }

  /** Lets wall time pass in steps of 16 ms. Returns whether anything is left to play. */
  pass(ms: number): boolean {
    let more = false;
    for (let passed = 0; passed < ms; passed += 16) more = this.player.tick(16);
    return more;
  }
}

const { rows, record } = oneJob();
const burst: Sketch = { atMs: 1030, causes: rows.slice(0, 5), scheduling: [record] };

describe('the story player', () => {
  it('starts at the newest moment and rests when nothing moves', () => {
    const rig = new Rig();
    rig.push({ atMs: 900 });
    expect(rig.player.storyMs).toBe(900);
    expect(rig.pass(160)).toBe(false);
  });

  it('tells what happened at once one step after the other, then catches up', () => {
    const rig = new Rig();
    rig.push({ atMs: 900 });
    rig.push(burst);
    rig.pass(400);
    expect(rig.player.storyMs).toBeLessThan(2000);
    expect(rig.player.behindMs).toBeGreaterThan(1000);
    rig.pass(12_000);
    expect(rig.player.behindMs).toBeLessThanOrEqual(0);
    expect(rig.player.moving).toBe(false);
  });

  it('stands still while paused, and plays up to a step that is taken', () => {
    const rig = new Rig();
    rig.push({ atMs: 900, run: 'paused', speed: 0 });
    rig.pass(500);
    expect(rig.player.storyMs).toBe(900);
    rig.push({ ...burst, run: 'paused', speed: 0 });
    expect(rig.pass(100)).toBe(true);
    expect(rig.pass(20_000)).toBe(false);
    expect(rig.player.behindMs).toBeLessThanOrEqual(0);
  });

  it('plays up to a step also where a frame was drawn on its way', () => {
    const rig = new Rig();
    rig.push({ atMs: 900, run: 'paused', speed: 0 });
    rig.push({ atMs: 950, run: 'replaying', speed: 0 });
    rig.push({ ...burst, run: 'paused', speed: 0 });
    expect(rig.player.behindMs).toBeGreaterThan(0);
    rig.pass(20_000);
    expect(rig.player.behindMs).toBeLessThanOrEqual(0);
  });

  it('shows state changes at once at high speed and when looking back', () => {
    const rig = new Rig();
    rig.push({ atMs: 900, speed: 20 });
    rig.push({ ...burst, speed: 20 });
    expect(rig.player.behindMs).toBe(0);
    rig.push({ atMs: 300, epoch: 2, run: 'rewound' });
    expect(rig.player.storyMs).toBe(300);
  });

  it('shows the moment at which a replay ended, also where it pauses there', () => {
    const rig = new Rig();
    rig.push({ atMs: 900, run: 'rewound', speed: 0 });
    rig.push({ atMs: 20_000, run: 'replaying', speed: 0 });
    rig.push({ atMs: 40_000, run: 'paused', speed: 0 });
    expect(rig.player.storyMs).toBe(40_000);
  });

  it('stops where it is when what happened before is played again and paused, and not where the cluster is', () => {
    const rig = new Rig();
    rig.push({ atMs: 900 });
    rig.push(burst);
    rig.pass(400);
    const { storyMs } = rig.player;
    rig.push({ atMs: 1060, run: 'rewound', speed: 0 });
    rig.push({ atMs: 1060, run: 'rewound', speed: 0 });
    rig.pass(500);
    expect(rig.player.storyMs).toBe(storyMs);
    rig.push({ atMs: 1500, run: 'rewound', speed: 0 });
    expect(rig.player.behindMs).toBe(0);
  });

  it('skips a moment of scheduling', () => {
    const rig = new Rig();
    rig.push({ atMs: 900 });
    rig.push(burst);
    const moment =
      rig.player.history.story.momentAt(rig.player.history.nowMs - 3000) ?? rig.player.history.story.momentAt(3200);
    rig.pass(moment!.startMs - rig.player.storyMs + 100);
    rig.player.skip();
    expect(rig.player.storyMs).toBeGreaterThanOrEqual(moment!.endMs);
  });
});
