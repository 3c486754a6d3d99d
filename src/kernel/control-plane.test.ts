import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Node } from '../api/objects';
import { ClusterRig } from './cluster.rig';
import { down, isTheSameAgain, notReady, outages, readyOf, running, serving, up } from './control-plane.rig';
import { brokenInvariants } from './invariants';
import { deployment, DEPLOYMENTS, PODS } from './storm.rig';

describe('without kube-scheduler', () => {
  it('new Pods wait, and are placed when it leads again', () => {
    const rig = new ClusterRig('laptop');
    down(rig, 'kube-scheduler');
    rig.request('POST', DEPLOYMENTS, deployment(2));
    rig.run(120_000);
    expect(rig.pods().map((pod) => [pod.status.phase, pod.spec.nodeName])).toEqual([
      ['Pending', undefined],
      ['Pending', undefined],
    ]);
    expect(outages(rig)).toEqual(['kube-scheduler stopped']);
    up(rig, 'kube-scheduler');
    rig.run(10_000);
    expect(outages(rig)).toEqual(['kube-scheduler lease']);
    rig.run(20_000);
    expect(running(rig).length).toBe(2);
    expect(outages(rig)).toEqual([]);
  });
});

describe('without kube-controller-manager', () => {
  it('nothing is replaced, EndpointSlices go stale and nodes are not marked', () => {
    const rig = serving('pool:3xcpu', 1, 'plain');
    down(rig, 'kube-controller-manager');
    const slices = (): (string | undefined)[] =>
      ([...rig.cluster.store.all('endpointslices').values()] as EndpointSlice[])
        .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === 'web')
        .flatMap((slice) => slice.endpoints?.map((one) => one.targetRef?.name) ?? []);
    const [victim] = running(rig);
    const before = slices();
    expect(before).toContain(victim!.metadata.name);
    rig.request('DELETE', `${PODS}/${victim!.metadata.name}`);
    const node = running(rig).find((pod) => pod.spec.nodeName !== victim!.spec.nodeName)!.spec.nodeName!;
    rig.input({ kind: 'fault', fault: { type: 'NodeDown', node } });
    rig.run(300_000);
    expect(rig.pods().filter((pod) => pod.metadata.uid !== victim!.metadata.uid).length).toBe(2);
    expect(slices()).toEqual(before);
    expect(notReady(rig)).toEqual([]);
    up(rig, 'kube-controller-manager');
    rig.run(120_000);
    expect(notReady(rig)).toEqual([node]);
    expect(rig.pods().length).toBe(3);
    expect(slices()).not.toContain(victim!.metadata.name);
  });
});

describe('without kubelet', () => {
  it("a node's Pods run on, it becomes NotReady after 40 s, and its Pods are evicted", () => {
    const rig = serving('ml');
    const [first] = running(rig);
    const node = first!.spec.nodeName!;
    down(rig, 'kubelet', { node });
    rig.run(39_000);
    expect(readyOf(rig, node)).toBe('True');
    rig.run(25_000);
    expect(readyOf(rig, node)).toBe('Unknown');
    expect(rig.cluster.kubelets.get(node)!.logs(first!.metadata.uid, 'server')?.ended).toBe(false);
    rig.run(330_000);
    const replaced = rig.pods().filter((pod) => pod.spec.nodeName !== node && pod.status.phase === 'Running');
    expect(replaced.length).toBe(3);
    expect(rig.cluster.kubelets.get(node)!.logs(first!.metadata.uid, 'server')?.ended).toBe(false);
    up(rig, 'kubelet', { node });
    rig.run(60_000);
    expect(notReady(rig)).toEqual([]);
    expect(rig.pods().some((pod) => pod.metadata.uid === first!.metadata.uid)).toBe(false);
  });
});

