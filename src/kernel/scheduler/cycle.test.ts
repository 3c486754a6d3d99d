import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/objects';
import { nextBelow, seedRandom } from '../../base/random';
import { freezeDeep } from '../../base/state';
import { SchedulerCache, emptyCache } from './cache';
import { runCycle, type CycleResult } from './cycle';
import { framework, NO_OBJECTS } from './cycle.rig';

const random = seedRandom(1, 'cycle');

function cacheOf(count: number, cpu = '4'): SchedulerCache {
  const cache = new SchedulerCache(emptyCache());
  for (let index = 0; index < count; index++) {
    const name = `node-${index}`;
    const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: '' };
    const status = { allocatable: { cpu, memory: '16Gi', pods: '110' } };
    cache.setNode(freezeDeep({ apiVersion: 'v1', kind: 'Node', metadata, spec: {}, status }) as Node);
  }
  return cache;
}

function pod(name: string, fields: { cpu?: string; priority?: number; nominated?: string } = {}): Pod {
  const metadata = { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' };
  const resources = { requests: { cpu: fields.cpu ?? '1' } };
  const spec = { containers: [{ name: 'main', image: 'busybox', resources }], priority: fields.priority ?? 0 };
  const status = fields.nominated ? { nominatedNodeName: fields.nominated } : {};
  return freezeDeep({ apiVersion: 'v1', kind: 'Pod', metadata, spec, status }) as Pod;
}

function run(cache: SchedulerCache, one: Pod): CycleResult {
  return runCycle(one, {
    framework,
    snapshot: cache,
    lister: NO_OBJECTS,
    startIndex: cache.startIndex,
    random: (bound) => nextBelow(random, bound),
    exhaustive: false,
  });
}

describe('a scheduling cycle', () => {
  test.each([
    [50, 50],
    [99, 99],
    [200, 100],
    [1000, 420],
    [5000, 500],
  ])('of %i nodes it looks for %i that fit', (nodes, enough) => {
    const result = run(cacheOf(nodes), pod('p'));
    expect(result.feasible).toHaveLength(enough);
    expect(result.nextStartIndex).toBe(enough % nodes);
  });

  test('the next search starts where the last one ended', () => {
    const cache = cacheOf(300);
    const first = run(cache, pod('a'));
    cache.startIndex = first.nextStartIndex;
    const second = run(cache, pod('b'));
    const names = new Set(first.feasible.map(({ name }) => name));
    expect(second.feasible.some(({ name }) => names.has(name))).toBe(false);
  });

  test('of equal nodes any may be taken', () => {
    const cache = cacheOf(5);
    const taken = new Set<string>();
    for (let index = 0; index < 100; index++) taken.add(run(cache, pod('p')).chosen!.name);
    expect(taken.size).toBe(5);
  });

  test('the only node that fits is taken without scores', () => {
    const result = run(cacheOf(1), pod('p'));
    expect(result.chosen?.name).toBe('node-0');
    expect(result.scores).toEqual([]);
  });

  test('a nominated Pod takes its node without looking at others', () => {
    const result = run(cacheOf(10), pod('p', { nominated: 'node-7' }));
    expect(result).toMatchObject({ evaluated: 1 });
    expect(result.chosen?.name).toBe('node-7');
  });

  test('room kept for a Pod of equal or higher priority is not given away', () => {
    const cache = cacheOf(1);
    cache.nominate(pod('waiting', { cpu: '4', priority: 5 }), 'node-0');
    expect(run(cache, pod('low', { priority: 5 })).chosen).toBeUndefined();
    expect(run(cache, pod('high', { priority: 6 })).chosen?.name).toBe('node-0');
  });

  test('no nodes, no search', () => {
    expect(run(cacheOf(0), pod('p')).failure?.message).toBe('no nodes available to schedule pods');
  });

  test('preemption takes the node whose victims matter least', () => {
    const cache = cacheOf(3, '2');
    cache.addPod(pod('a', { cpu: '2', priority: 3 }), 'node-0', false);
    cache.addPod(pod('b', { cpu: '2', priority: 1 }), 'node-1', false);
    cache.addPod(pod('c', { cpu: '1', priority: 1 }), 'node-2', false);
    cache.addPod(pod('d', { cpu: '1', priority: 1 }), 'node-2', false);
    const result = run(cache, pod('urgent', { cpu: '2', priority: 9 }));
    expect(result.preemption).toMatchObject({ node: 'node-1', candidates: 3 });
    expect(result.preemption?.victims.map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(result.failure?.message).toBe('0/3 nodes are available: 3 Insufficient cpu.');
  });
});
