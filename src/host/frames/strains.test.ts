import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../api/objects';
import { ClusterRig } from '../../kernel/cluster.rig';
import type { Frame, PodStrain } from '../../protocol/frame';
import { FrameReader } from '../../protocol/frame-reader';
import { FrameBuilder } from './frame-builder';

let rig: ClusterRig;
let builder: FrameBuilder;
let reader: FrameReader;

beforeEach(() => {
  rig = new ClusterRig('ml');
  builder = new FrameBuilder(rig.cluster);
  reader = new FrameReader();
  build();
});

function build(): Frame {
  const message = builder.build({
    endMs: 0,
    speed: 1,
    run: 'playing',
    note: '',
    saved: 'saved',
    branches: [],
    branch: 'main',
    inputs: rig.inputs,
    applied: rig.inputs.length,
  });
  return reader.read(message);
}

function post(name: string, spec: Json, path = '/api/v1/namespaces/default/pods'): void {
  const answer = rig.request('POST', path, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  if (answer.code >= 400) throw new Error(JSON.stringify(answer.body));
}

/** Every strain of a Pod that was told while time passed, one frame each 100 ms. */
function watch(name: string, ms: number): PodStrain[] {
  const told: PodStrain[] = [];
  for (let passed = 0; passed < ms; passed += 100) {
    rig.run(100);
    const { strains } = build();
    told.push(...strains.filter((one) => reader.pods.get(one.id)?.name === name));
  }
  return told;
}

const uniq = <T>(values: T[]): T[] => values.filter((one, index) => one !== values[index - 1]);

describe('what goes on in a Pod for a while', () => {
  it('is nothing in a healthy cluster', () => {
    post('calm', { containers: [{ name: 'main', image: 'nginx' }] });
    watch('calm', 30_000);
    expect(build().strains).toEqual([]);
  });

  it('tells the failures of a probe one by one', () => {
    const readinessProbe = { httpGet: { path: '/', port: 81 }, periodSeconds: 2, failureThreshold: 4 };
    post('sick', { containers: [{ name: 'main', image: 'nginx', readinessProbe }] });
    const probes = watch('sick', 30_000).flatMap(({ probe }) => (probe ? [probe] : []));
    expect(uniq(probes.map((one) => one.failures))).toEqual([1, 2, 3, 4]);
    expect(probes.at(-1)).toEqual({ type: 'readiness', failures: 4, limit: 4 });
  });

  it('tells the megabytes of an image, from none to all', () => {
    post('pulls', { containers: [{ name: 'main', image: 'nginx' }] });
    const pulls = watch('pulls', 30_000).flatMap(({ pull }) => (pull ? [pull] : []));
    expect(pulls.length).toBeGreaterThan(3);
    expect(new Set(pulls.map((one) => `${one.image} ${one.totalMb}`)).size).toBe(1);
    const done = pulls.map((one) => one.doneMb);
    expect(done).toEqual([...done].sort((left, right) => left - right));
    expect(done.every((mb) => mb <= pulls[0]!.totalMb)).toBe(true);
  });

  it('tells a restart for two seconds', () => {
    post('crash', { containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'sleep 3; exit 1'] }] });
    const times = watch('crash', 25_000).flatMap(({ restartedMs }) => restartedMs ?? []);
    expect(times.length).toBeGreaterThan(15);
    expect(times.length).toBeLessThan(45);
  });

  it('counts init containers that are done', () => {
    const init = (name: string): Json => ({ name, image: 'busybox', command: ['sleep', '2'] });
    post('first', { initContainers: [init('a'), init('b')], containers: [{ name: 'main', image: 'nginx' }] });
    const done = watch('first', 40_000).flatMap(({ initsDone }) => initsDone ?? []);
    expect(uniq(done)).toEqual([0, 1, 2]);
  });
});

describe('why a Pod is put out', () => {
  it('names the Pod that it made room for', () => {
    const priority = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 9,
    };
    rig.request('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', priority);
    const asks = (cpu: string): Json => [{ name: 'main', image: 'nginx', resources: { requests: { cpu } } }];
    for (const name of ['low-1', 'low-2', 'low-3']) post(name, { containers: asks('7') });
    watch('low-1', 10_000);
    post('wide', { priorityClassName: 'high', containers: asks('4') });
    watch('wide', 3_000);
    expect([...reader.pods.values()].map((one) => one.leaving).filter(Boolean)).toEqual(['made room for wide']);
  });
});
