import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { asUpgrade, type ApiRequest, type ApiResponse } from '../api/client';
import { badRequest } from '../api/status';
import { refusalResponse } from '../host/answers';
import type { Simulation } from '../host/simulation';
import { carryPorts, PORT_FORWARD_PROTOCOLS, portsOf } from './port-forward';
import { carryStreams, REMOTE_COMMAND_PROTOCOLS } from './remote-command';
import { acceptWebSocket, isWebSocket, offeredProtocols } from './web-socket';

/** A request for another protocol than HTTP, as Node hands it over. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/**
 * Answers a request that asks for a connection. WebSockets are served; SPDY is not: a client that can only do that is
 * told that it needs another upgrade, as by a server that has none.
 */
export async function serveUpgrade(simulation: Simulation, request: ApiRequest, upgrade: Upgrade): Promise<void> {
  const { incoming, socket, head } = upgrade;
  socket.on('error', () => socket.destroy());
  const forwards = request.path.endsWith('/portforward');
  const known = forwards ? PORT_FORWARD_PROTOCOLS : REMOTE_COMMAND_PROTOCOLS;
  const protocol = offeredProtocols(incoming).find((one) => known.includes(one));
  if (!isWebSocket(incoming) || protocol === undefined || !simulation.session.cluster.api.connects(asUpgrade(request)))
    return refuse(socket, await simulation.request(plain(request)));
  if (forwards) return forward(simulation, request, upgrade, protocol);
  const response = await simulation.request(asUpgrade(request));
  if (response.connection === undefined) return refuse(socket, response);
  carryStreams(simulation, response.connection, acceptWebSocket(incoming, socket, head, protocol));
}

/** Nothing happens in the cluster until the first bytes come: whether they may come is asked as if without an upgrade. */
async function forward(
  simulation: Simulation,
  request: ApiRequest,
  { incoming, socket, head }: Upgrade,
  protocol: string,
): Promise<void> {
  const response = await simulation.request(plain(request));
  const { message = '' } = (response.body ?? {}) as { message?: string };
  if (response.code !== 400 || message !== 'Upgrade request required') return refuse(socket, response);
  const ports = portsOf(request);
  if ('problem' in ports) return refuse(socket, refusalResponse(badRequest(ports.problem)));
  carryPorts(simulation, request, ports, acceptWebSocket(incoming, socket, head, protocol));
}

/** The request without the wish for another protocol. */
function plain(request: ApiRequest): ApiRequest {
  const { connection: _, upgrade: __, ...headers } = request.headers ?? {};
  return { ...request, headers };
}

function refuse(socket: Duplex, { code, headers, body, refused }: ApiResponse): void {
  if (refused) return void socket.destroy();
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const lines = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    `content-length: ${payload.length}`,
    'connection: close',
  ];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), payload]));
}
