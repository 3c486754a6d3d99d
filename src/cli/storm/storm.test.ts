import { describe, expect, it, test } from 'vitest';
import type { Json, Node, Pod } from '../../api/objects';
import { ClusterRig } from '../../kernel/cluster.rig';
import { deployment, DEPLOYMENTS } from '../../kernel/storm.rig';
import { troubles } from './convergence';
import { placesFor } from './places';
import { playStorm } from './player';
import { CALM_MS, scriptOf } from './script';

/** Seeds that once found a fault, and some that do not tell more than the others. */
const SEEDS = [1, 10, 31, 1117, 200156, 200387, 200833];

describe('a storm', () => {
  test.each(SEEDS)('of seed %i ends in a cluster that has become what was declared, or says truly why not', (seed) => {
    const script = scriptOf(seed);
    const { problems, inputs } = playStorm(script);
    expect({ problems, inputs: problems.length > 0 ? inputs : [] }).toEqual({ problems: [], inputs: [] });
    expect(inputs.filter(({ kind }) => kind === 'fault').length).toBeGreaterThan(0);
  });

  it('is the same each time for a seed, and has ended before it is calm', () => {
    expect(scriptOf(7)).toEqual(scriptOf(7));
    expect(scriptOf(7)).not.toEqual(scriptOf(8));
    for (const { atMs } of scriptOf(7).steps) expect(atMs).toBeLessThan(CALM_MS);
    expect(playStorm(scriptOf(7)).inputs).toEqual(playStorm(scriptOf(7)).inputs);
  });
});

describe('the look at what a cluster has become', () => {
  const told = (rig: ClusterRig): string => troubles(rig.cluster).join('\n');

  it('finds nothing in a cluster that has done what it was asked for', () => {
    const rig = new ClusterRig();
    rig.request('POST', DEPLOYMENTS, deployment(3));
    rig.run(60_000);
    expect(told(rig)).toBe('');
  });

  it('finds a Pod that nobody places although it fits', () => {
    /* Here no provider starts the scheduler again. */
    const rig = new ClusterRig('laptop');
    rig.input({ kind: 'fault', fault: { type: 'ComponentDown', component: 'kube-scheduler' } });
    rig.request('POST', DEPLOYMENTS, deployment(1));
    rig.run(200_000);
    expect(told(rig)).toMatch(/^Pod default\/web-.* fits on laptop, but is said/);
  });

  it('finds a Deployment that nobody looks after, and nodes that are lost', () => {
    const rig = new ClusterRig();
    rig.request('POST', DEPLOYMENTS, deployment(1));
    rig.run(60_000);
    rig.input({ kind: 'fault', fault: { type: 'NodeDown', node: 'cpu-1' } });
    rig.run(120_000);
    expect(told(rig)).toContain('Node cpu-1 is not ready');
    expect(told(rig)).toContain('Node cpu-1 keeps the taint node.kubernetes.io/unreachable');
    rig.input({ kind: 'fault', fault: { type: 'ComponentDown', component: 'kube-controller-manager' } });
    rig.scale('web', 2);
    rig.run(60_000);
    expect(told(rig)).toContain('Deployment default/web has no reason to be at');
  });

  it('believes that a Pod fits nowhere only where it does', () => {
    const rig = new ClusterRig();
    const big = deployment(1) as { spec: { template: { spec: { containers: { resources: Json }[] } } } };
    big.spec.template.spec.containers[0]!.resources = { requests: { cpu: '9' } };
    rig.request('POST', DEPLOYMENTS, big as unknown as Json);
    rig.run(200_000);
    expect(told(rig)).toBe('');
    const pod = rig.pod('web-') as Pod;
    expect(placesFor(rig.cluster, pod)).toEqual([]);
    const gpu = (rig.cluster.store.get('nodes', 'gpu-a100-1') as Node).spec.taints ?? [];
    expect(gpu.map(({ key }) => key)).toEqual(['nvidia.com/gpu']);
    const tolerant = {
      ...pod,
      spec: { ...pod.spec, tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] },
    } as Pod;
    expect(placesFor(rig.cluster, tolerant)).toEqual(['gpu-a100-1', 'gpu-a100-2']);
  });
});
