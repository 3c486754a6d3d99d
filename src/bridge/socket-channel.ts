import { fromArray, toArray } from '../base/bytes';
import type { Channel, ChannelListener } from '../api/client';
import type { Json } from '../api/objects';
import { brokenConnection, refusalResponse } from '../host/answers';

const PROTOCOL = 'v5.channel.k8s.io';
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const CLOSE = 255;

/**
 * A connection into a container over the platform's WebSocket. That tells nothing of a refusal but that there is no
 * connection.
 */
export function socketChannel(url: URL, listener: ChannelListener): Channel {
  const socket = new WebSocket(url, PROTOCOL);
  socket.binaryType = 'arraybuffer';
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  let over = false;
  const end = (outcome: Parameters<ChannelListener['onEnd']>[0]): void => {
    if (over) return;
    over = true;
    listener.onEnd(outcome);
  };
  const send = (channel: number, bytes: string): void => {
    const message = new Uint8Array(bytes.length + 1);
    message[0] = channel;
    message.set(toArray(bytes), 1);
    if (socket.readyState === WebSocket.OPEN) socket.send(message);
    else waiting.push(message);
  };
  socket.onopen = () => {
    for (const message of waiting.splice(0)) socket.send(message);
  };
  socket.onmessage = ({ data }) => {
    const bytes = new Uint8Array(data as ArrayBuffer);
    const [channel] = bytes;
    if (channel === STDOUT || channel === STDERR)
      listener.onData(channel === STDOUT ? 'stdout' : 'stderr', fromArray(bytes.subarray(1)));
    if (channel === ERROR) end({ status: JSON.parse(new TextDecoder().decode(bytes.subarray(1))) as Json });
  };
  socket.onclose = () => end({ refusal: refusalResponse(brokenConnection()) });
  return {
    send: (bytes) => send(0, bytes),
    endInput: () => send(CLOSE, '\0'),
    close: () => {
      over = true;
      socket.close();
    },
  };
}
