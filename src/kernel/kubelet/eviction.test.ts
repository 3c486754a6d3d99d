import { describe, expect, it } from 'vitest';
import type { Json, Node, Pod } from '../../api/objects';
import { ClusterRig } from '../cluster.rig';
import { CONVENTIONS } from '../images/conventions';
import { KubeletRig } from './kubelet.rig';

const MINUTE = 60_000;
const rigOf = (capacity: Record<string, string> = {}): KubeletRig =>
  new KubeletRig(['cpu-1'], 3, CONVENTIONS.podium, capacity);

function fill(rig: KubeletRig, what: 'memoryPressure' | 'diskPressure', on: boolean): void {
  rig.machines.get('cpu-1')![what] = on;
  rig.kubelet().machineChanged();
}

const nodeOf = (rig: KubeletRig): Node => rig.client.get('nodes', '', 'cpu-1')!;
const conditionOf = (rig: KubeletRig, type: string): string | undefined => {
  const found = nodeOf(rig).status.conditions!.find((one) => one.type === type);
  return found && `${found.status} ${found.reason} ${found.message}`;
};
const phaseOf = (rig: KubeletRig, name: string): string | undefined => rig.get(name)?.status.phase;
const evictedOnes = (rig: KubeletRig, names: readonly string[]): string[] =>
  names.filter((name) => rig.get(name)?.status.reason === 'Evicted');
const server = (resources: object = {}): object => ({ image: 'nginx:1.27', resources });
const requests = (memory: string): object => ({ requests: { memory, cpu: '100m' } });

describe('want of memory', () => {
  it('is told by the Node, and ends Pods by what they use beyond their requests, one by one', () => {
    const rig = rigOf();
    rig.pod('within', server(requests('64Mi')));
    rig.pod('beyond', server(requests('1Mi')));
    rig.pod('best-effort', { ...server(), image: 'redis:7' });
    rig.run(30_000);
    fill(rig, 'memoryPressure', true);
    rig.run(10_000);
    expect(rig.events('best-effort')).toContain(
      'Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 49664Ki. Container main was using 32Mi, request is 0, has larger consumption of memory. ',
    );
    expect(rig.events('cpu-1')).toContain('EvictionThresholdMet: Attempting to reclaim memory');
    rig.run(12_000);
    expect(conditionOf(rig, 'MemoryPressure')).toBe(
      'True KubeletHasInsufficientMemory kubelet has insufficient memory available',
    );
    expect(rig.events('cpu-1')).toContain(
      'NodeHasInsufficientMemory: Node cpu-1 status is now: NodeHasInsufficientMemory',
    );
    rig.run(MINUTE);
    const times = ['best-effort', 'beyond', 'within'].map((name) => {
      const at = rig.history(name).findIndex(([, text]) => text.startsWith('Failed Evicted'));
      return rig.history(name)[at]?.[0];
    });
    expect(evictedOnes(rig, ['best-effort', 'beyond', 'within'])).toHaveLength(3);
    expect(times.every((time) => time !== undefined)).toBe(true);
    expect([...times].sort((left, right) => left! - right!)).toEqual(times);
  });

  it('leaves a Pod as failed, evicted by the kubelet', () => {
    const rig = rigOf();
    rig.pod('victim', server(), { restartPolicy: 'Always' });
    rig.run(20_000);
    fill(rig, 'memoryPressure', true);
    rig.run(30_000);
    const { status } = rig.get('victim')!;
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(status.message).toMatch(/^The node was low on resource: memory\. /);
    expect(status.conditions!.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'TerminationByKubelet',
      message: status.message,
    });
    expect(status.conditions!.filter(({ type }) => type === 'DisruptionTarget')).toHaveLength(1);
    expect(status.containerStatuses![0]!.state?.terminated).toBeDefined();
  });

  it('keeps BestEffort Pods away for five minutes after it has ended, and no others', () => {
    const rig = rigOf();
    fill(rig, 'memoryPressure', true);
    rig.run(15_000);
    fill(rig, 'memoryPressure', false);
    rig.pod('late', server());
    rig.pod('asking', server(requests('64Mi')));
    rig.pod('coping', server(), {
      tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }],
    });
    rig.run(20_000);
    expect(rig.get('late')!.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    });
    expect([phaseOf(rig, 'asking'), phaseOf(rig, 'coping')]).toEqual(['Running', 'Running']);
    rig.run(4 * MINUTE);
    expect(conditionOf(rig, 'MemoryPressure')).toMatch(/^True/);
    rig.run(MINUTE);
    expect(conditionOf(rig, 'MemoryPressure')).toMatch(/^False KubeletHasSufficientMemory/);
    expect(rig.events('cpu-1')).toContain('NodeHasSufficientMemory: Node cpu-1 status is now: NodeHasSufficientMemory');
    rig.pod('later', server());
    rig.run(20_000);
    expect(phaseOf(rig, 'later')).toBe('Running');
    expect(rig.clock.upcoming().some(({ kind }) => kind === 'evict')).toBe(false);
  });

  it('comes from what programs use, and ends once enough is free', () => {
    const rig = rigOf({ memory: '1152Mi' });
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) rig.pod(name, { image: 'podium/model-server:1.0', resources: requests('100Mi') });
    rig.run(MINUTE);
    expect(evictedOnes(rig, names)).toHaveLength(1);
    expect(conditionOf(rig, 'MemoryPressure')).toMatch(/^True/);
    rig.run(6 * MINUTE);
    expect(evictedOnes(rig, names)).toHaveLength(1);
    expect(conditionOf(rig, 'MemoryPressure')).toMatch(/^False/);
  });

  it('spares what the machine needs', () => {
    const rig = rigOf();
    rig.create('priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'vital' },
      value: 1000,
    });
    rig.pod('ordinary', server());
    rig.pod('vital', server(), { priorityClassName: 'vital' });
    rig.pod('critical', server(), { priorityClassName: 'system-node-critical' });
    rig.run(20_000);
    fill(rig, 'memoryPressure', true);
    rig.run(MINUTE);
    const endOf = (name: string): number => rig.history(name).find(([, text]) => text.includes('Evicted'))![0];
    expect(endOf('ordinary')).toBeLessThan(endOf('vital'));
    expect(evictedOnes(rig, ['ordinary', 'vital', 'critical'])).toEqual(['ordinary', 'vital']);
    expect(phaseOf(rig, 'critical')).toBe('Running');
  });
});

