import { describe, expect, it } from 'vitest';
import type { TimeRequest } from '../../protocol/control';
import type { Frame, Mark } from '../../protocol/frame';
import { Ids, makeFrame } from '../../scene/frames.rig';
import { ClusterView } from '../connection/cluster-view.svelte';
import type { Control } from '../connection/control';
import { Transport } from './transport.svelte';

const MARKS: Mark[] = [
  { atMs: 0, kind: 'start', label: 'Start' },
  { atMs: 345.6, kind: 'you', label: 'Create first' },
  { atMs: 10_345.6, kind: 'fault', label: 'Power off cpu-2' },
];
const END_MS = 20_000;

/** A transport whose requests wait for the test to answer them. */
class Rig {
  readonly view = new ClusterView();
  readonly asked: TimeRequest[] = [];
  readonly transport: Transport;
  #answer = (): void => {};
  readonly #ids = new Ids();
  #sequence = 0;

  constructor() {
    const control = {
      time: (request: TimeRequest) => {
        this.asked.push(request);
        return new Promise<null>((resolve) => (this.#answer = () => resolve(null)));
      },
    } as unknown as Control;
    this.transport = new Transport({
      view: this.view,
      act: async (action) => {
        await action(control);
      },
    });
    this.show(END_MS, 'paused', MARKS);
  }

  show(atMs: number, run: Frame['run'], marks: Mark[] = []): void {
    const { frame } = makeFrame({ sequence: ++this.#sequence, atMs, run }, this.#ids);
    this.view.take({ ...frame, speed: 0, endMs: END_MS, marks });
  }

  /** The worker has done what it was asked. */
  async answer(): Promise<void> {
    this.#answer();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe('going from mark to mark', () => {
  it('counts from the moment aimed at, not from those that a replay passes', async () => {
    const rig = new Rig();
    rig.transport.toMark(-1);
    await rig.answer();
    rig.show(10_345.6, 'rewound');
    rig.transport.toMark(-1);
    /* The cluster is restored at 0 and runs forward; a frame is drawn on the way. */
    rig.show(0, 'replaying');
    rig.transport.toMark(1);
    await rig.answer();
    await rig.answer();
    expect(rig.asked).toEqual([{ rewindMs: 10_345.6 }, { rewindMs: 345.6 }, { rewindMs: 10_345.6 }]);
  });

  it('adds up when the key is pressed faster than the cluster moves, and asks for the last wish only', async () => {
    const rig = new Rig();
    for (const direction of [-1, -1, -1, 1] as const) rig.transport.toMark(direction);
    await rig.answer();
    await rig.answer();
    expect(rig.asked).toEqual([{ rewindMs: 10_345.6 }, { rewindMs: 345.6 }]);
    rig.show(345.6, 'rewound');
    rig.transport.toMark(1);
    expect(rig.asked.at(-1)).toEqual({ rewindMs: 10_345.6 });
  });

  it('is live after End, whatever was sought before', async () => {
    const rig = new Rig();
    void rig.transport.seek(0);
    void rig.transport.seek(100);
    rig.transport.live();
    await rig.answer();
    await rig.answer();
    expect(rig.asked).toEqual([{ rewindMs: 0 }, { live: 'main' }]);
    rig.transport.toMark(-1);
    expect(rig.asked.at(-1)).toEqual({ rewindMs: 10_345.6 });
  });
});
