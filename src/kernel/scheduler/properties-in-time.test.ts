import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/objects';
import { Rig } from './scheduler.rig';

const RUNS = { seed: 20_261_128, numRuns: 150 };

const GPU = 'nvidia.com/gpu';
const DRIVER = 'disk.example.com';
/** The longest back-off, and a second for the cycles of all that wait. */
const BOUND_MS = 11_000;
/** Long enough for the scheduler to try what a step has woken. */
const STEP_MS = 50;

const taint = fc.constantFrom(undefined, undefined, 'gpu', 'spot');

const step = fc.oneof(
  fc.record({
    do: fc.constant('addNode' as const),
    cpu: fc.integer({ min: 1, max: 4 }),
    gpus: fc.integer({ min: 0, max: 2 }),
    taint,
  }),
  fc.record({
    do: fc.constant('addPod' as const),
    cpu: fc.integer({ min: 0, max: 3 }),
    gpus: fc.constantFrom(0, 0, 1),
    tolerates: taint,
    apart: fc.boolean(),
    pool: fc.constantFrom(undefined, undefined, 'a'),
    claim: fc.constantFrom(undefined, undefined, 0, 1, 2, 3, 4),
  }),
  fc.record({ do: fc.constant('deletePod' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('untaint' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('cordon' as const), which: fc.nat(), on: fc.boolean() }),
  fc.record({ do: fc.constant('label' as const), which: fc.nat(), pool: fc.constantFrom('a', 'b') }),
  fc.record({ do: fc.constant('grow' as const), which: fc.nat(), cpu: fc.integer({ min: 4, max: 8 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A cluster of which disks are attached, driven by random steps. */
class World {
  readonly rig = new Rig();
  #made = 0;

  constructor() {
    for (let index = 0; index < 5; index++) this.#disk(index);
  }

  take(one: Step): void {
    if (one.do === 'addNode') this.#addNode(one);
    else if (one.do === 'addPod') this.#addPod(one);
    else if (one.do === 'deletePod') this.#deletePod(one.which);
    else if (one.do === 'wait') this.rig.run(one.ms);
    else this.#changeNode(one);
  }

  get pods(): Pod[] {
    return this.rig.admin.list('pods');
  }

  get nodes(): string[] {
    return this.rig.admin.list('nodes').map(({ metadata }) => metadata.name);
  }

  #addNode({ cpu, gpus, taint: key }: Extract<Step, { do: 'addNode' }>): void {
    const name = `node-${this.#made++}`;
    this.rig.node(name, { cpu: String(cpu), [GPU]: String(gpus) }, key ? [{ key, effect: 'NoSchedule' }] : []);
    const drivers = [{ name: DRIVER, nodeID: name, topologyKeys: [], allocatable: { count: 1 } }];
    this.rig.create('csinodes', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: { name },
      spec: { drivers },
    });
  }

  #addPod({ cpu, gpus, tolerates, apart, pool, claim }: Extract<Step, { do: 'addPod' }>): void {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { apart: 'yes' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const volumes =
      claim === undefined ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: `disk-${claim}` } }];
    const spec = {
      volumes,
      ...(tolerates ? { tolerations: [{ key: tolerates, operator: 'Exists' }] } : {}),
      ...(apart ? { affinity } : {}),
      ...(pool ? { nodeSelector: { pool } } : {}),
    };
    const requests = { cpu: String(cpu), memory: '1Gi', ...(gpus > 0 ? { [GPU]: String(gpus) } : {}) };
    this.rig.pod(`pod-${this.#made++}`, requests, spec, apart ? { apart: 'yes' } : {});
  }

  #deletePod(which: number): void {
    const { pods } = this;
    const name = pods[which % Math.max(1, pods.length)]?.metadata.name;
    if (name) this.rig.admin.remove('pods', 'default', name, { gracePeriodSeconds: 0 });
  }

  #changeNode(one: Extract<Step, { do: 'untaint' | 'cordon' | 'label' | 'grow' }>): void {
    const name = this.nodes[one.which % Math.max(1, this.nodes.length)];
    if (!name) return;
    const { admin } = this.rig;
    if (one.do === 'untaint')
      admin.patch('nodes', '', name, (node) => ({ ...node, spec: { ...node.spec, taints: [] } }));
    else if (one.do === 'cordon')
      admin.patch('nodes', '', name, (node) => ({ ...node, spec: { ...node.spec, unschedulable: one.on } }));
    else if (one.do === 'label') {
      admin.patch('nodes', '', name, (node) => ({
        ...node,
        metadata: { ...node.metadata, labels: { ...node.metadata.labels, pool: one.pool } },
      }));
    } else {
      const cpu = String(one.cpu);
      admin.patch(
        'nodes',
        '',
        name,
        (node) => ({
          ...node,
          status: { ...node.status, allocatable: { ...(node.status.allocatable as object), cpu } },
        }),
        'status',
      );
    }
  }

  /** A disk and the claim that is bound to it. */
  #disk(index: number): void {
    const name = `disk-${index}`;
    const storage = '1Gi';
    const accessModes = ['ReadWriteOnce'];
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name };
    const csi = { driver: DRIVER, volumeHandle: name };
    this.rig.create('persistentvolumes', {
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage }, accessModes, csi, claimRef, storageClassName: 'disk' },
    });
    this.rig.create('persistentvolumeclaims', {
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { accessModes, resources: { requests: { storage } }, volumeName: name, storageClassName: 'disk' },
    });
    this.rig.admin.patch(
      'persistentvolumeclaims',
      'default',
      name,
      (claim) => ({ ...claim, status: { phase: 'Bound' } }),
      'status',
    );
  }
}

const script = fc.array(step, { maxLength: 40, size: 'max' });

function played(steps: readonly Step[]): World {
  const world = new World();
  for (const one of steps) {
    world.take(one);
    world.rig.run(STEP_MS);
  }
  world.rig.run(BOUND_MS);
  return world;
}

describe('whatever happens in a cluster', () => {
  test('a Pod that waits fits nowhere: whatever made room woke it, and the longest back-off is over', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { pods, rig } = played(steps);
        const fitting = pods
          .filter(({ spec }) => !spec.nodeName)
          .filter(({ metadata }) => rig.scheduler.whatIf('default', metadata.name)!.fits > 0);
        expect(fitting.map(({ metadata }) => metadata.name)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('no node gets more disks than its driver attaches, or more devices than it has', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { pods, nodes, rig } = played(steps);
        for (const name of nodes) {
          const there = pods.filter(({ spec }) => spec.nodeName === name);
          const disks = there.flatMap(({ spec }) =>
            (spec.volumes ?? []).flatMap((one) => one.persistentVolumeClaim?.claimName ?? []),
          );
          expect(new Set(disks).size).toBeLessThanOrEqual(1);
          const amount = (list: object | undefined): number => Number((list as Record<string, string>)[GPU] ?? '0');
          const devices = there.reduce((sum, { spec }) => sum + amount(spec.containers[0]!.resources?.requests), 0);
          expect(devices).toBeLessThanOrEqual(amount(rig.admin.get('nodes', '', name)!.status.allocatable));
        }
      }),
      RUNS,
    );
  });

  test('the same steps give the same placement', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const places = (): unknown[] => played(steps).pods.map(({ metadata, spec }) => [metadata.name, spec.nodeName]);
        expect(places()).toEqual(places());
      }),
      { ...RUNS, numRuns: 15 },
    );
  });
});
