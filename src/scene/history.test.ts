import { describe, expect, it } from 'vitest';
import { Ids, makeFrame, oneJob, type PodSketch, type Sketch } from './frames.rig';
import { History } from './history';

const POD: PodSketch = { name: 'train-1', node: 'gpu-a100-1', phase: 'Creating', cpu: 4, gpus: 1 };

function played(sketches: Sketch[]): History {
  const ids = new Ids();
  const history = new History();
  sketches.forEach((sketch, index) => {
    const { frame, details } = makeFrame({ sequence: index + 1, ...sketch }, ids);
    history.push(frame, details);
  });
  return history;
}

describe('a Pod that is made and bound within one frame', () => {
  const { rows, record } = oneJob();
  const history = played([
    { atMs: 900 },
    { atMs: 1030, pods: [POD], causes: rows.slice(0, 5), scheduling: [record] },
    { atMs: 5100, pods: [{ ...POD, phase: 'Running' }], causes: rows.slice(5) },
  ]);
  const at = (storyMs: number) => history.at(storyMs)!;
  const { story } = history;

  it('is not there before etcd holds it', () => {
    expect(at(story.heldAt(11)! - 1).pods).toEqual([]);
  });

  it('stands in the scheduler until the binding is held', () => {
    const waiting = at(story.heldAt(13)! - 1);
    expect(waiting.unplaced.map((pod) => [pod.key, pod.phase])).toEqual([['default/train-1', 'Pending']]);
  });

  it('is where it was bound to afterwards', () => {
    expect(at(story.heldAt(13)!).pods.map((pod) => [pod.node, pod.phase])).toEqual([['gpu-a100-1', 'Creating']]);
    expect(at(story.heldAt(15)!).pods.map((pod) => pod.phase)).toEqual(['Running']);
  });

  it('takes its room on the node when it is seen there, not before', () => {
    const used = (storyMs: number): number[] =>
      at(storyMs)
        .nodes.filter((node) => node.name === 'gpu-a100-1')
        .map((node) => node.devicesUsed);
    expect(used(story.heldAt(13)! - 1)).toEqual([0]);
    expect(used(story.heldAt(13)!)).toEqual([1]);
  });

  it('puts its revisions on the tape one by one, in order', () => {
    const tape = (storyMs: number): number[] => at(storyMs).controlPlane.tape.map((cell) => cell.revision);
    expect(tape(story.heldAt(11)!)).toEqual([10, 11]);
    expect(tape(story.heldAt(15)!)).toEqual([11, 12, 13, 14, 15]);
  });

  it('shows the same picture however a moment is reached', () => {
    const moments = Array.from({ length: 60 }, (_, index) => index * 200);
    const forth = moments.map((ms) => JSON.stringify(at(ms)));
    const back = [...moments].reverse().map((ms) => JSON.stringify(at(ms)));
    expect(back.reverse()).toEqual(forth);
  });
});

describe('history', () => {
  it('forgets all of another epoch', () => {
    const history = played([
      { atMs: 900, pods: [POD] },
      { atMs: 100, epoch: 2, sequence: 1 },
    ]);
    expect(history.at(history.nowMs)!.pods).toEqual([]);
    expect(history.nowMs).toBe(100);
  });

  it('takes each frame once', () => {
    const ids = new Ids();
    const history = new History();
    const { frame, details } = makeFrame({ causes: oneJob().rows }, ids);
    expect([history.push(frame, details), history.push(frame, details)]).toEqual([true, false]);
  });

  it('lets a deleted Pod stand until its deletion is held', () => {
    const gone = {
      revision: 20,
      atMs: 2000,
      verb: 'delete' as const,
      resource: 'pods',
      key: 'default/train-1',
      actor: 'kubectl',
      from: [],
    };
    const history = played([
      { atMs: 1900, pods: [POD] },
      { atMs: 2010, pods: [], causes: [gone] },
    ]);
    const held = history.story.heldAt(20)!;
    expect(history.at(held - 1)!.pods.length).toBe(1);
    expect(history.at(held)!.pods.length).toBe(0);
  });
});
