import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease, Node, Pod } from '../api/objects';
import type { Fault } from '../api/faults';
import { ClusterRig } from './cluster.rig';
import { COMPONENTS } from './control-plane';
import { down, isTheSameAgain, notReady, outages, running, serving, up } from './control-plane.rig';
import { brokenInvariants } from './invariants';
import type { LeaderElection } from './leader-election';

const PRESET = 'self-managed';
const NODES = ['control-plane-1', 'control-plane-2', 'control-plane-3'];
const SYSTEM = '/api/v1/namespaces/kube-system/pods';

const leaseOf = (rig: ClusterRig, component: string): Lease =>
  rig.cluster.store.get('leases', `kube-system/${component}`) as Lease;
const leader = (rig: ClusterRig, component: string): string =>
  leaseOf(rig, component).spec.holderIdentity!.replace(/_.*/, '');
/** How many believe that they lead, in the snapshot that a replay would start from. */
function leaders(rig: ClusterRig, component: string): number {
  const state = rig.cluster.snapshot().get('component/leader-election') as LeaderElection['state'];
  return [...state.electors].filter(([key, { leads }]) => leads && key.startsWith(`${component}/`)).length;
}
const staticPod = (rig: ClusterRig, component: string, node: string): Pod | undefined =>
  rig.cluster.store.get('pods', `kube-system/${component}-${node}`) as Pod | undefined;
const restarts = (rig: ClusterRig, component: string, node: string): number | undefined =>
  staticPod(rig, component, node)?.status.containerStatuses?.[0]?.restartCount;
const fault = (rig: ClusterRig, what: Fault): void => void rig.input({ kind: 'fault', fault: what });
const staticPods = (rig: ClusterRig): Pod[] =>
  rig.systemPods().filter(({ metadata }) => metadata.labels?.['tier'] === 'control-plane');
const web = (rig: ClusterRig): Pod[] => running(rig).filter((pod) => pod.metadata.namespace === 'default');

/** The cluster does what a cluster does: it makes Pods and runs them. */
function works(rig: ClusterRig, replicas: number): void {
  expect(outages(rig)).toEqual([]);
  expect(rig.scale('web', replicas).code).toBe(200);
  rig.run(20_000);
  expect(web(rig).length).toBe(replicas);
  expect(brokenInvariants(rig.cluster)).toEqual([]);
}

describe('a cluster that runs its own control plane', () => {
  it('is found ready, with its static Pods on tainted nodes of their own', () => {
    const rig = new ClusterRig(PRESET);
    expect(notReady(rig)).toEqual([]);
    expect(rig.cluster.store.count('nodes')).toBe(9);
    const names = staticPods(rig).map((pod) => pod.metadata.name);
    const expected = NODES.flatMap((node) => COMPONENTS.map((component) => `${component}-${node}`));
    expect(names.sort()).toEqual(expected.sort());
    expect(staticPods(rig).every((pod) => pod.status.phase === 'Running')).toBe(true);
    const pod = staticPod(rig, 'kube-apiserver', 'control-plane-2')!;
    expect(pod.metadata.labels).toMatchObject({ component: 'kube-apiserver', tier: 'control-plane' });
    expect(pod.metadata.annotations).toMatchObject({ 'kubernetes.io/config.source': 'file' });
    const node = rig.cluster.store.get('nodes', 'control-plane-2') as Node;
    expect(pod.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: 'control-plane-2', uid: node.metadata.uid, controller: true },
    ]);
    expect(node.spec.taints).toEqual([{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]);
    expect(node.metadata.labels).toMatchObject({ 'node-role.kubernetes.io/control-plane': '' });
    expect(pod.spec).toMatchObject({ hostNetwork: true, priority: 2_000_001_000, nodeName: 'control-plane-2' });
    expect(pod.status.podIP).toBe(node.status.addresses?.[0]?.address);
    expect(rig.request('GET', `${SYSTEM}/${pod.metadata.name}/log`).code).toBe(200);
    expect(outages(rig)).toEqual([]);
    expect(brokenInvariants(rig.cluster)).toEqual([]);
  });

  it('has one leader each for scheduler and controller manager, who renews a Lease of 15 s every 2 s', () => {
    const rig = new ClusterRig(PRESET);
    for (const component of ['kube-scheduler', 'kube-controller-manager']) {
      const { spec } = leaseOf(rig, component);
      expect(spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
      const said = rig.events().filter((event) => event.about === `Lease/${component}`);
      expect(said.map(({ reason, message }) => [reason, message])).toEqual([
        ['LeaderElection', `${spec.holderIdentity} became leader`],
      ]);
      rig.run(2_000);
      expect(Date.parse(leaseOf(rig, component).spec.renewTime!) - Date.parse(spec.renewTime!)).toBe(2_000);
    }
  });

  it('schedules nothing of others to the control plane, and its Pods are deleted in vain', () => {
    const rig = serving(PRESET);
    expect(web(rig).filter((pod) => NODES.includes(pod.spec.nodeName!))).toEqual([]);
    const path = `${SYSTEM}/etcd-control-plane-1`;
    expect(rig.request('DELETE', path).code).toBe(200);
    rig.run(5_000);
    expect(staticPod(rig, 'etcd', 'control-plane-1')?.metadata.deletionTimestamp).toBeUndefined();
    expect(restarts(rig, 'etcd', 'control-plane-1')).toBe(0);
    expect(rig.cluster.controlPlane.members).toEqual({ all: 3, up: 3 });
  });
});