describe('want of disk', () => {
  it('frees images first, then ends Pods, and lets nobody in', () => {
    const rig = rigOf();
    rig.pod('done', { image: 'nginx:1.26', command: ['true'] }, { restartPolicy: 'Never' });
    rig.pod('writer', { image: 'busybox:1.36', command: ['sh', '-c', 'echo data > /tmp/x; sleep 1000'] });
    rig.run(40_000);
    fill(rig, 'diskPressure', true);
    rig.run(20_000);
    expect([...rig.machines.get('cpu-1')!.images.keys()]).not.toContain('docker.io/library/nginx:1.26');
    expect(rig.get('writer')!.status.reason).toBe('Evicted');
    expect(rig.events('writer').find((event) => event.startsWith('Evicted'))).toBe(
      'Evicted: The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 6Gi. Container main was using 5, request is 0, has larger consumption of ephemeral-storage. ',
    );
    rig.pod('asking', server(requests('64Mi')));
    rig.run(5000);
    expect(rig.get('asking')!.status.message).toBe('Pod was rejected: The node had condition: [DiskPressure]. ');
    expect(conditionOf(rig, 'DiskPressure')).toMatch(/^True KubeletHasDiskPressure/);
  });

  it('is no want where one Pod writes more than it may: that Pod goes', () => {
    const rig = rigOf();
    const command = [
      'sh',
      '-c',
      'while true; do echo 0123456789012345678901234567890123456789 >> /cache/file; sleep 1; done',
    ];
    rig.pod(
      'cache',
      { command, volumeMounts: [{ name: 'cache', mountPath: '/cache' }] },
      { volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Ki' } }] },
    );
    rig.pod('logger', {
      command: ['sh', '-c', 'while true; do echo 0123456789012345678901234567890123456789; sleep 1; done'],
      resources: { limits: { 'ephemeral-storage': '1Ki' } },
    });
    rig.run(MINUTE);
    expect(rig.get('cache')!.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Ki". ',
    });
    expect(rig.get('logger')!.status.message).toBe(
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Ki. ',
    );
    expect(rig.get('cache')!.status.conditions!.some(({ type }) => type === 'DisruptionTarget')).toBe(false);
    expect(conditionOf(rig, 'DiskPressure')).toMatch(/^False/);
  });
});

describe('in a cluster', () => {
  it('taints the node, and controllers make the Pods anew elsewhere', () => {
    const rig = new ClusterRig();
    const labels = { app: 'web' };
    rig.request('POST', '/apis/apps/v1/namespaces/default/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } },
      },
    } as Json);
    rig.run(MINUTE);
    rig.input({ kind: 'fault', fault: { type: 'MemoryPressure', node: 'cpu-1', on: true } });
    rig.run(2 * MINUTE);
    const node = rig.cluster.store.get('nodes', 'cpu-1') as Node;
    expect(node.spec.taints).toEqual([
      { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule', timeAdded: expect.any(String) },
    ]);
    const running = rig.pods().filter((pod: Pod) => pod.status.phase === 'Running');
    expect(running).toHaveLength(3);
    expect(running.every((pod) => pod.spec.nodeName !== 'cpu-1')).toBe(true);
    expect(
      rig
        .pods()
        .filter((pod) => pod.status.reason === 'Evicted')
        .every((pod) => pod.spec.nodeName === 'cpu-1'),
    ).toBe(true);
    rig.input({ kind: 'fault', fault: { type: 'MemoryPressure', node: 'cpu-1', on: false } });
    rig.run(6 * MINUTE);
    expect((rig.cluster.store.get('nodes', 'cpu-1') as Node).spec.taints).toBeUndefined();
  });
});
