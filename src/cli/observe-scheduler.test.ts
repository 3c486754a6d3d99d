import { expect, test } from 'vitest';
import { observeScheduler } from './observe-scheduler';

const EMPTY = {
  pods: [],
  namespaces: [],
  persistentVolumes: [],
  persistentVolumeClaims: [],
  storageClasses: [],
  csiNodes: [],
  podDisruptionBudgets: [],
  services: [],
  replicaSets: [],
};

const node = (name: string, cpu: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name },
  status: { allocatable: { cpu, memory: '16Gi', pods: '110' } },
});

const pod = (spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'p' },
  spec: {
    containers: [{ name: 'main', resources: { requests: { cpu: '2' } } }],
    schedulerName: 'default-scheduler',
    ...spec,
  },
});

async function ask(...cases: object[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  async function* lines(): AsyncIterable<string> {
    for (const one of cases) yield JSON.stringify(one);
  }
  await observeScheduler(lines(), (line) => answers.push(JSON.parse(line)));
  return answers;
}

test('each case is answered by one cycle over its own cluster', async () => {
  const objects = { ...EMPTY, nodes: [node('small', '1'), node('large', '8')] };
  const [placed, gated] = await ask(
    { id: 'a', objects, pod: pod({}) },
    { id: 'b', objects, pod: pod({ schedulingGates: [{ name: 'example.com/quota' }] }) },
  );
  expect(placed).toEqual({
    id: 'a',
    actual: {
      prefilter: null,
      filter: {
        small: { plugin: 'NodeResourcesFit', code: 'UnschedulableAndUnresolvable', reasons: ['Insufficient cpu'] },
        large: null,
      },
      scores: {
        large: {
          TaintToleration: 300,
          NodeResourcesFit: 86,
          DynamicResources: 0,
          NodeResourcesBalancedAllocation: 68,
          ImageLocality: 0,
        },
      },
      total: { large: 454 },
      hosts: ['large'],
      message: null,
      preemption: null,
    },
  });
  const reasons = ['waiting for scheduling gates: [example.com/quota]'];
  expect(gated).toEqual({ id: 'b', actual: { gated: { plugin: 'SchedulingGates', reasons } } });
});
