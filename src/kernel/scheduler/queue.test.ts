import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/objects';
import { freezeDeep } from '../../base/state';
import type { ClusterEvent } from './events';
import { prioritySort } from './plugins/priority-sort';
import { SchedulingQueue, emptyQueue, type QueuedPod } from './queue';

function pod(name: string, priority = 0): Pod {
  const metadata = { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' };
  return freezeDeep({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], priority }, status: {} }) as Pod;
}

const WAKE = { by: 'PodAdd', object: '', revision: 1 };
const NODE_ADD: ClusterEvent = { name: 'NodeAdd', object: 'nodes/n', revision: 2 };

function queueOf(helps: (queued: QueuedPod) => boolean = () => true): SchedulingQueue {
  return new SchedulingQueue(emptyQueue(), {
    initialBackoffMs: 1000,
    maxBackoffMs: 10_000,
    before: (one, other) => prioritySort().queueSort!(one, other),
    admits: ({ metadata }) => !metadata.name.startsWith('gated'),
    helps,
  });
}

/** Takes everything that can be taken. */
function drain(queue: SchedulingQueue, nowMs: number): string[] {
  const names: string[] = [];
  for (let queued = queue.pop(nowMs); queued; queued = queue.pop(nowMs)) names.push(queued.pod.metadata.name);
  return names;
}

describe('the scheduling queue', () => {
  test('higher priority first, then who came first', () => {
    const queue = queueOf();
    queue.add(pod('a'), 1, WAKE);
    queue.add(pod('b', 10), 2, WAKE);
    queue.add(pod('c'), 2, WAKE);
    queue.add(pod('d', 10), 3, WAKE);
    queue.add(pod('e'), 2, WAKE);
    expect(drain(queue, 4)).toEqual(['b', 'd', 'a', 'c', 'e']);
  });

  test('a removed Pod does not come out', () => {
    const queue = queueOf();
    queue.add(pod('a'), 1, WAKE);
    queue.add(pod('b'), 2, WAKE);
    queue.remove('a');
    expect(drain(queue, 3)).toEqual(['b']);
  });

  test('a gated Pod stays out until PreEnqueue lets it in', () => {
    const queue = queueOf();
    const queued = queue.add(pod('gated-a'), 1, WAKE);
    expect(queued.where).toBe('gated');
    expect(drain(queue, 2)).toEqual([]);
    queue.update(queued, pod('a'));
    queue.wake(queued, 3, WAKE);
    expect(drain(queue, 4)).toEqual(['a']);
  });

  test('an event wakes the Pods it may help, and no others', () => {
    const queue = queueOf(({ refusedBy }) => refusedBy.includes('NodeResourcesFit'));
    for (const name of ['a', 'b']) queue.add(pod(name), 1, WAKE);
    queue.putAside(queue.pop(2)!, ['NodeResourcesFit'], 2);
    queue.putAside(queue.pop(3)!, ['NodeAffinity'], 3);
    expect(queue.move(NODE_ADD, 5000)).toBe(true);
    expect(drain(queue, 5000)).toEqual(['a']);
    expect(queue.counts()).toEqual({ active: 1, backoff: 0, unschedulable: 1, gated: 0 });
  });

  test('a Pod that was refused backs off 1, 2, 4, 8, 10 seconds, but not while nobody else is active', () => {
    const queue = queueOf();
    queue.add(pod('a'), 0, WAKE);
    let nowMs = 0;
    const ends: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const queued = queue.pop(nowMs)!;
      queue.putAside(queued, ['NodeAffinity'], nowMs);
      queue.move(NODE_ADD, nowMs + 1);
      const { atMs, isError } = queue.nextBackoff()!;
      expect(isError).toBe(false);
      ends.push((atMs - nowMs) / 1000);
      nowMs = atMs;
    }
    expect(ends).toEqual([1, 2, 4, 8, 10, 10]);
    queue.add(pod('b'), nowMs, WAKE);
    expect(drain(queue, nowMs - 1)).toEqual(['b', 'a']);
  });

  test('a Pod whose attempt failed waits out its back-off', () => {
    const queue = queueOf();
    queue.add(pod('a'), 0, WAKE);
    queue.retry(queue.pop(0)!, 0);
    expect(drain(queue, 999)).toEqual([]);
    expect(queue.nextBackoff()).toEqual({ atMs: 1000, isError: true });
    queue.flushBackoff(999);
    expect(drain(queue, 999)).toEqual([]);
    queue.flushBackoff(1000);
    expect(drain(queue, 1000)).toEqual(['a']);
  });

  test('five minutes aside are enough', () => {
    const queue = queueOf(() => false);
    queue.add(pod('a'), 0, WAKE);
    queue.putAside(queue.pop(0)!, ['NodeAffinity'], 0);
    queue.flushUnschedulable(299_999);
    expect(drain(queue, 299_999)).toEqual([]);
    queue.flushUnschedulable(300_000);
    expect(drain(queue, 300_000)).toEqual(['a']);
    expect(queue.get('a')?.wokenBy).toBe('UnschedulableTimeout');
  });
});
