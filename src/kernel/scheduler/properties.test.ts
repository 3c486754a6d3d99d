import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod, Taint, Toleration } from '../../api/objects';
import { nextBelow, seedRandom } from '../../base/random';
import { freezeDeep } from '../../base/state';
import { SchedulerCache, emptyCache } from './cache';
import { runCycle, type CycleResult } from './cycle';
import { framework, NO_OBJECTS } from './cycle.rig';

const SEED = 20_260_301;
const RUNS = { seed: SEED, numRuns: 150 };

const GPU = 'nvidia.com/gpu';
const TAINT_KEYS = ['gpu', 'dedicated', 'spot'];

const taint = fc.record({
  key: fc.constantFrom(...TAINT_KEYS),
  value: fc.constantFrom('a', 'b'),
  effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
});

const node = fc.record({
  cpu: fc.integer({ min: 0, max: 8 }),
  memory: fc.integer({ min: 1, max: 16 }),
  gpus: fc.integer({ min: 0, max: 4 }),
  pods: fc.integer({ min: 0, max: 6 }),
  zone: fc.constantFrom('a', 'b', undefined),
  taints: fc.array(taint, { maxLength: 2 }),
  cordoned: fc.boolean(),
});

const toleration = fc.record({
  key: fc.constantFrom(...TAINT_KEYS),
  operator: fc.constantFrom('Exists', 'Equal'),
  value: fc.constantFrom('a', 'b'),
  effect: fc.constantFrom('NoSchedule', 'NoExecute', ''),
});

const pod = fc.record({
  milli: fc.integer({ min: 0, max: 4000 }),
  memory: fc.integer({ min: 0, max: 8 }),
  gpus: fc.constantFrom(0, 0, 1, 2),
  hostPort: fc.constantFrom(undefined, undefined, 80, 8080),
  tolerations: fc.array(toleration, { maxLength: 3 }),
  zone: fc.constantFrom(undefined, undefined, 'a', 'b'),
  apart: fc.boolean(),
});

type Shape<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

function makeNode(shape: Shape<typeof node>, index: number): Node {
  const allocatable = {
    cpu: String(shape.cpu),
    memory: `${shape.memory}Gi`,
    pods: String(shape.pods),
    [GPU]: String(shape.gpus),
  };
  const name = `node-${index}`;
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      labels: { 'kubernetes.io/hostname': name, ...(shape.zone ? { zone: shape.zone } : {}) },
    },
    spec: { taints: shape.taints as Taint[], unschedulable: shape.cordoned },
    status: { allocatable },
  }) as Node;
}

function makePod(shape: Shape<typeof pod>, index: number): Pod {
  const name = `pod-${index}`;
  const requests = {
    cpu: `${shape.milli}m`,
    memory: `${shape.memory}Gi`,
    ...(shape.gpus ? { [GPU]: String(shape.gpus) } : {}),
  };
  const ports = shape.hostPort ? [{ containerPort: 80, hostPort: shape.hostPort }] : [];
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { apart: 'yes' } } };
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      labels: shape.apart ? { apart: 'yes' } : {},
    },
    spec: {
      containers: [{ name: 'main', image: 'busybox', resources: { requests }, ports }],
      tolerations: shape.tolerations as Toleration[],
      ...(shape.zone ? { nodeSelector: { zone: shape.zone } } : {}),
      ...(shape.apart
        ? { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
        : {}),
    },
    status: {},
  }) as Pod;
}

interface Placement {
  readonly pod: Pod;
  readonly result: CycleResult;
}

/** Places Pods one after the other, each assumed where it was put. */
function placeAll(nodes: readonly Node[], pods: readonly Pod[], seed: number): Placement[] {
  const cache = new SchedulerCache(emptyCache());
  const random = seedRandom(seed, 'properties');
  for (const one of nodes) cache.setNode(one);
  return pods.map((one) => {
    const result = runCycle(one, {
      framework,
      snapshot: cache,
      lister: NO_OBJECTS,
      startIndex: cache.startIndex,
      random: (bound) => nextBelow(random, bound),
      exhaustive: false,
    });
    cache.startIndex = result.nextStartIndex;
    if (result.chosen) cache.addPod(one, result.chosen.name, true);
    return { pod: one, result };
  });
}

const requestOf = (one: Pod, resource: string): number => {
  const text = String((one.spec.containers[0]!.resources?.requests as Record<string, string>)[resource] ?? '0');
  return text.endsWith('m')
    ? Number(text.slice(0, -1))
    : Number(text.replace('Gi', '')) * (resource === 'cpu' ? 1000 : 1);
};

