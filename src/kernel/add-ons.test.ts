import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiResponse } from '../api/client';
import type { DaemonSet, Deployment, EndpointSlice, Json, Node, Pod } from '../api/objects';
import type { Fault } from '../api/faults';
import { ADD_ONS, type AddOnName } from './addons/table';
import { ClusterRig, replayOf } from './cluster.rig';
import { brokenInvariants } from './invariants';

const MINUTE = 60_000;
const SYSTEM = '/api/v1/namespaces/kube-system';
const APPS = '/apis/apps/v1/namespaces/kube-system';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const PLUGIN = 'nvidia-device-plugin-daemonset';

let rig: ClusterRig;
beforeEach(() => {
  rig = new ClusterRig('ml', 3);
});

const isReady = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
const podsOf = (prefix: string): Pod[] => rig.systemPods().filter(({ metadata }) => metadata.name.startsWith(prefix));
const podOn = (prefix: string, node: string): Pod =>
  podsOf(prefix).find(({ metadata, spec }) => spec.nodeName === node && !metadata.deletionTimestamp)!;
const node = (name: string): Node => rig.cluster.store.get('nodes', name) as Node;
const gpus = (name: string): unknown[] => {
  const { capacity, allocatable } = node(name).status;
  return [capacity?.['nvidia.com/gpu'], allocatable?.['nvidia.com/gpu']];
};
const remove = (pod: Pod): void => void rig.request('DELETE', `${SYSTEM}/pods/${pod.metadata.name}`);
const fault = (one: Fault): void => void rig.input({ kind: 'fault', fault: one });
const patch = (path: string, body: Json): void => void expect(rig.request('PATCH', path, body, MERGE).code).toBe(200);

/** Posts an object that may have no field that its kind has not. */
function post(to: ClusterRig, path: string, object: object): ApiResponse {
  const headers = { 'content-type': 'application/json' };
  const query = { fieldValidation: 'Strict' };
  return to.cluster.api.handle({ method: 'POST', path, query, headers, body: object as Json }, { actor: 'test' });
}

let asked = 0;
/** What a Pod on a node is told of the name `kubernetes.default`. */
function ask(nodeName = 'cpu-2'): string {
  const name = `asks-${++asked}`;
  const command = ['sh', '-c', 'nslookup kubernetes.default && echo known'];
  const spec = { nodeName, restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', command }] };
  rig.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec } as unknown as Json);
  rig.until(`${name} ends`, () => ['Succeeded', 'Failed'].includes(rig.pod(name)?.status.phase ?? ''));
  return rig.pod(name)!.status.phase === 'Succeeded' ? 'known' : rig.log(name, 'main').trim();
}

