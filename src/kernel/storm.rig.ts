import fc from 'fast-check';
import { expect } from 'vitest';
import type { Json } from '../api/objects';
import { ClusterRig, replayOf } from './cluster.rig';
import { brokenInvariants } from './invariants';

export const JOBS = '/apis/batch/v1/namespaces/default/jobs';
export const PODS = '/api/v1/namespaces/default/pods';
export const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const STATEFUL_SETS = '/apis/apps/v1/namespaces/default/statefulsets';
const DAEMON_SETS = '/apis/apps/v1/namespaces/default/daemonsets';

export const TOLERATION = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };

/** A claim for checkpoints. */
export function claim(storageClassName: string): Json {
  const accessModes = [storageClassName === 'shared' ? 'ReadWriteMany' : 'ReadWriteOnce'];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'ckpt' },
    spec: { storageClassName, accessModes, resources: { requests: { storage: '10Gi' } } },
  };
}

/** The starter's Job. */
export function trainingJob(options: { tolerations?: Json[]; volume?: boolean; steps?: number } = {}): Json {
  const env = [
    { name: 'DATASET', value: 'line-1000' },
    { name: 'BATCH_SIZE', value: '8' },
    { name: 'STEPS', value: String(options.steps ?? 1200) },
    { name: 'CHECKPOINT_EVERY', value: '200' },
    ...(options.volume ? [{ name: 'CHECKPOINT_DIR', value: '/ckpt' }] : []),
  ];
  const container = {
    name: 'trainer',
    image: 'podium/sgd-regressor:1.4',
    env,
    resources: { limits: { cpu: '4', memory: '16Gi', 'nvidia.com/gpu': '1' } },
    ...(options.volume ? { volumeMounts: [{ name: 'ckpt', mountPath: '/ckpt' }] } : {}),
  };
  const spec = {
    restartPolicy: 'Never',
    ...(options.tolerations ? { tolerations: options.tolerations } : {}),
    containers: [container],
    ...(options.volume ? { volumes: [{ name: 'ckpt', persistentVolumeClaim: { claimName: 'ckpt' } }] } : {}),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'train-sgd' },
    spec: { backoffLimit: 4, template: { spec } },
  };
}

const NODES = ['cpu-1', 'gpu-a100-1', 'gpu-a100-2'];

type Action = { wait: number; what: string; node: number; count: number };

/** One thing that a person or the world may do; some of them are refused, which must change nothing. */
function act(rig: ClusterRig, { what, node, count }: Action): void {
  const name = NODES[node]!;
  const victim = rig.pods().filter((pod) => pod.metadata.namespace === 'default')[count];
  if (what === 'job') rig.request('POST', JOBS, trainingJob({ tolerations: [TOLERATION], steps: 400 }));
  else if (what === 'forget') rig.request('DELETE', `${JOBS}/train-sgd`, { propagationPolicy: 'Background' });
  else if (what === 'deploy') rig.request('POST', DEPLOYMENTS, deployment(count));
  else if (what === 'stateful')
    rig.request('POST', STATEFUL_SETS, workload('StatefulSet', 'db', { replicas: count, serviceName: 'db' }));
  else if (what === 'daemons') rig.request('POST', DAEMON_SETS, workload('DaemonSet', 'agent', {}));
  else if (what === 'retag') retag(rig, count);
  else if (what === 'scale') rig.scale('web', count);
  else if (what === 'delete' && victim) rig.request('DELETE', `${PODS}/${victim.metadata.name}`);
  else if (what === 'crash' && victim?.status.phase === 'Running')
    crash(rig, victim.metadata.name, victim.spec.containers[0]!.name);
  else if (what.startsWith('Node')) rig.input({ kind: 'fault', fault: { type: what as 'NodeDown', node: name } });
}

function crash(rig: ClusterRig, pod: string, container: string): void {
  rig.input({ kind: 'fault', fault: { type: 'ContainerCrash', namespace: 'default', pod, container, exitCode: 1 } });
}

/** Another template for what keeps revisions, and another size. */
function retag(rig: ClusterRig, count: number): void {
  const template = { metadata: { labels: { round: String(count) } } };
  const merge = { 'content-type': 'application/merge-patch+json' };
  rig.request('PATCH', `${STATEFUL_SETS}/db`, { spec: { replicas: count, template } }, merge);
  rig.request('PATCH', `${DAEMON_SETS}/agent`, { spec: { template } }, merge);
}

function workload(kind: string, name: string, more: { [key: string]: Json }): Json {
  const containers = [{ name: 'server', image: 'nginx:1.27', resources: { requests: { cpu: '100m' } } }];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  const spec = { selector: { matchLabels: { app: name } }, template, ...more };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec };
}

/** A Deployment of a web server. */
export function deployment(replicas: number): Json {
  const containers = [
    { name: 'server', image: 'nginx:1.27', resources: { requests: { cpu: '500m', memory: '256Mi' } } },
  ];
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
  };
}

/** Sequences of what may happen to a cluster. */
export const actions = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 90_000 }),
    what: fc.constantFrom(
      'job',
      'forget',
      'deploy',
      'stateful',
      'daemons',
      'retag',
      'scale',
      'delete',
      'crash',
      'NodeDown',
      'NodeUp',
      'NodeNetworkDown',
      'NodeNetworkUp',
    ),
    node: fc.nat(NODES.length - 1),
    count: fc.nat(5),
  }),
  { minLength: 4, maxLength: 14 },
);

/**
 * Does all that to a cluster. After every step the invariants must hold; at the end a replay of the journal, and going on
 * from a snapshot taken half way, must give the same cluster.
 */
export function checkStorm(seed: number, steps: Action[]): void {
  const rig = new ClusterRig('ml', seed);
  let snapshot = rig.cluster.snapshot();
  let taken = { atMs: 0, inputs: 0 };
  steps.forEach((step, index) => {
    act(rig, step);
    rig.run(step.wait);
    expect(brokenInvariants(rig.cluster)).toEqual([]);
    if (index !== steps.length >> 1) return;
    snapshot = rig.cluster.snapshot();
    taken = { atMs: rig.cluster.clock.nowMs, inputs: rig.inputs.length };
  });
  const endMs = rig.cluster.clock.nowMs;
  const hash = rig.cluster.hash();
  expect(replayOf('ml', seed, rig.inputs, endMs).hash()).toBe(hash);
  rig.cluster.restore(snapshot);
  expect(rig.cluster.clock.nowMs).toBe(taken.atMs);
  rig.inputs.slice(taken.inputs).forEach((input, index) => {
    rig.cluster.run(input.atMs);
    rig.cluster.input(input, taken.inputs + index);
  });
  rig.cluster.run(endMs);
  expect(rig.cluster.hash()).toBe(hash);
}
