import { specOf, type ContainerSpec } from './core';
import { listens, type ProcessPlace } from './processes';
import type { ContainerRecord, PodRecord } from './state';

/** What lifecycle hooks come to. Models pkg/kubelet/lifecycle/handlers.go. */

export type Hook = NonNullable<NonNullable<ContainerSpec['lifecycle']>['postStart']>;

type HttpGet = NonNullable<Hook['httpGet']>;

const place = ({ namespace, name, uid }: PodRecord, container: ContainerRecord): string =>
  `for Container "${container.name}" in Pod "${name}_${namespace}(${uid})" failed`;

/** How a command that is a hook failed. */
export function execHookFailure(
  record: PodRecord,
  container: ContainerRecord,
  command: readonly string[],
  code: number,
  output: string,
): string {
  const words = command.join(' ');
  return (
    `Exec lifecycle hook ([${words}]) ${place(record, container)} - ` +
    `error: command '${words}' exited with ${code}: ${output}, message: "${output}"`
  );
}

/** How a hook without a command fails, if it does: whatever answers a GET will do, and a socket is no hook. */
export function hookFailure({ record, container, run }: ProcessPlace, { httpGet, tcpSocket }: Hook): string | null {
  if (tcpSocket) return `Cannot run handler: invalid handler: ${handlerText(tcpSocket)}`;
  const port = portNumber(specOf(record, container.name), httpGet?.port ?? 0);
  if (!httpGet || listens(run, port)) return null;
  const { url, host } = targetOf(record, httpGet, port);
  const error = `Get "${url}": dial tcp ${host}: connect: connection refused`;
  return `HTTP lifecycle hook (${httpGet.path ?? ''}) ${place(record, container)} - error: ${error}`;
}

/** The handler as Go prints it. */
function handlerText({ port, host }: NonNullable<Hook['tcpSocket']>): string {
  const shown = typeof port === 'number' ? `{0 ${port} }` : `{1 0 ${port}}`;
  return `&LifecycleHandler{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{Port:${shown},Host:${host ?? ''},},Sleep:nil,}`;
}

/** Where a kubelet's GET to a container goes. */
export function targetOf(record: PodRecord, get: HttpGet, port: number): { url: string; host: string; path: string } {
  const path = `/${(get.path ?? '').replace(/^\//, '')}`;
  const host = `${get.host || record.sandbox.ip}:${port}`;
  return { url: `${(get.scheme ?? 'HTTP').toLowerCase()}://${host}${path}`, host, path };
}

/** A port's number: as it stands, or by the name that a container gave it. */
export function portNumber(spec: ContainerSpec, port: number | string): number {
  if (typeof port === 'number') return port;
  return spec.ports?.find((one) => one.name === port)?.containerPort ?? (Number(port) || 0);
}