describe('add-ons', () => {
  it('are found ready, each where it belongs', () => {
    expect(podsOf('kube-proxy').map(({ spec }) => spec.nodeName)).toEqual([
      ...rig.cluster.machines.state.machines.keys(),
    ]);
    expect(podsOf(PLUGIN).map(({ spec }) => spec.nodeName)).toEqual(['gpu-a100-1', 'gpu-a100-2', 'gpu-t4-1']);
    expect(podsOf('coredns').map(({ spec }) => spec.nodeName)).toEqual(['cpu-1', 'cpu-3']);
    expect(rig.systemPods().every(isReady)).toBe(true);
    expect(['gpu-a100-1', 'gpu-t4-1', 'cpu-1'].map(gpus)).toEqual([
      ['4', '4'],
      ['2', '2'],
      [undefined, undefined],
    ]);
    const { status } = rig.cluster.store.get('deployments', 'kube-system/coredns') as Deployment;
    expect(status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2 });
    const proxies = rig.cluster.store.get('daemonsets', 'kube-system/kube-proxy') as DaemonSet;
    expect(proxies.status).toMatchObject({ desiredNumberScheduled: 6, updatedNumberScheduled: 6, numberAvailable: 6 });
    expect(brokenInvariants(rig.cluster)).toEqual([]);
  });

  it.each(Object.keys(ADD_ONS) as AddOnName[])('%s is what the API server would have made of its manifest', (name) => {
    const found = new ClusterRig('tpu');
    const other = new ClusterRig('empty');
    const { resource, draft } = ADD_ONS[name].workload;
    const made = post(other, `${APPS}/${resource}`, draft);
    expect(made.code).toBe(201);
    const object = found.cluster.store.get(resource, `kube-system/${draft.metadata.name}`) as DaemonSet;
    expect(object.spec).toEqual((made.body as unknown as DaemonSet).spec);
    for (const one of ADD_ONS[name].objects) expect(post(other, `${SYSTEM}/${one.resource}`, one.draft).code).toBe(201);
  });

  it('are Pods such as controllers, scheduler and kubelets make', () => {
    const form = ({ spec, status }: Pod): unknown => ({
      spec: JSON.parse(JSON.stringify(spec).replaceAll(/kube-api-access-\w+/g, 'token')) as unknown,
      status: status.containerStatuses!.map(({ image, imageID, ready, started, resources }) => ({
        ...{ image, imageID, ready, started, resources },
      })),
      conditions: status.conditions!.map(({ type, status: is }) => `${type} ${is}`),
      rest: Object.keys(status).sort(),
    });
    for (const [prefix, on] of [
      ['kube-proxy', 'cpu-2'],
      [PLUGIN, 'gpu-t4-1'],
      ['coredns', 'cpu-1'],
    ] as const) {
      const found = podOn(prefix, on);
      if (prefix === 'coredns')
        for (const other of ['cpu-2', 'cpu-3']) patch(`/api/v1/nodes/${other}`, { spec: { unschedulable: true } });
      remove(found);
      rig.until('the next one', () => podsOf(prefix).some((pod) => isReady(pod) && pod.spec.nodeName === on), MINUTE);
      expect(form(podOn(prefix, on))).toEqual(form(found));
    }
  });

  it('use some memory, which the metrics API tells', () => {
    const pods = '/apis/metrics.k8s.io/v1beta1/namespaces/kube-system/pods';
    const { name } = podsOf('coredns')[0]!.metadata;
    const { containers } = rig.request('GET', `${pods}/${name}`).body as {
      containers: { usage: { memory: string } }[];
    };
    expect(containers.map(({ usage }) => usage.memory)).toEqual(['16384Ki']);
  });

  it('do nothing while nothing happens', () => {
    const writes: string[] = [];
    rig.cluster.store.onWrite(({ resource, key }) => {
      if (key.startsWith('kube-system/')) writes.push(`${resource} ${key}`);
    });
    const own = new Set(rig.systemPods().map(({ metadata }) => metadata.uid));
    const timers = rig.cluster.clock.upcoming().filter(({ key }) => own.has(key.split('/')[0]!));
    expect(new Set(timers.map(({ kind }) => kind))).toEqual(new Set(['refresh']));
    rig.run(60 * MINUTE);
    expect(writes).toEqual([]);
    expect(rig.systemPods().every(isReady)).toBe(true);
  });

  it('are the same in a replay, after faults of each', () => {
    for (const prefix of ['coredns', 'kube-proxy', PLUGIN]) remove(podsOf(prefix)[0]!);
    fault({ type: 'NodeDown', node: 'gpu-a100-1' });
    rig.run(2 * MINUTE);
    fault({ type: 'NodeUp', node: 'gpu-a100-1' });
    rig.run(2 * MINUTE);
    expect(rig.systemPods().every(isReady)).toBe(true);
    const hash = rig.cluster.hash();
    expect(replayOf('ml', 3, rig.inputs, rig.cluster.clock.nowMs).hash()).toBe(hash);
  });

  it('are not there in pools, whose machines and provider do the same out of sight', () => {
    rig = new ClusterRig('pool:2xcpu,1xt4');
    expect(rig.systemPods()).toEqual([]);
    expect(gpus('t4-1')).toEqual(['2', '2']);
    expect(ask('cpu-1')).toBe('known');
    expect(rig.cluster.world().nameServerUp).toBeUndefined();
    for (const component of ['coredns', 'kube-proxy'])
      expect(rig.cluster.faultProblem({ type: 'ComponentDown', component })).toContain('cannot be stopped');
  });
});

