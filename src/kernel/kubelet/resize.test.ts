import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../../api/objects';
import { KubeletRig } from './kubelet.rig';

/** A resize in place, from the request to what the Pod's status tells of it. */

const cpus = (cpu: string, more: object = {}): object => ({ requests: { cpu }, ...more });
const server = (cpu: string, more: object = {}): object => ({
  command: ['sh', '-c', 'while true; do sleep 1; done'],
  resources: cpus(cpu),
  ...more,
});

/** A machine of 4 CPUs on which these Pods run, with what their statuses have told since. */
function machine(pods: Record<string, object>, specs: Record<string, object> = {}) {
  const rig = new KubeletRig();
  rig.client.patch('nodes', '', 'cpu-1', (node) => ({
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, 'kubernetes.io/os': 'linux' } },
  }));
  for (const [name, container] of Object.entries(pods)) rig.pod(name, container, specs[name] as never);
  rig.run(20_000);
  const told: string[] = [];
  rig.store.onWrite(({ resource, object }) => {
    if (resource !== 'pods') return;
    const text = describePod(object as Pod);
    if (told.at(-1) !== text) told.push(text);
  });
  const resize = (name: string, resources: object): number => {
    const body = { spec: { containers: [{ name: 'main', resources }] } };
    const request = {
      method: 'PATCH',
      path: `/api/v1/namespaces/default/pods/${name}/resize`,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body,
    };
    return rig.api.handle(request as never, { actor: 'test' }).code;
  };
  return { rig, told, resize };
}

/** What is asked for, allocated and in use of the CPU, and the conditions of a resize. */
function describePod({ metadata, spec, status }: Pod): string {
  const asked = (spec.containers[0] as Container).resources?.requests?.['cpu'];
  const [container] = status.containerStatuses ?? [];
  const resizing = (status.conditions ?? []).filter(({ type }) => type.startsWith('PodResize'));
  const conditions = resizing.map(({ type, reason }) => [type.slice(9), reason].filter(Boolean).join(' '));
  const cpu = `${asked}/${container?.allocatedResources?.['cpu']}/${container?.resources?.requests?.['cpu']}`;
  const restarts = container?.restartCount ? ` r${container.restartCount}` : '';
  return `${metadata.name} ${cpu}${restarts}${conditions.length > 0 ? ` (${conditions.join(', ')})` : ''}`;
}

