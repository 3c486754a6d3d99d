import { holds } from '../../api/conditions';
import type { Deployment, Json, Node, Pod } from '../../api/objects';
import { assert, present } from '../../base/assert';
import { Cluster } from '../../kernel/cluster';
import type { Input } from '../../kernel/input';
import { presetOf } from '../../kernel/presets';

const STARTED_AT_MS = Date.UTC(2026, 0, 5, 9);
const IDLE_MS = 3_600_000;
const HALF_AN_HOUR_MS = 1_800_000;
const WARM_UP_ROUNDS = 5;

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

/** How many Pods are Ready, but for those on nodes that are `lost`. */
function readyPods(cluster: Cluster, lost: ReadonlySet<string> = new Set()): number {
  let ready = 0;
  for (const object of cluster.store.all('pods').values()) {
    const pod = object as Pod;
    if (!lost.has(pod.spec.nodeName ?? '') && holds(pod, 'Ready')) ready += 1;
  }
  return ready;
}

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MEGABYTE = 1024 * 1024;

const heapMegabytes = (): number => Math.round(process.memoryUsage().heapUsed / MEGABYTE);

/** Seconds of CPU that this takes. */
function cpuSeconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** Runs second by second until `done`. */
function runUntil(cluster: Cluster, what: string, done: () => boolean): void {
  const limitMs = cluster.clock.nowMs + HALF_AN_HOUR_MS;
  while (!done()) {
    assert(cluster.clock.nowMs < limitMs, `${what} takes too long`);
    cluster.run(cluster.clock.nowMs + 1_000);
  }
}

const statusOf = (cluster: Cluster): Deployment['status'] =>
  (cluster.store.get('deployments', 'default/web') as Deployment).status;

function deploy(cluster: Cluster, pods: number): void {
  const answer = cluster.input(post(DEPLOYMENTS, deployment('web', pods), cluster.clock.nowMs), 0);
  assert(answer?.code === 201, 'the Deployment is accepted');
  const isReady = (): boolean => statusOf(cluster).readyReplicas === pods;
  runUntil(cluster, `that ${pods} Pods are Ready`, isReady);
  assert(readyPods(cluster) === pods, 'the Pods are as Ready as their Deployment says');
}

/** From one Apply of a Deployment to all its Pods Ready, kernel alone. */
export function podsReady(pods: number, nodes: number): Record<string, number> {
  let cluster: Cluster | undefined;
  const cpuSecondsToBoot = cpuSeconds(() => (cluster = clusterOf(`pool:${nodes}xlarge`)));
  const booted = present(cluster, 'a cluster');
  const cpuSecondsToReady = cpuSeconds(() => deploy(booted, pods));
  return {
    pods,
    nodes,
    cpuSecondsToBoot,
    cpuSecondsToReady,
    cpuMillisecondsAPod: (1000 * cpuSecondsToReady) / pods,
    virtualSeconds: booted.clock.nowMs / 1000,
    heapMegabytes: heapMegabytes(),
  };
}

/** The same where the engine has compiled the kernel already: what a cluster costs that is not the first of its process. */
export function podsReadyCompiled(pods: number, nodes: number): Record<string, number> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) podsReady(pods, nodes);
  return podsReady(pods, nodes);
}

/** From another template to all Pods of it Ready and all old ones gone. */
export function rollingUpdate(pods: number, nodes: number): Record<string, number> {
  const cluster = clusterOf(`pool:${nodes}xlarge`);
  deploy(cluster, pods);
  const fromMs = cluster.clock.nowMs;
  const template = { metadata: { annotations: { round: '2' } } };
  const headers = { 'content-type': 'application/merge-patch+json' };
  const request = { method: 'PATCH', path: `${DEPLOYMENTS}/web`, body: { spec: { template } }, headers };
  const isRolledOut = (): boolean => {
    const status = statusOf(cluster);
    return (
      status.observedGeneration === 2 &&
      status.updatedReplicas === pods &&
      status.readyReplicas === pods &&
      status.replicas === pods
    );
  };
  const cpu = cpuSeconds(() => {
    cluster.input({ atMs: fromMs, kind: 'request', client: 'bench', request }, 1);
    runUntil(cluster, 'the rolling update', isRolledOut);
  });
  const virtualSeconds = (cluster.clock.nowMs - fromMs) / 1000;
  return { pods, nodes, cpuSecondsToRollOut: cpu, virtualSeconds, heapMegabytes: heapMegabytes() };
}

/** From the loss of every node of a zone until as many Pods as before are Ready elsewhere. */
export function zoneLost(pods: number, nodes: number): Record<string, number> {
  const cluster = clusterOf(`pool:${nodes}xlarge`);
  deploy(cluster, pods);
  const fromMs = cluster.clock.nowMs;
  const lost = [...cluster.machines.all()]
    .filter(({ node }) => zoneOf(node).endsWith('a'))
    .map(({ node }) => node.metadata.name);
  const gone = new Set(lost);
  const cpu = cpuSeconds(() => {
    lost.forEach((node, index) =>
      cluster.input({ atMs: fromMs, kind: 'fault', fault: { type: 'NodeDown', node } }, 1 + index),
    );
    const ready = (): number => statusOf(cluster).readyReplicas ?? 0;
    runUntil(cluster, 'to notice that a zone is lost', () => ready() < pods);
    runUntil(cluster, 'to replace what a zone held', () => ready() === pods);
  });
  assert(readyPods(cluster, gone) === pods, 'as many Pods as before are Ready elsewhere');
  const virtualSeconds = (cluster.clock.nowMs - fromMs) / 1000;
  return {
    pods,
    nodes,
    nodesLost: lost.length,
    cpuSecondsToReplace: cpu,
    virtualSeconds,
    heapMegabytes: heapMegabytes(),
  };
}

const zoneOf = ({ metadata }: Node): string => metadata.labels?.['topology.kubernetes.io/zone'] ?? '';

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
