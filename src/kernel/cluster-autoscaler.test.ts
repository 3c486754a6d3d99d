import { beforeAll, describe, expect, it } from 'vitest';
import type { ConfigMap, Json, Node, Pod } from '../api/objects';
import { ClusterRig, replayOf } from './cluster.rig';

const MINUTE = 60_000;

function deployment(name: string, replicas: number, requests: Record<string, string>, spec: object = {}): Json {
  const labels = { app: name };
  const containers = [{ name: 'main', image: 'nginx:1.27', resources: { requests, limits: requests } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, ...spec } },
    },
  } as Json;
}

const apply = (rig: ClusterRig, body: Json): number =>
  rig.request('POST', '/apis/apps/v1/namespaces/default/deployments', body).code;
const bound = (rig: ClusterRig, pool: string, min: number, max: number, startSeconds = 90): void => {
  rig.input({ kind: 'world', change: { type: 'pool', pool, min, max, startSeconds } });
};
const nodes = (rig: ClusterRig): string[] => [...rig.cluster.store.all('nodes').keys()].sort();
const node = (rig: ClusterRig, name: string): Node => rig.cluster.store.get('nodes', name) as Node;
const placed = (rig: ClusterRig): Pod[] => rig.pods().filter((pod) => pod.spec.nodeName);
const addresses = (rig: ClusterRig): (string | undefined)[] =>
  nodes(rig).map((name) => node(rig, name).status.addresses?.[0]?.address);
const status = (rig: ClusterRig): string =>
  (rig.cluster.store.get('configmaps', 'kube-system/cluster-autoscaler-status') as ConfigMap | undefined)?.data?.[
    'status'
  ] ?? '';
const messages = (rig: ClusterRig, reason: string): string[] => [
  ...new Set(
    rig
      .events()
      .filter((event) => event.reason === reason)
      .map((event) => event.message),
  ),
];
const ML = ['cpu-1', 'cpu-2', 'cpu-3', 'gpu-a100-1', 'gpu-a100-2', 'gpu-t4-1'];
const TOLERATES = { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] };

describe('a pool without bounds', () => {
  it('leaves Pods waiting, and the cluster without an autoscaler', () => {
    const rig = new ClusterRig();
    apply(rig, deployment('big', 4, { cpu: '7' }));
    rig.run(5 * MINUTE);
    expect(nodes(rig)).toEqual(ML);
    expect(status(rig)).toBe('');
    expect([...rig.cluster.snapshot().keys()].filter((part) => /autoscaler$|pools/.test(part))).toEqual([
      'component/horizontal-pod-autoscaler',
    ]);
  });
});

