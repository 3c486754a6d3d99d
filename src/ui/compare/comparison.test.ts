import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Branch, Frame } from '../../protocol/frame';
import { Ids, makeFrame, type Sketch } from '../../scene/frames.rig';
import { ClusterView } from '../connection/cluster-view.svelte';
import { Comparison } from './comparison.svelte';

const branches: Branch[] = ['main', 'a', 'b'].map((id, index) => ({
  id,
  name: id,
  parent: index === 0 ? null : 'main',
  fromMs: 0,
  endMs: 0,
  inputs: 0,
}));

class Rig {
  readonly view = new ClusterView();
  readonly besideView = new ClusterView();
  readonly asked: (string | undefined)[] = [];
  nowMs = 0;
  readonly comparison = new Comparison(
    { view: this.view, besideView: this.besideView, lookBeside: (id) => this.asked.push(id) },
    () => this.nowMs,
  );
  readonly #ids = new Ids();
  #sequence = 0;

  show(view: ClusterView, branch: string, sketch: Sketch = {}, there = branches): void {
    const { frame } = makeFrame({ sequence: ++this.#sequence, ...sketch }, this.#ids);
    view.take({ ...frame, branch, branches: there } satisfies Frame);
  }
}

const here: Sketch = { pods: [{ name: 'train', node: 'cpu-1' }] };
const there: Sketch = { pods: [{ name: 'train' }] };

afterEach(() => void vi.useRealTimers());

describe('comparing two branches', () => {
  it('finds what is otherwise once both stand at the same moment, and not at every frame', async () => {
    const rig = new Rig();
    rig.show(rig.view, 'a', here);
    await rig.comparison.start('main');
    rig.show(rig.besideView, 'main', { ...there, run: 'replaying' });
    rig.show(rig.view, 'a', here);
    expect([rig.comparison.settled, rig.comparison.differences.length]).toEqual([false, 0]);
    rig.show(rig.besideView, 'main', there);
    rig.show(rig.view, 'a', here);
    expect([rig.comparison.settled, rig.comparison.differences.length]).toEqual([true, 1]);
    rig.nowMs += 20;
    rig.show(rig.view, 'a', there);
    expect(rig.comparison.differences).toHaveLength(1);
    rig.nowMs += 200;
    rig.show(rig.view, 'a', there);
    expect(rig.comparison.differences).toHaveLength(0);
    expect(rig.asked).toEqual(['main']);
  });

  it('looks again after the last frame of either, since none may follow', async () => {
    vi.useFakeTimers();
    const rig = new Rig();
    rig.show(rig.view, 'a', here);
    await rig.comparison.start('main');
    rig.show(rig.besideView, 'main', here);
    expect(rig.comparison.differences).toHaveLength(0);
    rig.nowMs += 50;
    rig.show(rig.view, 'a', here);
    rig.show(rig.besideView, 'main', there);
    expect(rig.comparison.differences).toHaveLength(0);
    rig.nowMs += 150;
    vi.advanceTimersByTime(150);
    expect(rig.comparison.differences).toHaveLength(1);
  });

  it('changes sides when the other branch is opened, and ends when it is gone', async () => {
    const rig = new Rig();
    rig.show(rig.view, 'a');
    await rig.comparison.start('main');
    rig.show(rig.view, 'main');
    expect([rig.comparison.other, rig.asked.at(-1)]).toEqual(['a', 'a']);
    rig.show(rig.view, 'b');
    expect(rig.comparison.other).toBe('a');
    rig.show(rig.view, 'b', {}, [branches[0]!, branches[2]!]);
    expect([rig.comparison.other, rig.asked.at(-1)]).toEqual([undefined, undefined]);
  });

  it('ends where it is asked for twice', () => {
    const rig = new Rig();
    rig.comparison.toggle('a');
    rig.comparison.toggle('b');
    rig.comparison.toggle('b');
    rig.comparison.end();
    expect(rig.asked).toEqual(['a', 'b', undefined]);
  });
});
