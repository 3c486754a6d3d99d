import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/objects';
import { freezeDeep } from '../../base/state';
import { SchedulerCache, emptyCache } from './cache';
import { runCycle, type CycleResult } from './cycle';
import { framework, NO_OBJECTS } from './cycle.rig';
import type { Snapshot } from './framework/snapshot';

const SPREAD = {
  maxSkew: 1,
  topologyKey: 'zone',
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: { app: 'a' } },
};

interface NodeShape {
  cpu: number;
  zone: string | undefined;
  taint: 'NoSchedule' | 'PreferNoSchedule' | undefined;
  image: boolean;
  cordoned: boolean;
}

interface PodShape {
  milli: number;
  tolerates: boolean;
  port: boolean;
  spread: boolean;
  zone: string | undefined;
}

const name = fc.constantFrom('n0', 'n1', 'n2', 'n3', 'n4');
const zone = fc.constantFrom('a', 'b', undefined);
const shapes: fc.Arbitrary<PodShape> = fc.record({
  milli: fc.constantFrom(0, 500, 1500),
  tolerates: fc.boolean(),
  port: fc.boolean(),
  spread: fc.boolean(),
  zone: fc.constantFrom(undefined, undefined, 'a'),
});
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('gone' as const), name }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('node' as const),
      name,
      cpu: fc.integer({ min: 1, max: 4 }),
      zone,
      taint: fc.constantFrom('NoSchedule' as const, 'PreferNoSchedule' as const, undefined),
      image: fc.boolean(),
      cordoned: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('place' as const), shape: shapes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('nominate' as const), shape: shapes, name }) },
);

function makeNode(at: string, shape: NodeShape): Node {
  const labels = { 'kubernetes.io/hostname': at, ...(shape.zone ? { zone: shape.zone } : {}) };
  const allocatable = { cpu: String(shape.cpu), memory: '8Gi', pods: '5' };
  const images = shape.image ? [{ names: ['busybox:latest'], sizeBytes: 4e8 }] : [];
  const taints = shape.taint ? [{ key: 'kept', effect: shape.taint }] : [];
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: at, uid: at, resourceVersion: '1', creationTimestamp: '', labels },
    spec: { taints, unschedulable: shape.cordoned },
    status: { allocatable, images },
  }) as Node;
}

function makePod(number: number, shape: PodShape): Pod {
  const ports = shape.port ? [{ containerPort: 80, hostPort: 80 }] : [];
  const resources = { requests: { cpu: `${shape.milli}m` } };
  const metadata = {
    name: `p${number}`,
    namespace: 'default',
    uid: `p${number}`,
    resourceVersion: '1',
    creationTimestamp: '',
    labels: { app: 'a' },
  };
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      containers: [{ name: 'main', image: 'busybox', resources, ports }],
      ...(shape.tolerates ? { tolerations: [{ key: 'kept', operator: 'Exists' }] } : {}),
      ...(shape.spread ? { topologySpreadConstraints: [SPREAD] } : {}),
      ...(shape.zone ? { nodeSelector: { zone: shape.zone } } : {}),
    },
    status: {},
  }) as Pod;
}

/** The same cluster for a scheduler that remembers nothing. */
function forgetful(cache: SchedulerCache): Snapshot {
  return {
    nodes: cache.nodes,
    node: (at) => cache.node(at),
    affinityTerms: () => cache.affinityTerms(),
    image: (image) => cache.image(image),
    claimUsers: (claim) => cache.claimUsers(claim),
    matchesByNode: (match) => cache.matchesByNode(match),
    matchesByDomain: (match, key, keys) => cache.matchesByDomain(match, key, keys),
    nominatedTo: (at) => cache.nominatedTo(at),
  };
}

function told({ feasible, verdicts, scores, totals, chosen, failure }: CycleResult): unknown {
  return { feasible: feasible.map((node) => node.name), verdicts, scores, totals, chosen: chosen?.name, failure };
}

describe('what is remembered of nodes from cycle to cycle', () => {
  test('changes no verdict and no score, whatever happens between the cycles', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const cache = new SchedulerCache(emptyCache());
        const placed: Pod[] = [];
        steps.forEach((one, number) => {
          if (one.do === 'gone') cache.removeNode(one.name);
          else if (one.do === 'node') cache.setNode(makeNode(one.name, one));
          else if (one.do === 'nominate') cache.nominate(makePod(number, one.shape), one.name);
          else if (one.do === 'end') {
            const [pod] = placed.splice(one.which % Math.max(1, placed.length), 1);
            if (pod) cache.removePod(pod);
          } else {
            const pod = makePod(number, one.shape);
            const input = { framework, lister: NO_OBJECTS, startIndex: 0, random: () => 0, exhaustive: false };
            const result = runCycle(pod, { ...input, snapshot: cache });
            expect(told(result)).toEqual(told(runCycle(pod, { ...input, snapshot: forgetful(cache) })));
            if (!result.chosen) return;
            cache.addPod(pod, result.chosen.name, true);
            placed.push(pod);
          }
        });
      }),
      { seed: 20_261_129, numRuns: 200 },
    );
  });
});
