import type { ApiRequest, ApiResponse } from '../../../api/client';
import type { EndpointSlice, Json, Pod, Service } from '../../../api/objects';
import { ApiError, badRequest } from '../../../api/status';
import type { Call } from './call';
import { currentObject } from './get';
import { chooseContainer } from './pod-subresources';
import type { ResourcePath } from './request-info';

/** Models pkg/registry/core/pod/rest and pkg/registry/core/service/storage: what clients connect to. */

/** The subresources that are connections. */
const CONNECTIONS: readonly string[] = ['exec', 'attach', 'portforward', 'proxy'];

/** What somebody asks a program that listens. */
export interface ProgramRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
}

/** Who carries connections into containers. Each returns the name under which what comes out is read. */
export interface PodConnections {
  exec(pod: Pod, container: string, command: readonly string[], streams: { stdin: boolean; tty: boolean }): string;
  attach(pod: Pod, container: string, streams: { stdin: boolean }): string;
  /** From within the Pod, as port-forward does. */
  forward(pod: Pod, port: number, request: ProgramRequest): string;
  /** From the API server to an address. */
  ask(address: string, port: number, request: ProgramRequest): string;
}

export const isConnection = (path: Pick<ResourcePath, 'subresource'>): boolean =>
  CONNECTIONS.includes(path.subresource);

const PATHS =
  /^\/api\/v1\/namespaces\/[^/]+\/(?:pods\/[^/]+\/(?:exec|attach|portforward|proxy)|services\/[^/]+\/proxy)(?=\/|$)/;

/** Whether a request becomes a connection, so that something happens in a container; by its path and headers alone. */
export function connects(request: ApiRequest): boolean {
  const match = PATHS.exec(request.path);
  return match !== null && (match[0].endsWith('/proxy') || isUpgrade(request));
}

const isUpgrade = ({ headers }: ApiRequest): boolean => /upgrade/i.test(headers?.['connection'] ?? '');

/** Opens a connection, or says why not: what is wrong with the request comes before the want of an upgrade. */
export function connect(call: Call, path: ResourcePath, connections: PodConnections | undefined): ApiResponse {
  if (path.subresource === 'proxy') return opened(200, proxy(call, path, connections));
  const { query = {} } = call.request;
  const pod = currentObject(call, path) as Pod;
  const forwards = path.subresource === 'portforward';
  const container = forwards ? '' : chooseContainer(pod, query['container'] ?? '');
  if (!pod.spec.nodeName) throw badRequest(`pod ${path.name} does not have a host assigned`);
  if (!isUpgrade(call.request)) throw badRequest('Upgrade request required');
  if (!connections) throw unavailable();
  const stdin = isTrue(query['stdin']);
  if (path.subresource === 'attach') return opened(101, connections.attach(pod, container, { stdin }));
  if (forwards) return opened(101, connections.forward(pod, Number(query['ports']), requestOf(call.request)));
  const command = call.request.repeated?.['command'] ?? (query['command'] === undefined ? [] : [query['command']]);
  return opened(101, connections.exec(pod, container, command, { stdin, tty: isTrue(query['tty']) }));
}

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

const opened = (code: number, connection: string): ApiResponse => ({ code, headers: {}, body: null, connection });

const unavailable = (): ApiError =>
  new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');

function proxy(call: Call, path: ResourcePath, connections: PodConnections | undefined): string {
  const { kind } = path.resource.row;
  if (kind === 'Node' || !connections) {
    currentObject(call, path);
    throw unavailable();
  }
  const named = splitName(path.name);
  const object = currentObject(call, { ...path, name: named.name });
  const to = kind === 'Service' ? endpointOf(call, object as Service, named.port) : podPort(object as Pod, named.port);
  return connections.ask(to.address, to.port, { ...requestOf(call.request), path: `/${path.tail ?? ''}` });
}

/** `name`, `name:port` or `scheme:name:port`. Models apimachinery/pkg/util/net SplitSchemeNamePort. */
function splitName(text: string): { name: string; port: string } {
  const parts = text.split(':');
  if (parts.length === 1) return { name: text, port: '' };
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  if (parts.length > 3 || name === '' || (parts.length === 3 && !['http', 'https', ''].includes(parts[0]!)))
    throw badRequest(`invalid ${text.includes(':') ? 'service' : 'pod'} request ${JSON.stringify(text)}`);
  return { name, port };
}

/** Models pkg/registry/core/pod ResourceLocation: the first port that a container declares, where none is named. */
function podPort(pod: Pod, port: string): { address: string; port: number } {
  const address = pod.status.podIP;
  if (!address) throw badRequest('address not allowed');
  const declared = pod.spec.containers.flatMap((container) => container.ports ?? []);
  const first = declared[0]?.containerPort ?? 80;
  return {
    address,
    port: port === '' ? first : Number(port) || (declared.find(({ name }) => name === port)?.containerPort ?? 0),
  };
}

/** Models pkg/registry/core/service/storage ResourceLocation: a ready endpoint of the port. */
function endpointOf(call: Call, service: Service, asked: string): { address: string; port: number } {
  const { name, namespace = '' } = service.metadata;
  const ports = service.spec.ports ?? [];
  const port =
    asked === '' && ports.length === 1
      ? ports[0]
      : ports.find((one) => (one.name ?? '') === asked || String(one.port) === asked);
  if (!port) {
    throw new ApiError(
      503,
      'ServiceUnavailable',
      `no service port ${JSON.stringify(asked)} found for service ${JSON.stringify(name)}`,
    );
  }
  for (const slice of call.core.store.all('endpointslices').values() as Iterable<EndpointSlice>) {
    if (slice.metadata.namespace !== namespace || slice.metadata.labels?.['kubernetes.io/service-name'] !== name)
      continue;
    const number = slice.ports?.find((one) => (one.name ?? '') === (port.name ?? ''))?.port;
    const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    const endpoint = ready[(call.core.clock.nowMs % Math.max(1, ready.length)) | 0];
    if (number !== undefined && endpoint) return { address: endpoint.addresses[0]!, port: number };
  }
  throw new ApiError(503, 'ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`);
}

/** The request as the program gets it: JSON where it says so. */
function requestOf({ method, body, headers, query }: ApiRequest): ProgramRequest {
  const asked = method === 'HEAD' ? 'GET' : method;
  const path = query?.['path'] ?? '/';
  if (body === undefined) return { method: asked, path };
  if (typeof body !== 'string' || !/json/.test(headers?.['content-type'] ?? '')) return { method: asked, path, body };
  try {
    return { method: asked, path, body: JSON.parse(body) as Json };
  } catch {
    return { method: asked, path, body };
  }
}
