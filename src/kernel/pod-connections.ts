import { bytesOf } from '../base/bytes';
import type { RequestFailure } from '../api/requests';
import type { ApiResponse } from '../api/client';
import type { Json, Pod } from '../api/objects';
import { ApiError } from '../api/status';
import type { PodConnections, ProgramRequest } from './apiserver/api-server';
import type { Cluster } from './cluster';
import type { ConnectionChunk, ConnectionEnd } from './connections';
import type { Input } from './input';
import type { Streamed, Streaming } from './kubelet/streaming';

/** What a reader of a connection has yet to see. */
export interface ChannelNews {
  readonly chunks: readonly ConnectionChunk[];
  /** Where to go on. */
  readonly position: number;
  /** How it ended, once it has. */
  readonly end?: ApiResponse;
}

const KUBELET_PORT = 10250;

/** The ways of a cluster's API server into its containers. */
export function podConnections(cluster: Cluster): PodConnections {
  const { connections, network } = cluster;
  const kubeletOf = (id: string, pod: Pod, act: (streaming: Streaming) => Streamed): string => {
    const node = pod.spec.nodeName!;
    const problem = dialProblem(cluster, node);
    const streamed = problem === undefined ? act(cluster.kubelets.get(node)!.streaming) : { problem };
    if ('key' in streamed) connections.lead(id, node, streamed.key);
    else connections.end(id, { kind: 'failed', problem: streamed.problem });
    return id;
  };
  const ask = (from: WireFrom, address: string, port: number, { method, path, body }: ProgramRequest): string => {
    const id = connections.open();
    const url = `http://${address}:${port}${path}`;
    const request = { id: `connection/${id}`, replyTo: { owner: connections.name, key: id }, from, method, url };
    network.send({ ...request, ...(body === undefined ? {} : { body }), timeoutMs: PATIENCE_MS });
    return id;
  };
  return {
    exec: (pod, container, command, streams) => {
      const id = connections.open();
      const asked = { uid: pod.metadata.uid, container, connection: id, command };
      return kubeletOf(id, pod, (streaming) => streaming.exec({ ...asked, streams: { ...streams, piped: true } }));
    },
    attach: (pod, container, { stdin }) => {
      const id = kubeletOf(connections.open(), pod, (streaming) => streaming.attach(pod.metadata.uid, container));
      const { uid } = pod.metadata;
      const log = cluster.kubelets.get(pod.spec.nodeName!)?.logs(uid, container);
      if (log) connections.follow(id, uid, container, log.next);
      if (!stdin) connections.deafen(id);
      return id;
    },
    forward: (pod, port, request) => {
      const { name, namespace = '' } = pod.metadata;
      const address = pod.status.podIP ?? '';
      return ask({ namespace, pod: name, node: pod.spec.nodeName!, address }, address, port, request);
    },
    ask: (address, port, request) => ask(API_SERVER, address, port, request),
  };
}

type WireFrom = Parameters<Cluster['network']['send']>[0]['from'];

/** The API server is nobody's Pod, and on no machine of its clients. */
const API_SERVER: WireFrom = { namespace: '', pod: 'kube-apiserver', node: '', address: '' };
/** How long a proxied request may take. Models the API server's request timeout. */
const PATIENCE_MS = 60_000;

/** Why the API server does not get through to a kubelet. */
function dialProblem({ kubelets, machines, store }: Cluster, node: string): string | undefined {
  const machine = machines.get(node);
  if (kubelets.has(node) && machine?.powered && machine.linked && machine.kubeletUp) return undefined;
  const addresses = (store.get('nodes', node) as { status?: { addresses?: { type: string; address: string }[] } })
    ?.status?.addresses;
  const address = addresses?.find(({ type }) => type === 'InternalIP')?.address ?? node;
  const why = machine?.powered && machine.linked ? 'connect: connection refused' : 'i/o timeout';
  return `error dialing backend: dial tcp ${address}:${KUBELET_PORT}: ${why}`;
}

/** Bytes for a process reach its machine. */
export function sendInput(cluster: Cluster, { connection, data, ends }: Input & { kind: 'stdin' }): void {
  const to = cluster.connections.inputOf(connection);
  if (to) cluster.kubelets.get(to.node)?.streaming.type(to.key, data, ends);
}

/** What has come over a connection since `position`; `undefined` where it is none, or none any more. */
export function readConnection(cluster: Cluster, id: string, position: number): ChannelNews | undefined {
  const news = cluster.connections.read(id, position);
  if (!news) return undefined;
  const log = cluster.connections.logOf(id);
  if (log && news.end === null) return readAttached(cluster, log, position);
  return { chunks: news.chunks, position: news.position, ...(news.end ? { end: outcomeOf(news.end) } : {}) };
}

type Attached = NonNullable<ReturnType<Cluster['connections']['logOf']>>;

function readAttached(
  { kubelets }: Cluster,
  { node, uid, container, from, key }: Attached,
  position: number,
): ChannelNews {
  const kubelet = kubelets.get(node);
  const line = Math.max(from, position);
  const log = kubelet?.logs(uid, container, false, line);
  const ended = !log || log.ended || !kubelet!.streaming.lives(key);
  const chunks = (log?.lines ?? []).map(({ text }) => ({ stream: 'stdout' as const, data: `${bytesOf(text)}\n` }));
  return { chunks, position: log?.next ?? line, ...(ended ? { end: outcomeOf({ kind: 'exited', code: 0 }) } : {}) };
}

/** Models apiserver/pkg/util/proxy streamtranslator.go: how a connection ended, as its client is told. */
function outcomeOf(end: ConnectionEnd): ApiResponse {
  switch (end.kind) {
    case 'exited':
      return statusOf(end.code === 0 ? SUCCESS : exitStatus(end.code));
    case 'failed':
      return statusOf(new ApiError(500, 'InternalError', `Internal error occurred: ${end.problem}`).status as never);
    case 'answered':
      return { code: end.code, headers: { 'content-type': typeOf(end.body) }, body: end.body };
    case 'unanswered': {
      const why = `error trying to reach service: ${dialText(end.failure)}`;
      return { ...statusOf(new ApiError(503, 'ServiceUnavailable', why).status as never), code: 503 };
    }
  }
}

/** A failure in the words of Go's net package. */
function dialText({ kind, host, address, port }: RequestFailure): string {
  const where = `dial tcp ${address || host}:${port}`;
  switch (kind) {
    case 'ConnectionRefused':
      return `${where}: connect: connection refused`;
    case 'NoRouteToHost':
      return `${where}: connect: no route to host`;
    case 'ConnectionReset':
      return 'EOF';
    case 'Timeout':
      return 'context deadline exceeded';
    default:
      return `${where}: i/o timeout`;
  }
}

const SUCCESS: Json = { metadata: {}, status: 'Success' };

/** Models apimachinery/pkg/util/remotecommand: the code is a cause. */
function exitStatus(code: number): Json {
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

const statusOf = (body: Json): ApiResponse => ({ code: 200, headers: { 'content-type': 'application/json' }, body });

function typeOf(body: Json): string {
  if (typeof body !== 'string') return 'application/json';
  return body.startsWith('<') ? 'text/html' : 'text/plain; charset=utf-8';
}
