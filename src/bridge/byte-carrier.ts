import type { Duplex } from 'node:stream';
import type { WebSocketConnection } from './web-socket';

/** Whatever carries bytes both ways. Listeners are set before the caller gives way. */
export interface ByteCarrier {
  write(bytes: Uint8Array): void;
  end(): void;
  onData: (bytes: Buffer) => void;
  onClose: () => void;
}

/** A connection that speaks no HTTP any more; `head` is what came of it already. */
export function overSocket(socket: Duplex, head: Buffer): ByteCarrier {
  const carrier: ByteCarrier = {
    write: (bytes) => void (socket.writable && socket.write(bytes)),
    end: () => void socket.end(),
    onData: () => {},
    onClose: () => {},
  };
  if (head.length > 0) socket.unshift(head);
  socket.on('data', (chunk: Buffer) => carrier.onData(chunk));
  socket.on('end', () => socket.end());
  socket.on('close', () => carrier.onClose());
  return carrier;
}

/** A connection within the messages of a WebSocket, wherever they part it. */
export function overWebSocket(socket: WebSocketConnection): ByteCarrier {
  const carrier: ByteCarrier = {
    write: (bytes) => socket.send(bytes),
    end: () => socket.close(),
    onData: () => {},
    onClose: () => {},
  };
  socket.onMessage = (message) => carrier.onData(message);
  socket.onClose = () => carrier.onClose();
  return carrier;
}
