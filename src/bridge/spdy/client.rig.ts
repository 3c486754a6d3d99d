import { connect, type Socket } from 'node:net';
import { dataFrame, openFrame, readFrame } from './frames';
import { HeaderWriter, type Headers } from './header-block';

/** A client of streams as kubectl is one, for tests: over the connection itself, or within a WebSocket. */

export interface Heard {
  text: string;
  ended: boolean;
}

const HEAD_END = '\r\n\r\n';

export class SpdyClient {
  /** What came before the protocol changed. */
  answer = '';
  closed = false;
  readonly heard = new Map<number, Heard>();
  readonly #writer = new HeaderWriter();
  readonly #socket: Socket;
  #nextStream = 1;
  #raw = Buffer.alloc(0);
  #bytes = Buffer.alloc(0);

  constructor(
    port: number,
    path: string,
    protocols: readonly string[],
    private readonly tunnel = false,
  ) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('close', () => (this.closed = true));
    this.#socket.on('error', () => {});
    const asks = tunnel
      ? [
          'Upgrade: websocket',
          'Sec-WebSocket-Key: c3BkeSBvdmVyIHdzIDAwMA==',
          `Sec-WebSocket-Protocol: ${protocols.join(', ')}`,
        ]
      : ['Upgrade: SPDY/3.1', ...protocols.map((protocol) => `X-Stream-Protocol-Version: ${protocol}`)];
    const method = tunnel ? 'GET' : 'POST';
    this.#socket.write(
      [`${method} ${path} HTTP/1.1`, 'Host: podium', 'Connection: Upgrade', ...asks].join('\r\n') + HEAD_END,
    );
  }

  get switched(): boolean {
    return this.answer.startsWith('HTTP/1.1 101 ');
  }

  /** Opens a stream and returns its number. */
  open(headers: Headers, last = false): number {
    const id = this.#nextStream;
    this.#nextStream += 2;
    this.heard.set(id, { text: '', ended: false });
    this.#send(openFrame(id, this.#writer.write(headers), last));
    return id;
  }

  write(id: number, text: string, last = false): void {
    this.#send(dataFrame(id, Buffer.from(text), last));
  }

  leave(): void {
    this.#socket.destroy();
  }

  #send(frame: Buffer): void {
    if (!this.tunnel) return void this.#socket.write(frame);
    for (const part of [frame.subarray(0, 5), frame.subarray(5)])
      this.#socket.write(
        Buffer.concat([Buffer.from([0x82, 0xfe, part.length >> 8, part.length & 0xff, 0, 0, 0, 0]), part]),
      );
  }

  #take(chunk: Buffer): void {
    this.#raw = Buffer.concat([this.#raw, chunk]);
    if (!this.switched) {
      const end = this.#raw.indexOf(HEAD_END);
      if (end < 0) return;
      this.answer = this.#raw.toString('latin1');
      if (!this.switched) return;
      this.answer = this.answer.slice(0, end);
      this.#raw = this.#raw.subarray(end + HEAD_END.length);
    }
    this.#bytes = Buffer.concat([this.#bytes, this.tunnel ? this.#unwrapped() : this.#raw.subarray(0)]);
    if (!this.tunnel) this.#raw = Buffer.alloc(0);
    this.#read();
  }

  #unwrapped(): Buffer {
    const parts: Buffer[] = [];
    for (;;) {
      const short = this.#raw[1] ?? 0;
      const head = short === 126 ? 4 : 2;
      if (this.#raw.length < head) break;
      const size = head + (short === 126 ? this.#raw.readUInt16BE(2) : short);
      if (this.#raw.length < size) break;
      if (this.#raw[0] === 0x82) parts.push(this.#raw.subarray(head, size));
      this.#raw = this.#raw.subarray(size);
    }
    return Buffer.concat(parts);
  }

  #read(): void {
    for (let read = readFrame(this.#bytes); read !== undefined && read !== 'broken'; read = readFrame(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(read.size);
      const { frame } = read;
      const heard = 'stream' in frame ? this.heard.get(frame.stream) : undefined;
      if (!heard) continue;
      if (frame.kind === 'data') heard.text += frame.bytes.toString();
      heard.ended ||= frame.kind === 'reset' || (frame.kind === 'data' && frame.last);
    }
  }
}
