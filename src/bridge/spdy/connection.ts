import type { ByteCarrier } from '../byte-carrier';
import { awayFrame, dataFrame, pingFrame, readFrame, replyFrame, RESET, resetFrame, type Frame } from './frames';
import { HeaderReader, HeaderWriter, type Headers } from './header-block';

/** So many streams may be open at a time on one connection. */
const STREAM_LIMIT = 2_048;
/** Data are parted into frames of at most this. */
const PART = 32 * 1024;

export interface StreamListener {
  onData(bytes: Buffer): void;
  /** The client sends nothing more on this stream: it has said so, given the stream up, or gone. */
  onEnd(): void;
}

/** A stream that a client has opened. What it carries is kept until somebody listens. */
export class SpdyStream {
  #listener: StreamListener | undefined;
  #waiting: Buffer[] = [];
  /** Whether the client has said all, and whether we have. */
  #heard = false;
  #said = false;

  constructor(
    readonly id: number,
    readonly headers: Headers,
    private readonly send: (frame: Buffer) => void,
    private readonly over: () => void,
  ) {}

  listen(listener: StreamListener): void {
    this.#listener = listener;
    for (const bytes of this.#waiting.splice(0)) listener.onData(bytes);
    if (this.#heard) listener.onEnd();
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#said; at += PART)
      this.send(dataFrame(this.id, bytes.subarray(at, at + PART)));
  }

  /** Nothing more will be written. */
  end(): void {
    if (this.#said) return;
    this.#said = true;
    this.send(dataFrame(this.id, Buffer.alloc(0), true));
    if (this.#heard) this.over();
  }

  /** Bytes have come. */
  take(bytes: Buffer): void {
    if (this.#heard || bytes.length === 0) return;
    if (this.#listener) this.#listener.onData(bytes);
    else this.#waiting.push(bytes);
  }

  /** No more will come; where the stream is `gone` nothing can be written either. */
  finish(gone: boolean): void {
    this.#said ||= gone;
    if (!this.#heard) {
      this.#heard = true;
      this.#listener?.onEnd();
    }
    if (this.#said) this.over();
  }
}

/** Whom a connection tells. */
export interface ConnectionListener {
  /** Whether a stream with such headers is wanted. */
  wants(headers: Headers): boolean;
  /** A stream has been taken in. */
  onStream(stream: SpdyStream): void;
  onClose(): void;
}

/** The server's side of a SPDY/3.1 connection. Streams are opened by the client only; there is no flow control. */
export class SpdyConnection {
  readonly #streams = new Map<number, SpdyStream>();
  readonly #reader = new HeaderReader();
  readonly #writer = new HeaderWriter();
  #bytes: Buffer = Buffer.alloc(0);
  #lastStream = 0;
  #open = true;

  constructor(
    private readonly carrier: ByteCarrier,
    private readonly listener: ConnectionListener,
  ) {
    carrier.onData = (bytes) => this.#take(bytes);
    carrier.onClose = () => this.#end();
  }

  /** Ends what is said on every stream and says that there will be no other; the client ends the connection. */
  close(): void {
    if (!this.#open) return;
    for (const stream of this.#streams.values()) stream.end();
    this.carrier.write(awayFrame(this.#lastStream));
  }

  #take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#open) {
      const read = readFrame(this.#bytes);
      if (read === undefined) return;
      if (read === 'broken' || !this.#act(read.frame)) return this.#break();
      this.#bytes = this.#bytes.subarray(read.size);
    }
  }

  /** Returns false where the connection cannot go on. */
  #act(frame: Frame): boolean {
    switch (frame.kind) {
      case 'open':
        return this.#begin(frame);
      case 'data':
        this.#carry(frame);
        return true;
      case 'reset':
        this.#streams.get(frame.stream)?.finish(true);
        return true;
      case 'ping':
        if (frame.id % 2 === 1) this.carrier.write(pingFrame(frame.id));
        return true;
      case 'away':
        this.#break();
        return true;
      case 'reply':
      case 'other':
        return true;
    }
  }

  #begin({ stream: id, last, block }: Frame & { kind: 'open' }): boolean {
    const headers = this.#reader.read(block);
    if (!headers) return false;
    if (id % 2 === 0 || id <= this.#lastStream) return this.#reset(id, RESET.protocolError);
    this.#lastStream = id;
    if (this.#streams.size >= STREAM_LIMIT) return this.#reset(id, RESET.refused);
    if (!this.listener.wants(headers)) return this.#reset(id, RESET.cancel);
    const send = (frame: Buffer): void => this.carrier.write(frame);
    const stream = new SpdyStream(id, headers, send, () => this.#streams.delete(id));
    this.#streams.set(id, stream);
    this.carrier.write(replyFrame(id, this.#writer.write({})));
    this.listener.onStream(stream);
    if (last) stream.finish(false);
    return true;
  }

  #carry({ stream: id, last, bytes }: Frame & { kind: 'data' }): void {
    const stream = this.#streams.get(id);
    stream?.take(Buffer.from(bytes));
    if (last) stream?.finish(false);
  }

  #reset(id: number, status: number): true {
    this.carrier.write(resetFrame(id, status));
    return true;
  }

  #break(): void {
    if (!this.#open) return;
    this.carrier.end();
    this.#end();
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const stream of [...this.#streams.values()]) stream.finish(true);
    this.#streams.clear();
    this.listener.onClose();
  }
}
