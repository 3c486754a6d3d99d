import type { Json } from '../../api/objects';
import type { RandomState } from '../../base/random';
import { between, pick } from './dice';

type Made = { resource: string; object: Json };

const TOLERATIONS: Json[] = [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }];

/** A random workload; `index` tells it from the others. */
export function workloadOf(random: RandomState, index: number): Made {
  const kind = pick(random, [
    'deployments',
    'deployments',
    'statefulsets',
    'jobs',
    'jobs',
    'daemonsets',
    'poddisruptionbudgets',
  ]);
  const name = `${kind.slice(0, 3)}-${index}`;
  if (kind === 'jobs') return jobOf(random, name);
  if (kind === 'statefulsets') return statefulSetOf(random, name);
  if (kind === 'daemonsets') return { resource: kind, object: controlled('DaemonSet', name, podSpec(random, 0), {}) };
  if (kind === 'poddisruptionbudgets') return budgetOf(random, name);
  const strategy =
    between(random, 0, 3) === 0
      ? { type: 'Recreate' }
      : {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: between(random, 1, 2), maxUnavailable: between(random, 0, 1) },
        };
  const more = { replicas: between(random, 0, 6), strategy, progressDeadlineSeconds: pick(random, [60, 600]) };
  return { resource: kind, object: controlled('Deployment', name, podSpec(random, 1), more) };
}

/** Servers; some ask for much, some have probes, some want a GPU. `gpus` says whether any may. */
function podSpec(random: RandomState, gpus: number): { [key: string]: Json } {
  const gpu = gpus > 0 && between(random, 0, 5) === 0;
  const cpu = pick(random, ['50m', '250m', '1', '3']);
  const resources = gpu
    ? { limits: { cpu, memory: '128Mi', 'nvidia.com/gpu': '1' } }
    : { requests: { cpu, memory: '128Mi' } };
  const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 5 };
  const container = {
    name: 'server',
    image: pick(random, ['nginx:1.27', 'nginx:1.27', 'redis:7', 'example/thing:1.0']),
    resources,
    ...(between(random, 0, 3) === 0 ? { readinessProbe: probe, image: 'nginx:1.27' } : {}),
  };
  const spread = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' };
  return {
    containers: [container],
    ...(gpu || between(random, 0, 4) === 0 ? { tolerations: TOLERATIONS } : {}),
    ...(between(random, 0, 7) === 0
      ? { topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: { storm: 'yes' } } }] }
      : {}),
    ...(between(random, 0, 9) === 0 ? { nodeSelector: { 'topology.kubernetes.io/zone': 'podium-1b' } } : {}),
    ...(between(random, 0, 9) === 0 ? { priorityClassName: 'system-cluster-critical' } : {}),
  };
}

function controlled(kind: string, name: string, spec: { [key: string]: Json }, more: { [key: string]: Json }): Json {
  const labels = { app: name, storm: 'yes' };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels }, spec }, ...more },
  };
}

function statefulSetOf(random: RandomState, name: string): Made {
  const spec = podSpec(random, 0);
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const withVolume = between(random, 0, 1) === 0;
  const [container] = spec['containers'] as { [key: string]: Json }[];
  const containers = withVolume
    ? [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }]
    : [container!];
  const more = {
    serviceName: name,
    replicas: between(random, 0, 4),
    podManagementPolicy: pick(random, ['OrderedReady', 'Parallel']),
    ...(withVolume ? { volumeClaimTemplates: [claim] } : {}),
  };
  return { resource: 'statefulsets', object: controlled('StatefulSet', name, { ...spec, containers }, more) };
}

function jobOf(random: RandomState, name: string): Made {
  const code = pick(random, [0, 0, 0, 1]);
  const command = ['sh', '-c', `sleep ${between(random, 1, 40)}; exit ${code}`];
  const parallelism = between(random, 1, 3);
  const container = {
    name: 'work',
    image: 'busybox:1.36',
    command,
    resources: { requests: { cpu: pick(random, ['100m', '1']) } },
  };
  const spec = {
    parallelism,
    completions: between(random, 1, 5),
    backoffLimit: between(random, 0, 4),
    ...(between(random, 0, 2) === 0 ? { completionMode: 'Indexed' } : {}),
    ...(between(random, 0, 4) === 0 ? { activeDeadlineSeconds: between(random, 30, 300) } : {}),
    ...(between(random, 0, 4) === 0 ? { podReplacementPolicy: 'Failed' } : {}),
    template: {
      metadata: { labels: { storm: 'yes' } },
      spec: { restartPolicy: pick(random, ['Never', 'OnFailure']), containers: [container] },
    },
  };
  return { resource: 'jobs', object: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec } };
}

function budgetOf(random: RandomState, name: string): Made {
  const spec = {
    selector: { matchLabels: { app: `dep-${between(random, 0, 4)}` } },
    maxUnavailable: between(random, 0, 1),
  };
  return {
    resource: 'poddisruptionbudgets',
    object: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec },
  };
}