describe('a leader', () => {
  it.each(['kube-scheduler', 'kube-controller-manager'])(
    'of %s whose process is lost is followed by another when its Lease has run out',
    (component) => {
      const rig = serving(PRESET);
      const first = leader(rig, component);
      down(rig, component, { node: first });
      rig.run(1_000);
      expect(staticPod(rig, component, first)).toBeUndefined();
      expect(outages(rig)).toEqual([`${component} lease`]);
      rig.run(11_000);
      expect(leader(rig, component)).toBe(first);
      rig.run(8_000);
      expect(leader(rig, component)).not.toBe(first);
      expect(leaseOf(rig, component).spec.leaseTransitions).toBe(1);
      works(rig, 5);
      up(rig, component, { node: first });
      rig.run(20_000);
      expect(staticPod(rig, component, first)?.status.phase).toBe('Running');
      expect(leader(rig, component)).not.toBe(first);
    },
  );

  it('whose node loses power, or its network, is followed by another', () => {
    for (const type of ['NodeDown', 'NodeNetworkDown'] as const) {
      const rig = serving(PRESET);
      const first = leader(rig, 'kube-scheduler');
      fault(rig, { type, node: first });
      rig.run(20_000);
      expect(leader(rig, 'kube-scheduler')).not.toBe(first);
      expect(rig.cluster.controlPlane.members.up).toBe(2);
      works(rig, 5);
      fault(rig, { type: type === 'NodeDown' ? 'NodeUp' : 'NodeNetworkUp', node: first });
      rig.run(60_000);
      expect(rig.cluster.controlPlane.members.up).toBe(3);
      expect(notReady(rig)).toEqual([]);
      expect(restarts(rig, 'kube-scheduler', first)).toBe(1);
      works(rig, 3);
      isTheSameAgain(rig, PRESET);
    }
  });

  it('whose own API server is lost is followed by another, while clients are still answered', () => {
    const rig = serving(PRESET);
    const first = leader(rig, 'kube-scheduler');
    down(rig, 'kube-apiserver', { node: first });
    rig.run(1_000);
    expect(rig.request('GET', SYSTEM).code).toBe(200);
    expect(staticPod(rig, 'kube-apiserver', first)).toBeUndefined();
    rig.run(20_000);
    expect(leader(rig, 'kube-scheduler')).not.toBe(first);
    works(rig, 5);
  });

  it('whose container crashes loses its Lease, for what starts is somebody else', () => {
    const rig = serving(PRESET);
    const { holderIdentity } = leaseOf(rig, 'kube-scheduler').spec;
    const node = leader(rig, 'kube-scheduler');
    const pod = `kube-scheduler-${node}`;
    fault(rig, { type: 'ContainerCrash', namespace: 'kube-system', pod, container: 'kube-scheduler', exitCode: 2 });
    rig.run(25_000);
    expect(leaseOf(rig, 'kube-scheduler').spec.holderIdentity).not.toBe(holderIdentity);
    expect(restarts(rig, 'kube-scheduler', node)).toBe(1);
    works(rig, 4);
  });
});