describe('a resize in place', () => {
  it('is allocated, then done, without a restart', () => {
    const { rig, told, resize } = machine({ a: server('1') });
    const before = rig.get('a')!.status.containerStatuses![0]!.containerID;
    expect(resize('a', cpus('2'))).toBe(200);
    rig.run(5_000);
    expect(told).toEqual(['a 2/1/1', 'a 2/2/1 (InProgress)', 'a 2/2/2']);
    expect(rig.get('a')!.status.containerStatuses![0]!.containerID).toBe(before);
    expect(rig.get('a')!.status.allocatedResources).toEqual({ cpu: '2' });
    expect(rig.get('a')!.status.observedGeneration).toBe(2);
    const summary = '{"containers":[{"name":"main","resources":{"requests":{"cpu":"2"}}}],"generation":2}';
    expect(rig.events('a').slice(-2)).toEqual([
      `ResizeStarted: Pod resize started: ${summary}`,
      `ResizeCompleted: Pod resize completed: ${summary}`,
    ]);
    expect(rig.kubelet().state.pods.get(rig.get('a')!.metadata.uid)!.resize).toBeUndefined();
  });

  it('starts a container anew that asks for that', () => {
    const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }];
    const { rig, told, resize } = machine({ a: server('1', { resizePolicy }) });
    resize('a', cpus('2'));
    rig.run(60_000);
    expect(told.at(-1)).toBe('a 2/2/2 r1');
    expect(told).toContain('a 2/2/1 (InProgress)');
    expect(rig.events('a')).toContain('Killing: Container main resize requires restart');
    expect(rig.reasons('a')).toMatch(/ResizeStarted.*Killing.*ResizeCompleted$/);
  });

  it('restarts nothing where only another resource has that policy', () => {
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    const { rig, told, resize } = machine({ a: server('1', { resizePolicy }) });
    resize('a', cpus('2'));
    rig.run(60_000);
    expect(told.at(-1)).toBe('a 2/2/2');
  });

  it('waits for room, and is done once another Pod has gone', () => {
    const { rig, told, resize } = machine({ a: server('1'), b: server('2') });
    resize('a', cpus('3'));
    rig.run(5_000);
    expect(told).toEqual(['a 3/1/1', 'a 3/1/1 (Pending Deferred)']);
    const pending = rig.get('a')!.status.conditions!.find(({ type }) => type === 'PodResizePending');
    expect(pending).toMatchObject({
      status: 'True',
      message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
      observedGeneration: 2,
    });
    rig.remove('b', 0);
    rig.run(40_000);
    expect(told.filter((one) => one.startsWith('a'))).toEqual([
      'a 3/1/1',
      'a 3/1/1 (Pending Deferred)',
      'a 3/3/1 (InProgress)',
      'a 3/3/3',
    ]);
    expect(rig.reasons('a')).toMatch(/ResizeDeferred > ResizeStarted > ResizeCompleted$/);
  });

  it('makes room for another by becoming smaller', () => {
    const { rig, told, resize } = machine({ a: server('1'), b: server('2') });
    resize('a', cpus('3'));
    rig.run(5_000);
    resize('b', cpus('500m'));
    rig.run(10_000);
    expect(told.filter((one) => one.startsWith('a')).at(-1)).toBe('a 3/3/3');
    expect(told.filter((one) => one.startsWith('b')).at(-1)).toBe('b 500m/500m/500m');
  });

  it('is forgotten when what there is is asked for again', () => {
    const { rig, told, resize } = machine({ a: server('1'), b: server('2') });
    resize('a', cpus('3'));
    rig.run(5_000);
    resize('a', cpus('1'));
    rig.run(5_000);
    expect(told.at(-1)).toBe('a 1/1/1');
    expect(rig.reasons('a')).not.toContain('ResizeStarted');
  });

  it('cannot be where the machine is too small for it', () => {
    const { rig, told, resize } = machine({ a: server('1'), b: server('2') });
    expect(resize('a', cpus('5'))).toBe(403);
    resize('a', cpus('3'));
    rig.run(5_000);
    rig.client.patch(
      'nodes',
      '',
      'cpu-1',
      (node) => ({ ...node, status: { ...node.status, allocatable: { ...node.status.allocatable, cpu: '2500m' } } }),
      'status',
    );
    rig.run(100);
    rig.remove('b', 0);
    rig.run(5_000);
    expect(told.at(-1)).toBe('a 3/1/1 (Pending Infeasible)');
    const pending = rig.get('a')!.status.conditions!.find(({ type }) => type === 'PodResizePending');
    expect(pending!.message).toBe("Node didn't have enough capacity: cpu, requested: 3000, capacity: 2500");
  });
});

