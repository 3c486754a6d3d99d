import type { ApiRequest, ApiResponse } from '../api/client';
import { formatMicroTime, parseTime } from '../api/time';
import type { Pod } from '../api/objects';
import type { LogOptions } from './apiserver/api-server';
import type { Cluster } from './cluster';

/** What a reader of a log has yet to see. */
export interface LogChunk {
  text: string;
  /** Where to go on. */
  position: number;
  /** Whether nothing will follow. */
  ended: boolean;
}

/** A container's log as text; `undefined` where there is none. Models kubelet's containerLogs. */
export function readLog(
  cluster: Cluster,
  namespace: string,
  name: string,
  container: string,
  previous: boolean,
  options: LogOptions,
): string | undefined {
  const run = runOf(cluster, namespace, name, container, previous, 0);
  if (!run) return undefined;
  const { epochMs } = cluster.clock.state;
  const sinceMs = sinceOf(options, cluster.clock.epochNowMs) - epochMs;
  let lines = run.lines.filter((line) => line.atMs >= sinceMs);
  if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines);
  const stamp = (atMs: number): string => (options.timestamps ? `${formatMicroTime(epochMs + atMs)} ` : '');
  const text = lines.map((line) => `${stamp(line.atMs)}${line.text}\n`).join('');
  return options.limitBytes === undefined ? text : text.slice(0, options.limitBytes);
}

function sinceOf(options: LogOptions, nowMs: number): number {
  if (options.sinceSeconds !== undefined) return nowMs - options.sinceSeconds * 1000;
  return options.sinceTime ? parseTime(options.sinceTime) : -Infinity;
}

/**
 * The part of a followed log from `position` on; the first call (position −1) gives what the request's options
 * select of the past. Refused as a plain read of the log would be.
 */
export function followLog(
  cluster: Cluster,
  request: ApiRequest,
  position: number,
): LogChunk | { refusal: ApiResponse } {
  const { follow: _follow, ...query } = request.query ?? {};
  const [, namespace = '', name = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(request.path) ?? [];
  const pod = cluster.store.get('pods', `${namespace}/${name}`) as Pod | undefined;
  const container = query['container'] ?? pod?.spec.containers[0]?.name ?? '';
  const previous = query['previous'] === 'true';
  if (position < 0) {
    const answer = cluster.api.handle({ ...request, query }, { actor: request.headers?.['user-agent'] ?? '' });
    if (answer.code >= 300) return { refusal: answer };
    const run = runOf(cluster, namespace, name, container, previous, 0);
    return { text: String(answer.body ?? ''), position: run?.next ?? 0, ended: run?.ended ?? true };
  }
  const run = runOf(cluster, namespace, name, container, previous, position);
  if (!run) return { text: '', position, ended: true };
  return { text: run.lines.map((line) => `${line.text}\n`).join(''), position: run.next, ended: run.ended };
}

function runOf(cluster: Cluster, namespace: string, name: string, container: string, previous: boolean, from: number) {
  const pod = cluster.store.get('pods', `${namespace}/${name}`) as Pod | undefined;
  if (!pod?.spec.nodeName) return undefined;
  return cluster.kubelets.get(pod.spec.nodeName)?.logs(pod.metadata.uid, container, previous, from);
}