describe('CoreDNS', () => {
  const endpoints = (): number => {
    const slices = [...rig.cluster.store.all('endpointslices').values()] as EndpointSlice[];
    const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'kube-dns');
    return own.flatMap((slice) => slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready).length;
  };

  it('that is deleted is made anew; who asks meanwhile gets no answer, and one when it asks again', () => {
    const command = ['sh', '-c', 'while true; do nslookup kubernetes.default && echo known; sleep 1; done'];
    const spec = { nodeName: 'cpu-2', containers: [{ name: 'main', image: 'busybox', command }] };
    rig.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'asks' }, spec } as unknown as Json);
    rig.run(10_000);
    for (const pod of podsOf('coredns')) remove(pod);
    rig.until('name servers', () => podsOf('coredns').filter(isReady).length === 2 && endpoints() === 2, 20_000);
    rig.run(20_000);
    const told = rig.log('asks', 'main').match(/known|.*(can't|no servers).*/g)!;
    expect(new Set(told)).toEqual(new Set(['known']));
    const asked = rig.cluster.network.requests().filter(({ from }) => from.pod === 'asks');
    expect(asked.map(({ atMs, endMs }) => Math.round((endMs - atMs) / 1000)).filter((late) => late > 0)).toEqual([5]);
  });

  it('answers for as long as it has a replica that is ready', () => {
    patch(`${APPS}/deployments/coredns`, { spec: { replicas: 1 } });
    rig.run(MINUTE);
    expect(ask()).toBe('known');
    patch(`${APPS}/deployments/coredns`, { spec: { replicas: 0 } });
    rig.run(MINUTE);
    expect(endpoints()).toBe(0);
    expect(ask()).not.toBe('known');
    patch(`${APPS}/deployments/coredns`, { spec: { replicas: 2 } });
    rig.until('name servers', () => endpoints() === 2, MINUTE);
    rig.run(1000);
    expect(ask()).toBe('known');
  });

  it('is slow to answer while one of its nodes is dead and nobody has noticed', () => {
    patch(`${APPS}/deployments/coredns`, { spec: { replicas: 1 } });
    rig.run(MINUTE);
    const { nodeName } = podsOf('coredns')[0]!.spec;
    fault({ type: 'NodeDown', node: nodeName! });
    expect(ask()).not.toBe('known');
    rig.run(MINUTE);
    expect(endpoints()).toBe(0);
    rig.until('another one', () => endpoints() === 1, 6 * MINUTE);
    expect(podsOf('coredns').find(isReady)!.spec.nodeName).not.toBe(nodeName);
    expect(ask()).toBe('known');
  });

  it('that somebody stops crashes for as long as it is stopped', () => {
    fault({ type: 'ComponentDown', component: 'coredns' });
    expect(rig.cluster.world().nameServerUp).toBe(false);
    rig.run(MINUTE);
    const waiting = podsOf('coredns').map(({ status }) => status.containerStatuses![0]!.state!.waiting?.reason);
    expect(waiting).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff']);
    expect(ask()).not.toBe('known');
    fault({ type: 'ComponentUp', component: 'coredns' });
    expect(rig.cluster.world().nameServerUp).toBe(true);
    rig.until('name servers', () => endpoints() === 2, 20_000);
    rig.run(1000);
    expect(ask()).toBe('known');
    const hash = rig.cluster.hash();
    expect(replayOf('ml', 3, rig.inputs, rig.cluster.clock.nowMs).hash()).toBe(hash);
  });
});

describe('kube-proxy', () => {
  const stopped = (): string[] =>
    [...rig.cluster.kubelets.keys()].filter((name) => rig.cluster.network.proxyStopped(name));

  it('runs everywhere, and that of a deleted Pod is soon there again', () => {
    expect(stopped()).toEqual([]);
    remove(podOn('kube-proxy', 'cpu-2'));
    rig.until('its end', () => stopped().length > 0, 2000);
    expect(stopped()).toEqual(['cpu-2']);
    rig.until('its successor', () => stopped().length === 0, 20_000);
  });

  it('leaves the rules that are there where its Pod goes for good', () => {
    expect(ask('cpu-2')).toBe('known');
    patch(`${APPS}/daemonsets/kube-proxy`, { spec: { template: { spec: { nodeSelector: { nowhere: 'yes' } } } } });
    rig.run(MINUTE);
    expect(stopped()).toHaveLength(6);
    expect(ask('cpu-2')).toBe('known');
    for (const pod of podsOf('coredns')) remove(pod);
    rig.run(MINUTE);
    expect(podsOf('coredns').filter(isReady)).toHaveLength(2);
    expect(ask('cpu-2')).not.toBe('known');
    patch(`${APPS}/daemonsets/kube-proxy`, { spec: { template: { spec: { nodeSelector: { nowhere: null } } } } });
    rig.run(MINUTE);
    expect(stopped()).toEqual([]);
    expect(ask('cpu-2')).toBe('known');
  });

  it.each([
    ['ml', 'cpu-2', 'beside that of the DaemonSet'],
    ['pool:2xcpu', 'cpu-1', "beside the machine's own"],
  ])('of %s does not stop on %s with another one, made by hand %s', (preset, nodeName) => {
    rig = new ClusterRig(preset, 3);
    const spec = { nodeName, containers: [{ name: 'main', image: 'registry.k8s.io/kube-proxy:v1.36.3' }] };
    rig.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'other' }, spec } as unknown as Json);
    rig.until('it runs', () => isReady(rig.pod('other')!), MINUTE);
    rig.request('DELETE', '/api/v1/namespaces/default/pods/other');
    rig.until('its end', () => rig.pod('other') === undefined, MINUTE);
    expect(stopped()).toEqual([]);
  });

  it('that somebody stops on a node crashes there, until it is started', () => {
    fault({ type: 'ComponentDown', component: 'kube-proxy', node: 'cpu-2' });
    rig.run(MINUTE);
    expect(stopped()).toEqual(['cpu-2']);
    const [container] = podOn('kube-proxy', 'cpu-2').status.containerStatuses!;
    expect(container).toMatchObject({ ready: false, restartCount: 3, lastState: { terminated: { exitCode: 1 } } });
    fault({ type: 'ComponentUp', component: 'kube-proxy', node: 'cpu-2' });
    rig.run(5000);
    expect(stopped()).toEqual([]);
    expect(isReady(podOn('kube-proxy', 'cpu-2'))).toBe(true);
  });

  it('comes to a machine that is added, and before that there are no rules on it', () => {
    const { metadata, spec, status } = node('cpu-2');
    const labels = { ...metadata.labels, 'kubernetes.io/hostname': 'cpu-9' };
    const { capacity } = status;
    fault({
      type: 'NodeAdd',
      node: { metadata: { name: 'cpu-9', labels }, spec, status: { capacity } } as unknown as Node,
    });
    expect(stopped()).toEqual(['cpu-9']);
    rig.until('its kube-proxy', () => stopped().length === 0, MINUTE);
    expect(isReady(podOn('kube-proxy', 'cpu-9')) || rig.run(2000) === undefined).toBe(true);
    expect(ask('cpu-9')).toBe('known');
  });
});