describe('scaling up', () => {
  const rig = new ClusterRig();
  beforeAll(() => {
    bound(rig, 'cpu', 3, 5);
    apply(rig, deployment('big', 7, { cpu: '7' }));
    rig.run(MINUTE);
  });

  it('asks for as many nodes as Pods need and the pool may have, and says so on the Pods', () => {
    expect(messages(rig, 'TriggeredScaleUp')).toEqual(['pod triggered scale-up: [{cpu 3->5 (max: 5)}]']);
    const log = messages(rig, 'ScaledUpGroup');
    expect(log).toEqual([
      'Scale-up: setting group cpu size to 5 instead of 3 (max: 5)',
      'Scale-up: group cpu size set to 5 instead of 3 (max: 5)',
    ]);
    expect(nodes(rig)).toEqual(ML);
    expect(status(rig)).toContain('cloudProviderTarget: 5');
    expect(status(rig)).toMatch(/- name: cpu\n {2}health:\n {4}status: Healthy\n[^]*scaleUp:\n {4}status: InProgress/);
  });

  it('says what keeps the others waiting once the pool is full', () => {
    expect(messages(rig, 'NotTriggerScaleUp')).toEqual(["pod didn't trigger scale-up: 1 max node group size reached"]);
  });

  it('starts the machines after their time, in the zones in turn, and the Pods land on them', () => {
    rig.run(2 * MINUTE);
    expect(nodes(rig)).toEqual([...ML, 'cpu-4', 'cpu-5'].sort());
    const zones = ['cpu-4', 'cpu-5'].map((name) => node(rig, name).metadata.labels?.['topology.kubernetes.io/zone']);
    expect(zones.sort()).toEqual(['podium-1a', 'podium-1b']);
    expect(placed(rig)).toHaveLength(5);
    expect(new Set(addresses(rig)).size).toBe(8);
  });

  it('asks for nothing that would not help', () => {
    const other = new ClusterRig();
    bound(other, 'gpu-a100', 2, 4);
    apply(other, deployment('huge', 1, { cpu: '64' }));
    apply(other, deployment('untolerant', 1, { cpu: '12' }));
    other.run(MINUTE);
    expect(messages(other, 'NotTriggerScaleUp').sort()).toEqual([
      "pod didn't trigger scale-up: 1 node(s) had untolerated taint(s)",
    ]);
    expect(messages(other, 'TriggeredScaleUp')).toEqual([]);
  });

  it('waits half a minute for more Pods where they want GPUs, and takes the pool that has them', () => {
    const other = new ClusterRig();
    bound(other, 'gpu-a100', 2, 4, 120);
    bound(other, 'cpu', 3, 6);
    apply(other, deployment('train', 3, { 'nvidia.com/gpu': '4' }, TOLERATES));
    other.run(25_000);
    expect(messages(other, 'TriggeredScaleUp')).toEqual([]);
    other.run(20_000);
    expect(messages(other, 'TriggeredScaleUp')).toEqual(['pod triggered scale-up: [{gpu-a100 2->3 (max: 4)}]']);
    other.run(3 * MINUTE);
    expect(placed(other)).toHaveLength(3);
    expect(node(other, 'gpu-a100-3').status.allocatable).toMatchObject({ 'nvidia.com/gpu': '4' });
  });

  it('starts what a lower bound calls for', () => {
    const other = new ClusterRig();
    bound(other, 'gpu-t4', 2, 2, 30);
    other.run(MINUTE);
    expect(nodes(other)).toContain('gpu-t4-2');
    expect(node(other, 'gpu-t4-2').spec.taints?.map(({ key }) => key)).toContain('dedicated');
    expect(status(other)).toBe('');
  });
});

