import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { asUpgrade, type ApiRequest, type ApiResponse } from '../api/client';
import { badRequest } from '../api/status';
import { refusalResponse } from '../host/answers';
import type { Simulation } from '../host/simulation';
import { overSocket, overWebSocket } from './byte-carrier';
import { carryPorts, PORT_FORWARD_PROTOCOLS, portsOf } from './port-forward';
import { carryPortStreams, PORT_FORWARD_STREAMS } from './port-forward-streams';
import { carryStreams, REMOTE_COMMAND_PROTOCOLS } from './remote-command';
import { carryCommandStreams, REMOTE_COMMAND_STREAMS } from './remote-command-streams';
import { acceptWebSocket, isWebSocket, offeredProtocols } from './web-socket';

/** A request for another protocol than HTTP, as Node hands it over. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** What a client wants spoken on its connection. */
type Way =
  /** A WebSocket whose messages begin with the number of a channel. */
  | { readonly kind: 'channels'; readonly protocol: string }
  /** SPDY within the messages of a WebSocket. */
  | { readonly kind: 'tunnel'; readonly protocol: string }
  | { readonly kind: 'spdy'; readonly protocol: string }
  /** SPDY, but in no version of what is to go over it that is known. */
  | { readonly kind: 'none'; readonly refusal: ApiResponse };

const SPDY = 'SPDY/3.1';
const TUNNELS: readonly string[] = PORT_FORWARD_STREAMS.map((protocol) => `${SPDY}+${protocol}`);
const VERSION_HEADER = 'x-stream-protocol-version';

/** Answers a request that asks for a connection. */
export async function serveUpgrade(simulation: Simulation, request: ApiRequest, upgrade: Upgrade): Promise<void> {
  const { incoming, socket, head } = upgrade;
  socket.on('error', () => socket.destroy());
  const forwards = request.path.endsWith('/portforward');
  const way = wayOf(incoming, forwards);
  if (!way || !simulation.session.cluster.api.connects(asUpgrade(request)))
    return refuse(socket, await simulation.request(plain(request)));
  if (way.kind === 'channels' && !forwards) return command(simulation, request, upgrade, way.protocol);
  const refusal = await refusalOf(simulation, request);
  if (refusal) return refuse(socket, refusal);
  switch (way.kind) {
    case 'channels': {
      const ports = portsOf(request);
      if ('problem' in ports) return refuse(socket, refusalResponse(badRequest(ports.problem)));
      return carryPorts(simulation, request, ports, acceptWebSocket(incoming, socket, head, way.protocol));
    }
    case 'tunnel':
      return carryPortStreams(
        simulation,
        request,
        overWebSocket(acceptWebSocket(incoming, socket, head, way.protocol)),
      );
    case 'spdy': {
      socket.write(switchedTo(way.protocol));
      const carrier = overSocket(socket, head);
      if (forwards) return carryPortStreams(simulation, request, carrier);
      return carryCommandStreams(simulation, request, way.protocol, carrier);
    }
    case 'none':
      return refuse(socket, way.refusal);
  }
}

function wayOf(incoming: IncomingMessage, forwards: boolean): Way | undefined {
  if (isWebSocket(incoming)) {
    const known = forwards ? PORT_FORWARD_PROTOCOLS : REMOTE_COMMAND_PROTOCOLS;
    const tunnels = forwards ? TUNNELS : [];
    const protocol = offeredProtocols(incoming).find((one) => known.includes(one) || tunnels.includes(one));
    return protocol === undefined ? undefined : { kind: tunnels.includes(protocol) ? 'tunnel' : 'channels', protocol };
  }
  if (incoming.headers.upgrade?.toLowerCase() !== SPDY.toLowerCase()) return undefined;
  return negotiated(incoming, forwards ? PORT_FORWARD_STREAMS : REMOTE_COMMAND_STREAMS);
}

/** Models apimachinery/pkg/util/httpstream Handshake: the first version of the client's that is known. */
function negotiated({ headers }: IncomingMessage, known: readonly string[]): Way {
  const offered = [headers[VERSION_HEADER] ?? []].flat().flatMap((one) => one.split(/, */));
  const protocol = offered.find((one) => known.includes(one));
  if (protocol !== undefined) return { kind: 'spdy', protocol };
  const accepted = { 'x-accepted-stream-protocol-versions': known.join(', ') };
  const refusal =
    offered.length === 0
      ? textRefusal(
          400,
          `header X-Stream-Protocol-Version does not exist in request with ${Object.keys(headers).length} headers`,
        )
      : textRefusal(
          403,
          `unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${known.join(' ')}]`,
          accepted,
        );
  return { kind: 'none', refusal };
}

function textRefusal(code: number, why: string, more: Record<string, string> = {}): ApiResponse {
  return {
    code,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...more },
    body: `unable to upgrade: ${why}\n`,
  };
}

async function command(
  simulation: Simulation,
  request: ApiRequest,
  { incoming, socket, head }: Upgrade,
  protocol: string,
): Promise<void> {
  const response = await simulation.request(asUpgrade(request));
  if (response.connection === undefined) return refuse(socket, response);
  carryStreams(simulation, response.connection, acceptWebSocket(incoming, socket, head, protocol));
}

/** Why there can be no connection, where nothing happens in the cluster yet: it is asked as if without an upgrade. */
async function refusalOf(simulation: Simulation, request: ApiRequest): Promise<ApiResponse | undefined> {
  const response = await simulation.request({ ...plain(request), method: 'GET' });
  const { message = '' } = (response.body ?? {}) as { message?: string };
  return response.code === 400 && message === 'Upgrade request required' ? undefined : response;
}

/** The request without the wish for another protocol. */
function plain(request: ApiRequest): ApiRequest {
  const { connection: _, upgrade: __, ...headers } = request.headers ?? {};
  return { ...request, headers };
}

/** Models apimachinery/pkg/util/httpstream/spdy upgrade.go: the answer after which a connection speaks SPDY. */
function switchedTo(protocol: string): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${SPDY}`];
  return `${[...lines, `X-Stream-Protocol-Version: ${protocol}`].join('\r\n')}\r\n\r\n`;
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
