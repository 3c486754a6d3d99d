import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { ApiResponse, Channel, ChannelEnd, ChannelListener } from '../api/client';
import type { Json } from '../api/objects';
import { fromArray, toArray } from '../base/bytes';
import { brokenConnection, refusalResponse } from '../host/answers';
import { isTakenUp, offerOf, WebSocketConnection } from './web-socket';

const PROTOCOL = 'v5.channel.k8s.io';
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const CLOSE = 255;

/** How the request for a connection is sent with the headers that ask for it, and what an answer that refuses it says. */
export interface Opening {
  send(headers: OutgoingHttpHeaders): ClientRequest;
  refusalOf(response: IncomingMessage): Promise<ApiResponse>;
}

/** A connection into a container over a WebSocket. */
export function socketChannel({ send, refusalOf }: Opening, listener: ChannelListener): Channel {
  const offer = offerOf(PROTOCOL);
  const waiting: Uint8Array[] = [];
  let connection: WebSocketConnection | undefined;
  let over = false;
  const end = (outcome: ChannelEnd): void => {
    if (over) return;
    over = true;
    listener.onEnd(outcome);
  };
  const broken = (): void => end({ refusal: refusalResponse(brokenConnection()) });
  const request = send(offer);
  request.on('upgrade', (response, socket, head) => {
    if (over || !isTakenUp(offer, response)) {
      socket.destroy();
      return broken();
    }
    connection = new WebSocketConnection(socket, head, PROTOCOL, 'client');
    connection.onMessage = (message) => heard(message, listener, end);
    connection.onClose = broken;
    for (const message of waiting.splice(0)) connection.send(message);
  });
  request.on('response', (response) => void refusalOf(response).then((refusal) => end({ refusal }), broken));
  request.on('error', broken);
  request.end();
  const write = (channel: number, bytes: string): void => {
    const message = new Uint8Array(bytes.length + 1);
    message[0] = channel;
    message.set(toArray(bytes), 1);
    if (connection) connection.send(message);
    else waiting.push(message);
  };
  return {
    send: (bytes) => write(0, bytes),
    endInput: () => write(CLOSE, '\0'),
    close: () => {
      over = true;
      if (connection) connection.close();
      else request.destroy();
    },
  };
}

function heard(message: Buffer, listener: ChannelListener, end: (outcome: ChannelEnd) => void): void {
  const [channel] = message;
  const rest = message.subarray(1);
  if (channel === STDOUT || channel === STDERR)
    listener.onData(channel === STDOUT ? 'stdout' : 'stderr', fromArray(new Uint8Array(rest)));
  if (channel === ERROR) end({ status: JSON.parse(rest.toString()) as Json });
}