describe('without kube-apiserver', () => {
  it('clients are refused, nothing is written, and Pods run on', () => {
    const rig = serving('laptop');
    down(rig, 'kube-apiserver');
    const { revision } = rig.cluster.store;
    const read = rig.request('GET', PODS);
    expect([read.refused, read.code]).toEqual([true, 503]);
    expect(rig.request('GET', '/healthz').refused).toBe(true);
    expect(rig.request('DELETE', `${PODS}/${running(rig)[0]!.metadata.name}`).refused).toBe(true);
    expect(
      rig.cluster.api.openWatch({ method: 'GET', path: PODS, query: { watch: '1' } }, { actor: 'test' }),
    ).toHaveProperty('refusal.refused', true);
    const inputs = rig.inputs.length;
    const [first] = running(rig);
    rig.input({
      kind: 'fault',
      fault: {
        type: 'ContainerCrash',
        namespace: 'default',
        pod: first!.metadata.name,
        container: 'server',
        exitCode: 1,
      },
    });
    rig.run(600_000);
    expect(rig.cluster.store.revision).toBe(revision);
    expect(rig.inputs.length).toBe(inputs + 1);
    expect(rig.cluster.kubelets.get('laptop')!.machineStates(first!.metadata.uid).containers).toEqual({
      server: 'running',
    });
    expect(outages(rig)).toEqual([
      'kube-apiserver stopped',
      'kube-scheduler unreachable',
      'kube-controller-manager unreachable',
    ]);
    up(rig, 'kube-apiserver');
    rig.run(10_000);
    const seen = rig.pods().find((pod) => pod.metadata.uid === first!.metadata.uid)!;
    expect(seen.status.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(rig.request('DELETE', `${PODS}/${first!.metadata.name}`).code).toBe(200);
    rig.run(40_000);
    expect(running(rig).length).toBe(3);
    expect(outages(rig)).toEqual([]);
    expect(brokenInvariants(rig.cluster)).toEqual([]);
    isTheSameAgain(rig, 'laptop');
  });

  it.each([3_000, 9_000, 30_000, 900_000])(
    'for %i ms, no node is given up and no Pod evicted when it returns',
    (awayMs) => {
      const rig = serving('pool:4xcpu', awayMs, 'plain');
      const before = running(rig)
        .map((pod) => pod.metadata.uid)
        .sort();
      down(rig, 'kube-apiserver');
      rig.run(awayMs);
      up(rig, 'kube-apiserver');
      for (let second = 0; second < 400; second += 5) {
        rig.run(5_000);
        expect(notReady(rig)).toEqual([]);
      }
      expect(
        running(rig)
          .map((pod) => pod.metadata.uid)
          .sort(),
      ).toEqual(before);
      const tainted = ([...rig.cluster.store.all('nodes').values()] as Node[]).filter(
        (node) => node.spec.taints?.length,
      );
      expect(tainted).toEqual([]);
    },
  );

  it('a machine that is taken away meanwhile loses its Node when it returns', () => {
    const rig = serving('pool:3xcpu', 1, 'plain');
    down(rig, 'kube-apiserver');
    rig.input({ kind: 'fault', fault: { type: 'NodeRemove', node: 'cpu-3' } });
    rig.run(60_000);
    expect(rig.cluster.store.get('nodes', 'cpu-3')).toBeDefined();
    up(rig, 'kube-apiserver');
    rig.run(6_000);
    expect(rig.cluster.store.get('nodes', 'cpu-3')).toBeUndefined();
  });

  it('a machine that is added meanwhile joins when it returns', () => {
    const rig = serving('laptop');
    down(rig, 'kube-apiserver');
    const [laptop] = rig.cluster.start.nodes;
    const node = { ...laptop!, metadata: { ...laptop!.metadata, name: 'late' } };
    rig.input({ kind: 'fault', fault: { type: 'NodeAdd', node } });
    rig.run(60_000);
    expect(rig.cluster.store.get('nodes', 'late')).toBeUndefined();
    up(rig, 'kube-apiserver');
    rig.run(30_000);
    expect(readyOf(rig, 'late')).toBe('True');
  });

  it('a leader that was away for less than its renew deadline goes on, a later one starts anew', () => {
    for (const [awayMs, restarts] of [
      [5_000, false],
      [15_000, true],
    ] as const) {
      const rig = serving('laptop');
      down(rig, 'kube-apiserver');
      rig.run(awayMs);
      up(rig, 'kube-apiserver');
      expect(outages(rig)).toEqual(restarts ? ['kube-scheduler lease', 'kube-controller-manager lease'] : []);
      rig.scale('web', 5);
      rig.run(12_000);
      expect(running(rig).length).toBe(restarts ? 3 : 5);
      rig.run(20_000);
      expect(running(rig).length).toBe(5);
    }
  });
});

describe('etcd', () => {
  it('goes on with one member less', () => {
    const rig = serving('laptop');
    down(rig, 'etcd', { member: 'etcd-2' });
    expect(rig.cluster.controlPlane.members).toEqual({ all: 3, up: 2 });
    expect(rig.request('GET', PODS).code).toBe(200);
    rig.scale('web', 4);
    rig.run(15_000);
    expect(running(rig).length).toBe(4);
    expect(outages(rig)).toEqual([]);
  });

  it('without its quorum, nothing is written or read for certain, leaders stop, what runs goes on; with it, all recovers', () => {
    const rig = serving('laptop');
    down(rig, 'etcd', { member: 'etcd-2' });
    down(rig, 'etcd', { member: 'etcd-3' });
    const { revision } = rig.cluster.store;
    const timedOut = { code: 500, afterMs: 7_000, body: { message: 'etcdserver: request timed out' } };
    expect(rig.request('GET', PODS)).toMatchObject(timedOut);
    expect(rig.request('POST', DEPLOYMENTS, deployment(1))).toMatchObject(timedOut);
    expect(rig.request('DELETE', `${PODS}/${rig.pods()[0]!.metadata.name}`)).toMatchObject(timedOut);
    const cached = { method: 'GET', path: PODS, query: { resourceVersion: '0' } };
    expect((rig.cluster.api.handle(cached, { actor: 'test' }).body as { items: unknown[] }).items.length).toBe(3);
    const exact = { ...cached, query: { resourceVersion: String(revision), resourceVersionMatch: 'Exact' } };
    expect(rig.cluster.api.handle(exact, { actor: 'test' })).toMatchObject(timedOut);
    expect(
      rig.cluster.api.openWatch({ ...cached, query: { watch: '1', resourceVersion: '0' } }, { actor: 'test' }),
    ).not.toHaveProperty('refusal');
    expect(rig.cluster.api.openWatch({ ...cached, query: { watch: '1' } }, { actor: 'test' })).toMatchObject({
      refusal: timedOut,
    });
    expect(rig.request('GET', '/livez')).toMatchObject({
      code: 500,
      body: '[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\nlivez check failed\n',
    });
    expect(rig.request('GET', '/version').code).toBe(200);
    rig.run(12_500);
    expect(outages(rig)).toEqual(['etcd stopped', 'kube-scheduler unreachable', 'kube-controller-manager unreachable']);
    rig.run(300_000);
    expect(rig.cluster.store.revision).toBe(revision);
    for (const pod of running(rig)) {
      expect(rig.cluster.kubelets.get('laptop')!.logs(pod.metadata.uid, 'server')?.ended).toBe(false);
    }
    up(rig, 'etcd', { member: 'etcd-3' });
    expect(rig.request('GET', PODS).code).toBe(200);
    rig.scale('web', 4);
    rig.run(40_000);
    expect(running(rig).length).toBe(4);
    expect(outages(rig)).toEqual([]);
    isTheSameAgain(rig, 'laptop');
  });

  it('has no member of any other name', () => {
    const { cluster } = new ClusterRig('laptop');
    const problem = (more: object): string | undefined =>
      cluster.faultProblem({ type: 'ComponentDown', component: 'etcd', ...more });
    expect(problem({ member: 'etcd-9' })).toBe('there is no etcd "etcd-9"; there are etcd-1, etcd-2, etcd-3');
    expect(problem({})).toBeUndefined();
    expect(cluster.faultProblem({ type: 'ComponentDown', component: 'kube-scheduler', node: 'laptop' })).toBe(
      'there is no kube-scheduler "laptop"; no node of this cluster shows it',
    );
    expect(cluster.faultProblem({ type: 'ComponentDown', component: 'cloud' })).toBe(
      'component "cloud" cannot be stopped in this cluster',
    );
  });
});

describe('in a managed cluster', () => {
  it.each(['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'])(
    'the provider starts %s again after 60 s',
    (component) => {
      const rig = serving('ml');
      const stoppedMs = rig.cluster.clock.nowMs;
      down(rig, component);
      expect(rig.cluster.controlPlane.outages[0]).toMatchObject({
        component,
        why: 'stopped',
        repairAtMs: stoppedMs + 60_000,
      });
      rig.run(59_999);
      expect(rig.cluster.controlPlane.outages[0]).toMatchObject({ component, why: 'stopped' });
      rig.run(21_000);
      expect(rig.cluster.controlPlane.outages).toEqual([]);
      expect(rig.cluster.controlPlane.repairs).toEqual([{ component, atMs: stoppedMs + 60_000 }]);
      expect(running(rig).length).toBe(3);
    },
  );

  it('the control plane is on no node', () => {
    const rig = new ClusterRig('ml');
    expect([...rig.cluster.store.all('nodes').keys()].filter((name) => name.startsWith('control-plane'))).toEqual([]);
    expect(rig.pods().filter((pod) => pod.metadata.name.startsWith('kube-apiserver'))).toEqual([]);
    expect([...rig.cluster.store.all('leases').keys()].filter((key) => key.startsWith('kube-system/'))).toEqual([]);
  });
});
