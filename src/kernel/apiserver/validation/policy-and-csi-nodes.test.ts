import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

const BUDGETS = '/apis/policy/v1/namespaces/lab/poddisruptionbudgets';
const CSI_NODES = '/apis/storage.k8s.io/v1/csinodes';
const MERGE = 'application/merge-patch+json';

const budget = (spec: Json): Json => ({ metadata: { name: 'b' }, spec });
const csiNode = (drivers: Json): Json => ({ metadata: { name: 'n' }, spec: { drivers } });

describe('a PodDisruptionBudget is refused', () => {
  test.each<[Json, string]>([
    [
      { minAvailable: 1, maxUnavailable: 1 },
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
    [{ minAvailable: -1 }, 'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
    [{ maxUnavailable: '150%' }, 'spec.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
  ])('%j', (spec, why) => {
    expect(new Rig().say('POST', BUDGETS, budget(spec))).toContain(why);
  });

  test('when its status counts below nothing', () => {
    const rig = new Rig();
    rig.ask('POST', BUDGETS, budget({ minAvailable: 1 }));
    const { code, body } = rig.ask('PATCH', `${BUDGETS}/b/status`, { status: { currentHealthy: -1 } }, MERGE);
    expect(code).toBe(422);
    expect(JSON.stringify(body)).toContain(
      'status.currentHealthy: Invalid value: -1: must be greater than or equal to 0',
    );
  });
});

describe('a CSINode is refused', () => {
  test.each<[Json, string]>([
    [[{ nodeID: 'x' }], 'spec.drivers[0].name: Required value'],
    [[{ name: 'd' }], 'spec.drivers[0].nodeID: Required value'],
    [
      [{ name: 'd', nodeID: 'x', allocatable: { count: -1 } }],
      'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      [
        { name: 'd', nodeID: 'x' },
        { name: 'd', nodeID: 'y' },
      ],
      'spec.drivers[1].name: Duplicate value: "d"',
    ],
  ])('%j', (drivers, why) => {
    expect(new Rig().say('POST', CSI_NODES, csiNode(drivers))).toContain(why);
  });

  test('when a registered driver changes, but for how many volumes it can attach', () => {
    const rig = new Rig();
    rig.ask('POST', CSI_NODES, csiNode([{ name: 'd', nodeID: 'x', allocatable: { count: 2 } }]));
    const change = (driver: Json): number =>
      rig.ask('PATCH', `${CSI_NODES}/n`, { spec: { drivers: [driver] } }, MERGE).code;
    expect(change({ name: 'd', nodeID: 'x', allocatable: { count: 3 } })).toBe(200);
    expect(change({ name: 'd', nodeID: 'y', allocatable: { count: 3 } })).toBe(422);
    expect(change({ name: 'd', nodeID: 'x', allocatable: { count: -1 } })).toBe(422);
    expect(rig.ask('PATCH', `${CSI_NODES}/n`, { spec: { drivers: null } }, MERGE).code).toBe(200);
  });

  test.each<Json>([{ metadata: { name: 'n' } }, { metadata: { name: 'n' }, spec: {} }])(
    'nothing said: %j',
    (object) => {
      expect(new Rig().ask('POST', CSI_NODES, object).code).toBeLessThan(500);
    },
  );
});