describe('scaling down', () => {
  function grown(): ClusterRig {
    const rig = new ClusterRig();
    bound(rig, 'cpu', 3, 5);
    apply(rig, deployment('big', 5, { cpu: '7' }));
    rig.run(4 * MINUTE);
    expect(nodes(rig)).toHaveLength(8);
    return rig;
  }

  it('takes nodes away that nobody has needed for ten minutes, the lower bound kept', () => {
    const rig = grown();
    rig.scale('big', 1);
    rig.run(9 * MINUTE);
    expect(nodes(rig)).toHaveLength(8);
    expect(status(rig)).toContain('scaleDown:\n    status: CandidatesPresent');
    rig.run(4 * MINUTE);
    expect(nodes(rig)).toHaveLength(6);
    const gone = ML.concat('cpu-4', 'cpu-5').filter((name) => !nodes(rig).includes(name));
    expect(gone.every((name) => name.startsWith('cpu-'))).toBe(true);
    expect(messages(rig, 'ScaleDown')).toEqual([
      'marked the node as toBeDeleted/unschedulable',
      'nodes removed by cluster autoscaler',
    ]);
    expect(messages(rig, 'ScaleDownEmpty')).toContain(`Scale-down: empty node ${gone[0]} removed`);
    rig.run(20 * MINUTE);
    expect(nodes(rig)).toHaveLength(6);
    rig.scale('big', 5);
    rig.run(4 * MINUTE);
    expect(nodes(rig)).toEqual(expect.arrayContaining(['cpu-6', 'cpu-7']));
    expect(new Set(addresses(rig)).size).toBe(8);
    const podAddresses = placed(rig).map((pod) => pod.status.podIP);
    expect(new Set(podAddresses).size).toBe(podAddresses.length);
  });

  it('drains a node that is little used, when its Pods fit elsewhere', () => {
    const rig = grown();
    apply(rig, deployment('small', 5, { cpu: '1' }));
    rig.run(20_000);
    expect(new Set(placed(rig).map((pod) => pod.spec.nodeName)).size).toBe(5);
    rig.scale('big', 0);
    rig.run(11 * MINUTE);
    const reports = rig
      .events()
      .filter(({ reason, message }) => reason === 'ScaleDown' && message.includes('utilization'));
    expect(reports.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Scale-down: removing node cpu-\d, utilization: \{0.125 [\d.]+ 0 0 cpu 0.125\}, pods to reschedule: default\/small-\S+$/,
      ),
    );
    const moved = rig.events().filter(({ message }) => message === 'deleting pod for node scale down');
    expect(moved.map(({ about }) => about.split('-')[0])).toContain('Pod/small');
    rig.run(2 * MINUTE);
    expect(
      messages(rig, 'ScaleDown').some((message) => /^Scale-down: node cpu-\d removed with drain$/.test(message)),
    ).toBe(true);
    expect(nodes(rig)).toHaveLength(6);
    expect(placed(rig)).toHaveLength(5);
    expect(rig.pods().every((pod) => nodes(rig).includes(pod.spec.nodeName ?? ''))).toBe(true);
  });

  it('leaves nodes whose Pods have nobody to make them anew, or a budget that is spent', () => {
    for (const guard of ['naked', 'budget', 'emptyDir'] as const) {
      const rig = grown();
      const on = { nodeName: 'cpu-5' };
      if (guard === 'naked') {
        const containers = [{ name: 'main', image: 'nginx:1.27' }];
        rig.request('POST', '/api/v1/namespaces/default/pods', {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'lone', namespace: 'default' },
          spec: { ...on, containers },
        } as Json);
      } else {
        const volumes = guard === 'emptyDir' ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {};
        apply(rig, deployment('guarded', 1, { cpu: '10m' }, { ...on, ...volumes }));
      }
      if (guard === 'budget') {
        rig.request('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'all', namespace: 'default' },
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
        } as Json);
      }
      rig.scale('big', 0);
      rig.run(25 * MINUTE);
      expect(nodes(rig)).toContain('cpu-5');
      expect(nodes(rig)).toHaveLength(6);
    }
  }, 60_000);
});

describe('determinism', () => {
  it('runs the same from a replay and from a snapshot, and before the pool had bounds there is nothing of it', () => {
    const rig = new ClusterRig('ml', 7);
    rig.run(MINUTE);
    const before = rig.cluster.snapshot();
    const hash = rig.cluster.hash();
    bound(rig, 'cpu', 3, 5, 40);
    apply(rig, deployment('big', 5, { cpu: '7' }));
    rig.run(70_000);
    const middle = rig.cluster.snapshot();
    rig.run(15 * MINUTE);
    rig.scale('big', 1);
    rig.run(14 * MINUTE);
    const end = rig.cluster.hash();
    const atMs = rig.cluster.clock.nowMs;
    expect(replayOf('ml', 7, rig.inputs, atMs).hash()).toBe(end);
    rig.cluster.restore(middle);
    rig.cluster.run(rig.inputs.at(-1)!.atMs);
    rig.cluster.input(rig.inputs.at(-1)!, rig.inputs.length - 1);
    rig.cluster.run(atMs);
    expect(rig.cluster.hash()).toBe(end);
    rig.cluster.restore(before);
    expect(rig.cluster.hash()).toBe(hash);
    rig.cluster.restore(middle);
    rig.cluster.run(rig.inputs.at(-1)!.atMs);
    rig.cluster.input(rig.inputs.at(-1)!, rig.inputs.length - 1);
    rig.cluster.run(atMs);
    expect(rig.cluster.hash()).toBe(end);
  });
});
