import type { Json, Pod } from '../../api/objects';
import { assert } from '../../base/assert';
import { Cluster } from '../../kernel/cluster';
import type { Input } from '../../kernel/input';
import { presetOf } from '../../kernel/presets';

const STARTED_AT_MS = Date.UTC(2026, 0, 5, 9);
const IDLE_MS = 3_600_000;
const HALF_AN_HOUR_MS = 1_800_000;

/** A cluster of a preset, at its start. */
export function clusterOf(name: string, seed = 1): Cluster {
  const preset = presetOf(name);
  assert(!('problem' in preset), `no preset ${name}`);
  return new Cluster({ seed, epochMs: STARTED_AT_MS, conventions: 'podium', ...preset });
}

/** A Deployment of a web server with small requests. */
export function deployment(name: string, replicas: number): Json {
  const labels = { app: name };
  const containers = [
    { name: 'server', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

const post = (path: string, body: Json, atMs = 0): Input => ({
  atMs,
  kind: 'request',
  client: 'bench',
  request: { method: 'POST', path, body, headers: { 'content-type': 'application/json' } },
});

function readyPods(cluster: Cluster): number {
  let ready = 0;
  for (const object of cluster.store.all('pods').values()) {
    const conditions = (object as Pod).status.conditions ?? [];
    if (conditions.some((one) => one.type === 'Ready' && one.status === 'True')) ready += 1;
  }
  return ready;
}

/** From one Apply of a Deployment to all its Pods Ready, kernel alone. */
export function podsReady(pods: number, nodes: number): Record<string, number> {
  const cluster = clusterOf(`pool:${nodes}xlarge`);
  const cpuStart = process.cpuUsage();
  const answer = cluster.input(post('/apis/apps/v1/namespaces/default/deployments', deployment('web', pods)), 0);
  assert(answer?.code === 201, 'the Deployment is accepted');
  while (readyPods(cluster) < pods) {
    assert(cluster.clock.nowMs < HALF_AN_HOUR_MS, `only ${readyPods(cluster)} of ${pods} Pods became Ready`);
    cluster.run(cluster.clock.nowMs + 1_000);
  }
  const cpu = process.cpuUsage(cpuStart);
  return { pods, nodes, cpuSecondsToReady: (cpu.user + cpu.system) / 1e6, virtualSeconds: cluster.clock.nowMs / 1000 };
}

/** How much faster than real time an idle `ml` cluster runs. */
export function fastForwardIdle(): Record<string, number> {
  const cluster = clusterOf('ml');
  const startMs = performance.now();
  cluster.run(IDLE_MS);
  return { timesRealTime: Math.round(IDLE_MS / (performance.now() - startMs)) };
}

/** Replays half an hour with 200 inputs: Deployments made, scaled and deleted. */
export function replay(): Record<string, number> {
  const inputs: Input[] = [];
  for (let index = 0; index < 200; index++) {
    const name = `web-${index % 20}`;
    const path = `/apis/apps/v1/namespaces/default/deployments`;
    const atMs = (index * HALF_AN_HOUR_MS) / 200;
    const scale = { method: 'PATCH', path: `${path}/${name}`, body: { spec: { replicas: index % 5 } } };
    const headers = { 'content-type': 'application/merge-patch+json' };
    if (index < 20) inputs.push(post(path, deployment(name, 2), atMs));
    else inputs.push({ atMs, kind: 'request', client: 'bench', request: { ...scale, headers } });
  }
  const cluster = clusterOf('ml');
  const startMs = performance.now();
  inputs.forEach((input, index) => {
    cluster.run(input.atMs);
    cluster.input(input, index);
  });
  cluster.run(HALF_AN_HOUR_MS);
  return { inputs: inputs.length, seconds: (performance.now() - startMs) / 1000 };
}
