import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455 as far as the API server and its clients need it: no extensions. */

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CONTINUATION = 0x0;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const MASK_BYTES = 4;
/** Larger messages end the connection. */
const MESSAGE_LIMIT = 32 * 1024 * 1024;
const TOO_LARGE = 1009;
const PROTOCOL_ERROR = 1002;
const NORMAL = 1000;

/** Whether a request asks for a WebSocket. */
export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && headers['sec-websocket-key'] !== undefined;
}

/** The subprotocols that a client offers, in its order. */
export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').flatMap((one) => one.trim() || []);
}

const acceptanceOf = (key: string): string => createHash('sha1').update(`${key}${GUID}`).digest('base64');

/** What a client sends to ask for a WebSocket. */
export function offerOf(protocol: string): OutgoingHttpHeaders {
  return {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': protocol,
  };
}

/** Whether a server's answer takes up what a client's headers offered. */
export function isTakenUp(offer: OutgoingHttpHeaders, { headers }: IncomingMessage): boolean {
  return (
    headers['sec-websocket-accept'] === acceptanceOf(String(offer['sec-websocket-key'])) &&
    headers['sec-websocket-protocol'] === offer['sec-websocket-protocol']
  );
}

/** The answer that makes a connection a WebSocket. */
function handshake(request: IncomingMessage, protocol: string): string {
  const key = acceptanceOf(request.headers['sec-websocket-key'] ?? '');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  lines.push(`Sec-WebSocket-Accept: ${key}`, ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []));
  return `${lines.join('\r\n')}\r\n\r\n`;
}

interface Frame {
  readonly final: boolean;
  readonly kind: number;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly size: number;
}

/**
 * The first frame of what has come; nothing as long as it is not whole, and 'broken' where the other side may not send it:
 * a client masks all that it sends, a server nothing.
 */
function frameOf(bytes: Buffer, masked: boolean): Frame | 'broken' | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  if (((second & 0x80) !== 0) !== masked || (first & 0x70) !== 0) return 'broken';
  const short = second & 0x7f;
  const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const head = start + (masked ? MASK_BYTES : 0);
  if (bytes.length < head) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (length > MESSAGE_LIMIT) return 'broken';
  const size = head + length;
  if (bytes.length < size) return undefined;
  const payload = Buffer.from(bytes.subarray(head, size));
  if (masked) mask(payload, bytes.subarray(start, head));
  return { final: (first & 0x80) !== 0, kind: first & 0x0f, payload, size };
}

/** Masks a payload in place, or takes the mask off again. */
function mask(payload: Buffer, key: Buffer): void {
  for (let index = 0; index < payload.length; index++) payload[index]! ^= key[index & 3]!;
}

/** Makes a connection a WebSocket, on the server's side. `head` is what came already. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
): WebSocketConnection {
  socket.write(handshake(request, protocol));
  return new WebSocketConnection(socket, head, protocol, 'server');
}

/** One open WebSocket. */
export class WebSocketConnection {
  onMessage: (message: Buffer) => void = () => {};
  onClose: () => void = () => {};
  #bytes: Buffer = Buffer.alloc(0);
  #message: Buffer[] = [];
  #open = true;

  /** `head` is what came already. Listeners are set before the caller gives way. */
  constructor(
    private readonly socket: Duplex,
    head: Buffer,
    readonly protocol: string,
    private readonly side: 'server' | 'client',
  ) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => this.#closed());
    socket.on('end', () => socket.end());
    if (head.length > 0) setImmediate(() => this.#take(head));
  }

  send(payload: Uint8Array): void {
    if (this.#open) this.#write(BINARY, payload);
  }

  close(code = NORMAL): void {
    if (!this.#open) return;
    this.#write(CLOSE, Buffer.from([code >> 8, code & 0xff]));
    this.socket.end();
    this.#closed();
  }

  #take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#open) {
      const frame = frameOf(this.#bytes, this.side === 'server');
      if (frame === undefined) return;
      if (frame === 'broken') return this.close(PROTOCOL_ERROR);
      this.#bytes = this.#bytes.subarray(frame.size);
      this.#frame(frame);
    }
  }

  #frame({ kind, final, payload }: Frame): void {
    if (kind === CLOSE) return this.close();
    if (kind === PING) return this.#write(PONG, payload);
    if (kind === PONG) return;
    if ((kind === CONTINUATION) !== this.#message.length > 0) return this.close(PROTOCOL_ERROR);
    this.#message.push(payload);
    if (this.#message.reduce((sum, part) => sum + part.length, 0) > MESSAGE_LIMIT) return this.close(TOO_LARGE);
    if (!final) return;
    const message = Buffer.concat(this.#message);
    this.#message = [];
    this.onMessage(message);
  }

  #write(kind: number, payload: Uint8Array): void {
    const { length } = payload;
    const head = Buffer.alloc(length < 126 ? 2 : length < 0x10000 ? 4 : 10);
    head[0] = 0x80 | kind;
    head[1] = length < 126 ? length : length < 0x10000 ? 126 : 127;
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    if (this.side === 'server') {
      this.socket.write(Buffer.concat([head, payload]));
      return;
    }
    head[1] |= 0x80;
    const [key, masked] = [randomBytes(MASK_BYTES), Buffer.from(payload)];
    mask(masked, key);
    this.socket.write(Buffer.concat([head, key, masked]));
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.onClose();
  }
}