describe("etcd's members", () => {
  it('one is lost: nothing happens', () => {
    const rig = serving(PRESET);
    down(rig, 'etcd', { node: 'control-plane-1' });
    rig.run(30_000);
    expect(rig.cluster.controlPlane.members).toEqual({ all: 3, up: 2 });
    expect(leaseOf(rig, 'kube-scheduler').spec.leaseTransitions).toBe(0);
    works(rig, 5);
  });

  it.each<[string, (rig: ClusterRig, node: string) => void, (rig: ClusterRig, node: string) => void]>([
    ['stopped', (rig, node) => down(rig, 'etcd', { node }), (rig, node) => up(rig, 'etcd', { node })],
    [
      'without power',
      (rig, node) => fault(rig, { type: 'NodeDown', node }),
      (rig, node) => fault(rig, { type: 'NodeUp', node }),
    ],
  ])(
    'two are %s: nothing is written, leaders end, what runs goes on; they return: all recovers',
    (_how, lose, mend) => {
      const rig = serving(PRESET);
      const pods = web(rig).map((pod) => pod.metadata.uid);
      for (const node of NODES.slice(0, 2)) lose(rig, node);
      rig.run(100);
      const { revision } = rig.cluster.store;
      const timedOut = { code: 500, body: { message: 'etcdserver: request timed out' } };
      expect(rig.request('GET', SYSTEM)).toMatchObject(timedOut);
      expect(rig.scale('web', 5)).toMatchObject(timedOut);
      const cached = { method: 'GET', path: SYSTEM, query: { resourceVersion: '0' } };
      expect(rig.cluster.api.handle(cached, { actor: 'test' }).code).toBe(200);
      rig.run(13_000);
      expect(rig.cluster.controlPlane.outages.map(({ component }) => component)).toEqual([
        'etcd',
        'kube-scheduler',
        'kube-controller-manager',
      ]);
      rig.run(600_000);
      expect(rig.cluster.store.revision).toBe(revision);
      for (const uid of pods) {
        const node = rig.pods().find((pod) => pod.metadata.uid === uid)!.spec.nodeName!;
        expect(rig.cluster.kubelets.get(node)!.machineStates(uid).containers).toEqual({ server: 'running' });
      }
      for (const node of NODES.slice(0, 2)) mend(rig, node);
      rig.run(60_000);
      expect(notReady(rig)).toEqual([]);
      expect(web(rig).map((pod) => pod.metadata.uid)).toEqual(pods);
      expect(rig.cluster.controlPlane.members.up).toBe(3);
      works(rig, 5);
      isTheSameAgain(rig, PRESET);
    },
  );
});

describe('the whole control plane', () => {
  it('comes back by itself when its nodes have power again: static Pods need no API server', () => {
    const rig = serving(PRESET);
    for (const node of NODES) fault(rig, { type: 'NodeDown', node });
    rig.run(60_000);
    expect(rig.request('GET', SYSTEM).refused).toBe(true);
    expect(outages(rig).map((one) => one.split(' ')[1])).toEqual(['lost', 'lost', 'lost', 'lost']);
    for (const node of NODES) fault(rig, { type: 'NodeUp', node });
    rig.run(60_000);
    expect(notReady(rig)).toEqual([]);
    expect(restarts(rig, 'etcd', 'control-plane-1')).toBe(1);
    works(rig, 5);
    isTheSameAgain(rig, PRESET);
  });

  it.each(COMPONENTS)('%s stops everywhere and starts everywhere', (component) => {
    const rig = serving(PRESET, 7);
    down(rig, component);
    rig.run(100);
    expect(outages(rig)).toContain(`${component} stopped`);
    rig.run(120_000);
    up(rig, component);
    rig.run(40_000);
    for (const node of NODES) expect(staticPod(rig, component, node)?.status.phase).toBe('Running');
    works(rig, 5);
  });

  it('whatever befalls it, one instance leads at most, and all is well again when all is mended', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 40_000 }),
      node: fc.constantFrom(...NODES),
      what: fc.constantFrom(
        'ComponentDown',
        'ComponentUp',
        'NodeDown',
        'NodeUp',
        'NodeNetworkDown',
        'NodeNetworkUp',
        'ContainerCrash',
      ),
      component: fc.constantFrom(...COMPONENTS, 'kubelet'),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(step, { minLength: 3, maxLength: 10 }), (seed, steps) => {
        const rig = serving(PRESET, seed);
        for (const { wait, node, what, component } of steps) {
          const pod = `${component}-${node}`;
          const happens: Fault =
            what === 'ContainerCrash'
              ? { type: what, namespace: 'kube-system', pod, container: component, exitCode: 1 }
              : what.startsWith('Component')
                ? { type: what as 'ComponentDown', component, node }
                : { type: what as 'NodeDown', node };
          if (!rig.cluster.faultProblem(happens)) fault(rig, happens);
          for (let left = wait; left > 0; left -= 1_000) {
            rig.run(Math.min(left, 1_000));
            for (const led of ['kube-scheduler', 'kube-controller-manager']) expect(leaders(rig, led)).toBeLessThan(2);
          }
          expect(brokenInvariants(rig.cluster)).toEqual([]);
        }
        for (const node of NODES) {
          fault(rig, { type: 'NodeUp', node });
          fault(rig, { type: 'NodeNetworkUp', node });
        }
        for (const component of [...COMPONENTS, 'kubelet']) up(rig, component);
        rig.run(420_000);
        expect(notReady(rig)).toEqual([]);
        expect(staticPods(rig).filter((pod) => pod.status.phase === 'Running').length).toBe(12);
        works(rig, 5);
        isTheSameAgain(rig, PRESET);
      }),
      { seed: 20260105, numRuns: 3 },
    );
  }, 120_000);
});
