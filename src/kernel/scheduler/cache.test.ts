import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/objects';
import { copyState, freezeDeep } from '../../base/state';
import { SchedulerCache, emptyCache } from './cache';
import type { PodMatch } from './match-counts';

const NODES = ['n0', 'n1', 'n2', 'n3'];
const MATCH: PodMatch = {
  namespace: 'default',
  selector: [{ key: 'app', operator: 'In', values: ['a'] }],
  terminating: false,
};

function node(name: string, zone: string): Node {
  const labels = { 'kubernetes.io/hostname': name, ...(zone ? { 'topology.kubernetes.io/zone': zone } : {}) };
  const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels };
  const status = {
    allocatable: { cpu: '8', memory: '8Gi', pods: '10' },
    images: [{ names: [`image-${zone}`], sizeBytes: 1 }],
  };
  return freezeDeep({ apiVersion: 'v1', kind: 'Node', metadata, spec: {}, status }) as Node;
}

function pod(uid: number, nodeName: string, app: string, ending: boolean, milli: number): Pod {
  const metadata = {
    name: `p${uid}`,
    namespace: 'default',
    uid: `p${uid}`,
    resourceVersion: '1',
    creationTimestamp: '',
    labels: { app },
    ...(ending ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
  };
  const resources = { requests: { cpu: `${milli}m` } };
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: `c${uid % 2}` } }];
  const ports = [{ containerPort: 1, hostPort: 1000 + (uid % 3), hostIP: `10.0.0.${uid}` }];
  const containers = [{ name: 'main', image: 'busybox', resources, ports }];
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName, containers, volumes },
    status: {},
  }) as Pod;
}

type Step =
  | { kind: 'node'; name: string; zone: string }
  | { kind: 'removeNode'; name: string }
  | { kind: 'pod'; uid: number; name: string; app: string; ending: boolean; milli: number }
  | { kind: 'removePod'; uid: number };

const name = fc.constantFrom(...NODES);
const uid = fc.integer({ min: 0, max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('node' as const), name, zone: fc.constantFrom('', 'a', 'b') }),
  fc.record({ kind: fc.constant('removeNode' as const), name }),
  fc.record({
    kind: fc.constant('pod' as const),
    uid,
    name,
    app: fc.constantFrom('a', 'b'),
    ending: fc.boolean(),
    milli: fc.integer({ min: 0, max: 2000 }),
  }),
  fc.record({ kind: fc.constant('removePod' as const), uid }),
);

/** What the cache says, in a form in which two caches can be compared. */
function view(cache: SchedulerCache): unknown {
  const byName = new Map([...cache.nodes].map((info) => [info.name, info]));
  const sorted = (counts: ReadonlyMap<string, number>): [string, number][] => [...counts].sort();
  return {
    nodes: NODES.filter((each) => byName.has(each)).map((each) => {
      const { index: _, pods, ports, ...rest } = byName.get(each)!;
      return { ...rest, pods: [...pods.keys()].sort(), ports: [...ports.keys()].sort() };
    }),
    claims: [cache.claimUsers('default/c0'), cache.claimUsers('default/c1')],
    images: ['image-', 'image-a', 'image-b'].map((image) => [...(cache.image(image)?.nodes ?? [])].sort()),
    byNode: sorted(cache.matchesByNode(MATCH)).filter(([each]) => byName.has(each)),
    terms: [...cache.affinityTerms()].map(({ kind, domains }) => `${kind} ${sorted(domains).join()}`).sort(),
    byZone: sorted(cache.matchesByDomain(MATCH, 'topology.kubernetes.io/zone', ['topology.kubernetes.io/zone'])),
  };
}

describe('the cache', () => {
  test('kept up to date step by step, it is what it would be if it were filled anew', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const state = emptyCache();
        const cache = new SchedulerCache(state);
        const nodes = new Map<string, Node>();
        const pods = new Map<number, Pod>();
        for (const one of steps) {
          view(cache);
          if (one.kind === 'node') (nodes.set(one.name, node(one.name, one.zone)), cache.setNode(nodes.get(one.name)!));
          else if (one.kind === 'removeNode') (nodes.delete(one.name), cache.removeNode(one.name));
          else if (one.kind === 'removePod') {
            if (pods.has(one.uid)) cache.removePod(pods.get(one.uid)!);
            pods.delete(one.uid);
          } else {
            pods.set(
              one.uid,
              pod(one.uid, pods.get(one.uid)?.spec.nodeName ?? one.name, one.app, one.ending, one.milli),
            );
            cache.updatePod(pods.get(one.uid)!);
          }
        }
        const fresh = new SchedulerCache(emptyCache());
        for (const each of nodes.values()) fresh.setNode(each);
        for (const each of pods.values()) fresh.addPod(each, each.spec.nodeName!, false);
        expect(view(cache)).toEqual(view(fresh));
        expect(view(new SchedulerCache(copyState(state)))).toEqual(view(fresh));
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test('nodes of different zones take turns', () => {
    const cache = new SchedulerCache(emptyCache());
    for (const [each, zone] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['a3', 'a'],
      ['b1', 'b'],
      ['c1', ''],
    ] as const) {
      cache.setNode(node(each, zone));
    }
    expect(cache.nodes.map((info) => info.name)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
    expect(cache.nodes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  });

  test('an assumed Pod counts at once, and its binding confirms it', () => {
    const cache = new SchedulerCache(emptyCache());
    cache.setNode(node('n0', 'a'));
    const waiting = pod(1, '', 'a', false, 500);
    cache.addPod(waiting, 'n0', true);
    expect(cache.node('n0')?.requested.cpu).toBe(500);
    expect(cache.isAssumed('p1')).toBe(true);
    cache.updatePod(freezeDeep({ ...waiting, spec: { ...waiting.spec, nodeName: 'n0' } }));
    expect(cache.isAssumed('p1')).toBe(false);
    expect(cache.node('n0')?.requested.cpu).toBe(500);
  });
});
