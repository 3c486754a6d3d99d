import { describe, expect, it } from 'vitest';
import type { Taint } from '../../api/objects';
import { deployment, newRig } from './controllers.rig';

type Rig = ReturnType<typeof newRig>;

const taintsOf = (rig: Rig, name: string): string[] =>
  (rig.get('nodes', name, '')!.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort();

const readyOf = (rig: Rig, name: string): string =>
  rig.get('nodes', name, '')!.status.conditions!.find((one) => one.type === 'Ready')!.status;

/** Lets time pass while the kubelets of some nodes are alive. */
function live(rig: Rig, ms: number, ...nodes: string[]): void {
  for (let passed = 0; passed < ms; passed += 1000) {
    if (passed % 10_000 === 0) for (const name of nodes) rig.beat(name);
    rig.run(1000);
  }
}

const tolerations = ['not-ready', 'unreachable'].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 10,
}));

const patient = (name: string, replicas: number): object => {
  const labels = { app: name };
  const spec = { containers: [{ name: 'main', image: 'nginx:1.27' }], tolerations };
  return deployment(name, replicas, { template: { metadata: { labels }, spec } });
};

describe('node-controller', () => {
  it('declares a silent node Unknown, taints it, marks and evicts its Pods', () => {
    const rig = newRig();
    rig.create('deployments', patient('web', 2));
    live(rig, 10_000, 'cpu-1', 'cpu-2');
    const before = rig.pods();
    live(rig, 40_000, 'cpu-2');
    expect(readyOf(rig, 'cpu-1')).toBe('True');
    live(rig, 12_000, 'cpu-2');
    expect(readyOf(rig, 'cpu-1')).toBe('Unknown');
    const unreachable = 'node.kubernetes.io/unreachable';
    expect(taintsOf(rig, 'cpu-1')).toEqual([`${unreachable}:NoExecute`, `${unreachable}:NoSchedule`]);
    const conditions = rig.get('nodes', 'cpu-1', '')!.status.conditions!;
    expect(conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Ready Unknown',
      'MemoryPressure Unknown',
      'DiskPressure Unknown',
      'PIDPressure Unknown',
    ]);
    const [first] = before;
    const ready = rig.get('pods', first!.metadata.name)?.status.conditions?.find((one) => one.type === 'Ready');
    expect(ready).toMatchObject({ status: 'False' });
    expect(ready).not.toHaveProperty('reason');
    expect(rig.events('Node', 'cpu-1')).toEqual([
      'RegisteredNode: Node cpu-1 event: Registered Node cpu-1 in Controller',
      'NodeNotReady: Node cpu-1 status is now: NodeNotReady',
    ]);
    live(rig, 12_000, 'cpu-2');
    const evicted = rig.events('Pod', first!.metadata.name);
    expect(evicted.slice(-2)).toEqual([
      'NodeNotReady: Node is not ready',
      `TaintManagerEviction: Marking for deletion Pod default/${first!.metadata.name}`,
    ]);
    expect(rig.pods().map((pod) => pod.metadata.uid)).not.toContain(first!.metadata.uid);
  });

  it('evicts nobody where every node is silent', () => {
    const rig = newRig();
    rig.create('deployments', patient('web', 2));
    live(rig, 10_000, 'cpu-1', 'cpu-2');
    const before = rig.pods().map((pod) => pod.metadata.uid);
    live(rig, 120_000);
    const unreachable = 'node.kubernetes.io/unreachable:NoSchedule';
    expect([taintsOf(rig, 'cpu-1'), taintsOf(rig, 'cpu-2')]).toEqual([[unreachable], [unreachable]]);
    expect(rig.pods().map((pod) => pod.metadata.uid)).toEqual(before);
  });

  it('taints nodes of one zone ten seconds apart', () => {
    const rig = newRig();
    for (const name of ['a', 'b', 'c', 'd', 'e']) rig.addNode(name);
    live(rig, 10_000, 'cpu-1', 'cpu-2', 'a', 'b', 'c', 'd', 'e');
    const tainted = (): number => ['a', 'b'].filter((name) => taintsOf(rig, name).length === 2).length;
    const seen: number[] = [];
    for (let second = 0; second < 80; second++) {
      live(rig, 1000, 'cpu-1', 'cpu-2', 'c', 'd', 'e');
      seen.push(tainted());
    }
    expect(seen.indexOf(2) - seen.indexOf(1)).toBe(10);
  });

  it('takes the NoSchedule taint back at once and NoExecute at the next look', () => {
    const rig = newRig();
    live(rig, 10_000, 'cpu-1', 'cpu-2');
    live(rig, 60_000, 'cpu-2');
    const heartbeat = { lastHeartbeatTime: rig.clock.time, lastTransitionTime: rig.clock.time };
    const conditions = [{ type: 'Ready', status: 'True' as const, ...heartbeat }];
    rig.client.patch('nodes', '', 'cpu-1', (node) => ({ ...node, status: { ...node.status, conditions } }), 'status');
    rig.run(50);
    expect(taintsOf(rig, 'cpu-1')).toEqual(['node.kubernetes.io/unreachable:NoExecute']);
    live(rig, 6000, 'cpu-1', 'cpu-2');
    expect(taintsOf(rig, 'cpu-1')).toEqual([]);
  });
});