describe('a memory limit that is to become lower', () => {
  const memory = (limit: string, cpu = '100m'): object => ({
    requests: { cpu, memory: '1Mi' },
    limits: { cpu: '1', memory: limit },
  });
  const holding = (limit: string): object => server('1', { resources: memory(limit) });
  const inProgress = (rig: KubeletRig, name: string): object | undefined =>
    rig.get(name)!.status.conditions!.find(({ type }) => type === 'PodResizeInProgress');
  const limitOf = (rig: KubeletRig, name: string): unknown =>
    rig.get(name)!.status.containerStatuses![0]!.resources?.limits?.['memory'];
  const use = (rig: KubeletRig, bytes: number): void => {
    for (const record of rig.kubelet().state.pods.values())
      for (const { runs } of record.containers.values()) runs[0]!.memoryBytes = bytes;
  };

  it('is set where less is in use', () => {
    const { rig, resize } = machine({ a: holding('64Mi') });
    use(rig, 30 << 20);
    resize('a', memory('32Mi'));
    rig.run(5_000);
    expect([limitOf(rig, 'a'), inProgress(rig, 'a')]).toEqual(['32Mi', undefined]);
  });

  it('is not set below what is in use, which the Pod says as long as it is so; the CPU waits for it', () => {
    const { rig, told, resize } = machine({ a: holding('64Mi') });
    use(rig, 40 << 20);
    resize('a', memory('32Mi', '200m'));
    rig.run(60_000);
    const text =
      'cannot decrease memory limits: [attempting to set pod memory limit (33554432) below current usage (41943040), ' +
      'attempting to set container "main" memory limit (33554432) below current usage (41943040)]';
    expect(limitOf(rig, 'a')).toBe('64Mi');
    expect(inProgress(rig, 'a')).toMatchObject({ status: 'True', reason: 'Error', message: text });
    expect(told.at(-1)).toBe('a 200m/200m/100m (InProgress Error)');
    const errors = rig.events('a').filter((event) => event.startsWith('ResizeError'));
    expect(errors).toEqual([
      `ResizeError: Pod resize error: ${JSON.stringify({
        containers: [
          {
            name: 'main',
            resources: { limits: { cpu: '1', memory: '32Mi' }, requests: { cpu: '200m', memory: '1Mi' } },
          },
        ],
        generation: 2,
        error: text,
      })}`,
    ]);
    use(rig, 20 << 20);
    rig.run(20_000);
    expect([limitOf(rig, 'a'), inProgress(rig, 'a'), told.at(-1)]).toEqual(['32Mi', undefined, 'a 200m/200m/200m']);
    expect(rig.reasons('a')).toMatch(/ResizeStarted > ResizeError > ResizeCompleted$/);
  });

  it('is forgotten when the old one is asked for again', () => {
    const { rig, resize } = machine({ a: holding('64Mi') });
    use(rig, 40 << 20);
    resize('a', memory('32Mi'));
    rig.run(20_000);
    resize('a', memory('64Mi'));
    rig.run(20_000);
    expect([limitOf(rig, 'a'), inProgress(rig, 'a')]).toEqual(['64Mi', undefined]);
  });

  it('of a container that may be started anew is given so, whatever is in use', () => {
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    const { rig, resize } = machine({ a: server('1', { resources: memory('64Mi'), resizePolicy }) });
    use(rig, 40 << 20);
    resize('a', memory('32Mi'));
    rig.run(60_000);
    expect([limitOf(rig, 'a'), rig.get('a')!.status.containerStatuses![0]!.restartCount]).toEqual(['32Mi', 1]);
    expect(rig.reasons('a')).not.toContain('ResizeError');
  });
});

describe('of resizes that wait for the same room', () => {
  const guaranteed = (cpu: string): object => ({ requests: { cpu, memory: '8Mi' }, limits: { cpu, memory: '8Mi' } });
  it.each<
    [what: string, first: string, specs: Record<string, object>, resources: (name: string, cpu: string) => object]
  >([
    [
      'the one of the higher priority',
      'b',
      { b: { priorityClassName: 'system-cluster-critical' } },
      (_, cpu) => cpus(cpu),
    ],
    ['a Guaranteed one', 'b', {}, (name, cpu) => (name === 'b' ? guaranteed(cpu) : cpus(cpu))],
    ['the one that has waited longest', 'a', {}, (_, cpu) => cpus(cpu)],
  ])('%s gets it', (_, first, specs, resources) => {
    const { rig, told, resize } = machine(
      {
        z: server('2'),
        a: server('1', { resources: resources('a', '1') }),
        b: server('1', { resources: resources('b', '1') }),
      },
      specs,
    );
    resize('a', resources('a', '2500m'));
    rig.run(5_000);
    resize('b', resources('b', '2500m'));
    rig.run(5_000);
    rig.remove('z', 0);
    rig.run(40_000);
    const last = (name: string): string => told.filter((one) => one.startsWith(name)).at(-1)!;
    const other = first === 'a' ? 'b' : 'a';
    expect([last(first), last(other)]).toEqual([`${first} 2500m/2500m/2500m`, `${other} 2500m/1/1 (Pending Deferred)`]);
  });
});
