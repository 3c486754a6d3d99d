import type { ApiRequest } from '../api/client';
import type { Simulation } from '../host/simulation';
import { ForwardedPort } from './forwarded-port';
import type { WebSocketConnection } from './web-socket';

/** Models pkg/kubelet server portforward websocket.go: two channels a port, each of which begins with the port's number. */

export const PORT_FORWARD_PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** The ports that a request names, or what is wrong with them. */
export function portsOf({ query, repeated }: ApiRequest): number[] | { problem: string } {
  const texts = repeated?.['ports'] ?? [query?.['ports'] ?? ''];
  const ports: number[] = [];
  for (const text of texts.flatMap((one) => one.split(','))) {
    const port = Number(text);
    if (text === '') return { problem: 'query parameter "ports" is required' };
    if (!Number.isInteger(port)) return { problem: `unable to parse ${JSON.stringify(text)} as a port` };
    if (port < 1 || port > 65_535) return { problem: `port ${JSON.stringify(text)} must be > 0 and <= 65535` };
    ports.push(port);
  }
  return ports;
}

/** Carries connections to ports of a Pod over a WebSocket, one connection a port. */
export function carryPorts(
  simulation: Simulation,
  request: ApiRequest,
  ports: readonly number[],
  socket: WebSocketConnection,
): void {
  const forwarded = ports.map((port, index) => {
    const number = Buffer.from([port & 0xff, port >> 8]);
    const send = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.from([channel]), bytes]));
    send(2 * index, number);
    send(2 * index + 1, number);
    return new ForwardedPort(simulation, request.path, port, request.headers?.['user-agent'] ?? '', {
      onData: (bytes) => send(2 * index, bytes),
      onError: (text) => send(2 * index + 1, Buffer.from(text)),
      onEnd: () => socket.close(),
    });
  });
  socket.onMessage = (message) => {
    const channel = message[0]!;
    if (channel % 2 === 0) forwarded[channel / 2]?.take(message.subarray(1));
  };
  socket.onClose = () => {
    for (const one of forwarded) one.end();
  };
}
