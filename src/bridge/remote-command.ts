import { fromArray, toArray } from '../base/bytes';
import type { ApiResponse } from '../api/client';
import { brokenConnection, refusalResponse } from '../host/answers';
import type { Simulation } from '../host/simulation';
import type { WebSocketConnection } from './web-socket';

/** Models apimachinery/pkg/util/remotecommand: streams of a container over a WebSocket, a byte for the stream first. */

export const REMOTE_COMMAND_PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const STDIN = 0;
const CHANNELS = { stdout: 1, stderr: 2 } as const;
const ERROR = 3;
/** A stream of the client's is at its end; the next byte says which. Only in v5. */
const CLOSE = 255;

/** Carries exec or attach over a WebSocket until either end is done. */
export function carryStreams(simulation: Simulation, connection: string, socket: WebSocketConnection): void {
  const stop = simulation.streams.read(
    connection,
    (stream, data) => socket.send(framed(CHANNELS[stream], data)),
    (end) => finish(socket, end ?? refusalResponse(brokenConnection())),
  );
  socket.onMessage = (message) => {
    const [channel, about] = message;
    if (channel === STDIN && message.length > 1) simulation.send(connection, fromArray(message.subarray(1)), false);
    else if (channel === CLOSE && about === STDIN) simulation.send(connection, '', true);
  };
  socket.onClose = () => {
    stop();
    simulation.send(connection, '', true);
  };
}

function framed(channel: number, bytes: string): Uint8Array {
  const message = new Uint8Array(bytes.length + 1);
  message[0] = channel;
  message.set(toArray(bytes), 1);
  return message;
}

function finish(socket: WebSocketConnection, { body }: ApiResponse): void {
  socket.send(Buffer.concat([Buffer.from([ERROR]), Buffer.from(JSON.stringify(body))]));
  socket.close();
}