describe('a device plugin', () => {
  const trainer = (name: string): void => {
    const resources = { limits: { 'nvidia.com/gpu': '1' } };
    const tolerations = [{ key: 'nvidia.com/gpu', operator: 'Exists' }];
    const spec = {
      nodeSelector: { 'kubernetes.io/hostname': 'gpu-a100-1' },
      tolerations,
      containers: [{ name: 'main', image: 'nginx:1.27', resources }],
    };
    rig.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec } as unknown as Json);
  };

  it('takes the devices with it, and brings them back; what has them runs on', () => {
    trainer('before');
    rig.until('it runs', () => isReady(rig.pod('before')!));
    remove(podOn(PLUGIN, 'gpu-a100-1'));
    rig.until('its end', () => gpus('gpu-a100-1')[1] === '0', 3000);
    expect(gpus('gpu-a100-1')).toEqual(['4', '0']);
    expect(gpus('gpu-a100-2')).toEqual(['4', '4']);
    trainer('meanwhile');
    rig.run(100);
    expect(rig.pod('meanwhile')!.spec.nodeName).toBeUndefined();
    rig.until('its successor', () => gpus('gpu-a100-1')[1] === '4', 20_000);
    rig.until('room', () => isReady(rig.pod('meanwhile')!), MINUTE);
    expect(isReady(rig.pod('before')!)).toBe(true);
    expect(rig.pod('before')!.status.containerStatuses![0]!.restartCount).toBe(0);
  });

  it('is forgotten after five minutes, and with it how many devices there are', () => {
    rig.request('DELETE', `${APPS}/daemonsets/${PLUGIN}`);
    rig.run(10_000);
    expect(gpus('gpu-a100-1')).toEqual(['4', '0']);
    rig.run(5 * MINUTE);
    expect(gpus('gpu-a100-1')).toEqual(['0', '0']);
    const { draft } = ADD_ONS['nvidia-device-plugin'].workload;
    rig.request('POST', `${APPS}/daemonsets`, draft as unknown as Json);
    rig.until('devices', () => gpus('gpu-a100-1')[1] === '4', MINUTE);
    expect(gpus('gpu-a100-1')).toEqual(['4', '4']);
  });

  it('is there again when its kubelet or its machine has been away', () => {
    fault({ type: 'ComponentDown', component: 'kubelet', node: 'gpu-t4-1' });
    rig.run(5000);
    fault({ type: 'ComponentUp', component: 'kubelet', node: 'gpu-t4-1' });
    rig.run(5000);
    expect(gpus('gpu-t4-1')).toEqual(['2', '2']);
    fault({ type: 'NodeDown', node: 'gpu-t4-1' });
    rig.run(5000);
    fault({ type: 'NodeUp', node: 'gpu-t4-1' });
    const seen = new Set<string>();
    for (let step = 0; step < 200; step++) {
      rig.run(100);
      seen.add(gpus('gpu-t4-1').join(' '));
    }
    expect([...seen]).toEqual(['2 2', '0 0', '2 2'].filter((one, index, all) => all.indexOf(one) === index));
    expect(gpus('gpu-t4-1')).toEqual(['2', '2']);
  });

  it('that is gone refuses what is bound to its node by hand', () => {
    rig.request('DELETE', `${APPS}/daemonsets/${PLUGIN}`);
    rig.run(10_000);
    const resources = { limits: { 'nvidia.com/gpu': '1' } };
    const spec = { nodeName: 'gpu-a100-1', containers: [{ name: 'main', image: 'nginx:1.27', resources }] };
    rig.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'bound' }, spec } as unknown as Json);
    rig.run(2000);
    expect(rig.pod('bound')!.status).toMatchObject({ phase: 'Failed', reason: 'OutOfnvidia.com/gpu' });
  });
});