const sizeOf = (one: Node, resource: string): number => {
  const text = String((one.status.allocatable as Record<string, string>)[resource] ?? '0').replace('Gi', '');
  return Number(text) * (resource === 'cpu' ? 1000 : 1);
};

const isTolerated = (one: Taint, tolerations: readonly Toleration[]): boolean =>
  tolerations.some(
    ({ key, operator, value, effect }) =>
      key === one.key && (!effect || effect === one.effect) && (operator === 'Exists' || value === one.value),
  );

const blocks = (one: Node, candidate: Pod): boolean =>
  one.spec.unschedulable === true ||
  (one.spec.taints ?? []).some(
    (each) => each.effect !== 'PreferNoSchedule' && !isTolerated(each, candidate.spec.tolerations ?? []),
  );

const cluster = fc.tuple(
  fc.array(node, { minLength: 1, maxLength: 8 }),
  fc.array(pod, { maxLength: 30 }),
  fc.integer(),
);

/** What the cluster looks like after the first `count` placements. */
function podsOn(placements: readonly Placement[], count: number, name: string): Pod[] {
  return placements
    .slice(0, count)
    .filter(({ result }) => result.chosen?.name === name)
    .map((one) => one.pod);
}

describe('whatever the cluster', () => {
  test('no node is over-committed in any resource, Pods and ports included', () => {
    fc.assert(
      fc.property(cluster, ([nodeShapes, podShapes, seed]) => {
        const nodes = nodeShapes.map(makeNode);
        const placements = placeAll(nodes, podShapes.map(makePod), seed);
        for (const one of nodes) {
          const there = podsOn(placements, placements.length, one.metadata.name);
          expect(there.length).toBeLessThanOrEqual(sizeOf(one, 'pods'));
          for (const resource of ['cpu', 'memory', GPU]) {
            const total = there.reduce((sum, each) => sum + requestOf(each, resource), 0);
            expect(total).toBeLessThanOrEqual(sizeOf(one, resource));
          }
          const ports = there.flatMap((each) => each.spec.containers[0]!.ports?.map(({ hostPort }) => hostPort) ?? []);
          expect(new Set(ports).size).toBe(ports.length);
          expect(there.filter((each) => each.metadata.labels?.apart).length).toBeLessThanOrEqual(1);
        }
      }),
      RUNS,
    );
  });

  test('no Pod lands on a taint that it does not tolerate, or outside its selector', () => {
    fc.assert(
      fc.property(cluster, ([nodeShapes, podShapes, seed]) => {
        const placements = placeAll(nodeShapes.map(makeNode), podShapes.map(makePod), seed);
        for (const { pod: placed, result } of placements) {
          if (!result.chosen) continue;
          expect(blocks(result.chosen.node, placed)).toBe(false);
          expect(result.chosen.node.metadata.labels).toMatchObject(placed.spec.nodeSelector ?? {});
        }
      }),
      RUNS,
    );
  });

  test('a Pod that fits somewhere is placed', () => {
    fc.assert(
      fc.property(cluster, ([nodeShapes, podShapes, seed]) => {
        const nodes = nodeShapes.map(makeNode);
        const placements = placeAll(nodes, podShapes.map(makePod), seed);
        placements.forEach(({ pod: candidate, result }, index) => {
          if (result.chosen) return;
          const fitting = nodes.filter((one) => {
            const there = podsOn(placements, index, one.metadata.name);
            const room = ['cpu', 'memory', GPU].every((resource) => {
              const free = there.reduce((left, each) => left - requestOf(each, resource), sizeOf(one, resource));
              return requestOf(candidate, resource) <= free;
            });
            const port = candidate.spec.containers[0]!.ports?.[0]?.hostPort;
            const portFree = !port || !there.some((each) => each.spec.containers[0]!.ports?.[0]?.hostPort === port);
            const alone = !candidate.metadata.labels?.apart || !there.some((each) => each.metadata.labels?.apart);
            const selected = Object.entries(candidate.spec.nodeSelector ?? {}).every(
              ([key, value]) => one.metadata.labels?.[key] === value,
            );
            return (
              room && portFree && alone && selected && there.length < sizeOf(one, 'pods') && !blocks(one, candidate)
            );
          });
          expect(fitting.map(({ metadata }) => metadata.name)).toEqual([]);
        });
      }),
      RUNS,
    );
  });

  test('the same seed gives the same placement', () => {
    fc.assert(
      fc.property(cluster, ([nodeShapes, podShapes, seed]) => {
        const run = (): (string | undefined)[] =>
          placeAll(nodeShapes.map(makeNode), podShapes.map(makePod), seed).map(({ result }) => result.chosen?.name);
        expect(run()).toEqual(run());
      }),
      RUNS,
    );
  });
});