describe('taint-eviction-controller', () => {
  const pod = (name: string, more: object[]): object => {
    const spec = { containers: [{ name: 'main', image: 'nginx:1.27' }], tolerations: more };
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
  };
  const setTaints = (rig: Rig, taints: Taint[]): void =>
    void rig.client.patch('nodes', '', 'cpu-1', (node) => ({ ...node, spec: { ...node.spec, taints } }));

  it('evicts at once, later or never', () => {
    const rig = newRig();
    const base = { key: 'maintenance', operator: 'Exists' };
    rig.create('pods', pod('none', []));
    rig.create('pods', pod('some', [{ ...base, effect: 'NoExecute', tolerationSeconds: 10 }]));
    rig.create('pods', pod('forever', [base]));
    rig.run(3000);
    setTaints(rig, [{ key: 'maintenance', value: 'true', effect: 'NoExecute' }]);
    const left = (): string[] => rig.pods().map((one) => one.metadata.name);
    rig.run(3000);
    expect(left()).toEqual(['some', 'forever']);
    rig.run(10_000);
    expect(left()).toEqual(['forever']);
    expect(rig.events('Pod', 'some')).toEqual(['TaintManagerEviction: Marking for deletion Pod default/some']);
  });

  it('keeps to what it planned where another taint would be tolerated for another time', () => {
    const rig = newRig();
    const tolerate = (key: string, tolerationSeconds: number): object => {
      return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds };
    };
    rig.create('pods', pod('some', [tolerate('long', 30), tolerate('short', 10)]));
    rig.run(3000);
    setTaints(rig, [{ key: 'long', effect: 'NoExecute' }]);
    rig.run(5000);
    setTaints(rig, [{ key: 'short', effect: 'NoExecute' }]);
    rig.run(20_000);
    expect(rig.events('Pod', 'some')).toEqual([]);
    rig.run(10_000);
    expect(rig.events('Pod', 'some')).toEqual(['TaintManagerEviction: Marking for deletion Pod default/some']);
  });

  it('forgets an eviction when the taint goes', () => {
    const rig = newRig();
    rig.create(
      'pods',
      pod('some', [{ key: 'maintenance', operator: 'Exists', tolerationSeconds: 10, effect: 'NoExecute' }]),
    );
    rig.run(3000);
    setTaints(rig, [{ key: 'maintenance', effect: 'NoExecute' }]);
    rig.run(5000);
    setTaints(rig, []);
    rig.run(30_000);
    expect(rig.events('Pod', 'some')).toEqual(['TaintManagerEviction: Cancelling deletion of Pod default/some']);
  });
});

describe('pod-garbage-collector', () => {
  it('removes the Pods of a deleted node after its quarantine', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 1));
    rig.run(3000);
    rig.life.nodeName = 'cpu-2';
    const [pod] = rig.pods();
    rig.client.remove('nodes', '', 'cpu-1');
    const took = rig.until(() => rig.get('pods', pod!.metadata.name) === undefined);
    expect(took).toBeGreaterThan(40);
    expect(took).toBeLessThan(61);
  });

  it('removes Pods that end on a node out of service at its next turn', () => {
    const rig = newRig();
    rig.life.stopMs = 3_600_000;
    rig.create('deployments', deployment('web', 1));
    live(rig, 10_000, 'cpu-1', 'cpu-2');
    const [pod] = rig.pods();
    live(rig, 60_000, 'cpu-2');
    rig.client.remove('pods', 'default', pod!.metadata.name);
    live(rig, 30_000, 'cpu-2');
    expect(rig.get('pods', pod!.metadata.name)).toBeDefined();
    const taint: Taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
    rig.client.patch('nodes', '', 'cpu-1', (node) => {
      return { ...node, spec: { ...node.spec, taints: [...(node.spec.taints ?? []), taint] } };
    });
    live(rig, 21_000, 'cpu-2');
    expect(rig.get('pods', pod!.metadata.name)).toBeUndefined();
  });

  it('leaves the conditions of an orphan that had ended as they are', () => {
    const rig = newRig();
    const metadata = { name: 'held', namespace: 'default', finalizers: ['example.com/keep'] };
    const spec = { nodeName: 'cpu-1', containers: [{ name: 'main', image: 'nginx' }] };
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    rig.setPod('held', () => ({ phase: 'Succeeded' }));
    rig.client.remove('nodes', '', 'cpu-1');
    rig.until(() => rig.get('pods', 'held')!.metadata.deletionTimestamp !== undefined);
    const { phase, conditions } = rig.get('pods', 'held')!.status;
    expect([phase, conditions?.some(({ type }) => type === 'DisruptionTarget') ?? false]).toEqual(['Succeeded', false]);
  });

  it('keeps so many Pods that have ended, and of the others lets the evicted ones go first', () => {
    const rig = newRig();
    const spec = { nodeName: 'cpu-1', containers: [{ name: 'main', image: 'nginx' }] };
    for (let index = 0; index < 12_502; index++) {
      const metadata = { name: `p-${index}`, namespace: 'default' };
      rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
      const evicted = index === 7000;
      rig.setPod(`p-${index}`, () => ({
        phase: evicted ? 'Failed' : 'Succeeded',
        ...(evicted ? { reason: 'Evicted' } : {}),
      }));
    }
    rig.run(45_000);
    const left = new Set(rig.pods().map(({ metadata }) => metadata.name));
    expect([left.size, left.has('p-0'), left.has('p-7000')]).toEqual([12_500, false, false]);
  });
});
