import { specOf, type ContainerSpec } from './core';
import { listens, type ProcessPlace } from './processes';
import type { ContainerRecord, PodRecord } from './state';

/** What lifecycle hooks come to. Models pkg/kubelet/lifecycle/handlers.go. */

export type Hook = NonNullable<NonNullable<ContainerSpec['lifecycle']>['postStart']>;

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
  const path = `/${(httpGet.path ?? '').replace(/^\//, '')}`;
  const host = `${httpGet.host || record.sandbox.ip}:${port}`;
  const url = `${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${host}${path}`;
  const error = `Get "${url}": dial tcp ${host}: connect: connection refused`;
  return `HTTP lifecycle hook (${httpGet.path ?? ''}) ${place(record, container)} - error: ${error}`;
}

/** The handler as Go prints it. */
function handlerText({ port, host }: NonNullable<Hook['tcpSocket']>): string {
  const shown = typeof port === 'number' ? `{0 ${port} }` : `{1 0 ${port}}`;
  return `&LifecycleHandler{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{Port:${shown},Host:${host ?? ''},},Sleep:nil,}`;
}

/** A port's number: as it stands, or by the name that a container gave it. */
export function portNumber(spec: ContainerSpec, port: number | string): number {
  if (typeof port === 'number') return port;
  return spec.ports?.find((one) => one.name === port)?.containerPort ?? (Number(port) || 0);
}
