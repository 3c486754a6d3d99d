import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../api/faults';
import type { Json } from '../api/objects';
import { ClusterRig, replayOf } from './cluster.rig';
import { brokenInvariants } from './invariants';
import { deployment, DEPLOYMENTS, JOBS, TOLERATION, trainingJob } from './storm.rig';

const MINUTE = 60_000;
const RUNS = 4;
const NODES = ['cpu-1', 'cpu-2', 'cpu-4', 'cpu-5', 'gpu-a100-1', 'gpu-a100-3'];

type Action =
  | { kind: 'bound'; pool: string; min: number; more: number }
  | { kind: 'scale'; replicas: number }
  | { kind: 'fault'; fault: Fault }
  | { kind: 'train' }
  | { kind: 'wait'; minutes: number };

const node = fc.constantFrom(...NODES);
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('bound' as const),
      pool: fc.constantFrom('cpu', 'gpu-a100'),
      min: fc.nat(3),
      more: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant('scale' as const), replicas: fc.nat(12) }),
    fc.record({
      kind: fc.constant('fault' as const),
      fault: fc.oneof(
        fc.record({
          type: fc.constantFrom('MemoryPressure' as const, 'DiskPressure' as const),
          node,
          on: fc.boolean(),
        }),
        fc.record({ type: fc.constantFrom('NodeDown' as const, 'NodeUp' as const, 'NodeRemove' as const), node }),
        fc.record({
          type: fc.constantFrom('GpuFault' as const, 'GpuRepaired' as const),
          node: fc.constantFrom('gpu-a100-1', 'gpu-a100-3'),
          device: fc.constantFrom('nvidia0', 'nvidia1'),
        }),
      ),
    }),
    fc.record({ kind: fc.constant('train' as const) }),
    fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  ),
  { minLength: 4, maxLength: 12 },
);

function act(rig: ClusterRig, action: Action): void {
  switch (action.kind) {
    case 'bound': {
      const { pool, min, more } = action;
      rig.input({ kind: 'world', change: { type: 'pool', pool, min, max: min + more, startSeconds: 40 } });
      break;
    }
    case 'scale':
      rig.scale('web', action.replicas);
      break;
    case 'fault':
      if (rig.cluster.faultProblem(action.fault) === undefined) rig.input({ kind: 'fault', fault: action.fault });
      break;
    case 'train':
      rig.request('POST', JOBS, trainingJob({ tolerations: [TOLERATION], steps: 3000 }));
      break;
    case 'wait':
      rig.run(action.minutes * MINUTE);
  }
  rig.run(20_000);
}

/** The deployment of the storm, with Pods of which four fill a node. */
function web(): Json {
  const draft = deployment(3) as { spec: { template: { spec: { containers: { resources?: object }[] } } } };
  draft.spec.template.spec.containers[0]!.resources = { requests: { cpu: '1800m', memory: '4Mi' } };
  return draft as unknown as Json;
}

function checkStorm(seed: number, steps: Action[]): void {
  const rig = new ClusterRig('ml', seed);
  rig.request('POST', DEPLOYMENTS, web());
  let middle: { snapshot: ReturnType<typeof rig.cluster.snapshot>; inputs: number } | undefined;
  for (const [index, step] of steps.entries()) {
    act(rig, step);
    expect(brokenInvariants(rig.cluster)).toEqual([]);
    if (index === Math.floor(steps.length / 2))
      middle = { snapshot: rig.cluster.snapshot(), inputs: rig.inputs.length };
  }
  const hash = rig.cluster.hash();
  const atMs = rig.cluster.clock.nowMs;
  expect(replayOf('ml', seed, rig.inputs, atMs).hash()).toBe(hash);
  rig.cluster.restore(middle!.snapshot);
  rig.inputs.slice(middle!.inputs).forEach((input, index) => {
    rig.cluster.run(input.atMs);
    rig.cluster.input(input, middle!.inputs + index);
  });
  rig.cluster.run(atMs);
  expect(rig.cluster.hash()).toBe(hash);
}

describe('a storm over pools that grow and shrink, and machines in want', () => {
  it('breaks no invariant and no replay', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), actions, checkStorm), {
      seed: 20260107,
      numRuns: RUNS,
    });
  }, 600_000);
});
