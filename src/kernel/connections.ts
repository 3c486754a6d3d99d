import type { Json } from '../api/objects';
import type { RequestFailure } from '../api/requests';
import type { Component } from './machinery/component';
import type { ConnectionSink } from './machinery/ports';
import type { Timer } from './time/clock';

/** Bytes that came out of a container, a character each. */
export interface ConnectionChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: string;
}

/** How a connection ended: with a process, with a refusal of whoever should have carried it, or with an answer. */
export type ConnectionEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'answered'; readonly code: number; readonly body: Json }
  | { readonly kind: 'unanswered'; readonly failure: RequestFailure };

interface Connection {
  chunks: ConnectionChunk[];
  /** Chunks that are gone: the index of the first one kept. */
  dropped: number;
  bytes: number;
  /** The machine and the process that input goes to; empty where nobody takes any. */
  node: string;
  key: string;
  /** Whether nothing comes over it. */
  deaf: boolean;
  /** The log that it shows, from that line on. */
  log: { uid: string; container: string; from: number } | null;
  end: ConnectionEnd | null;
}

export interface ConnectionsState {
  count: number;
  open: Map<string, Connection>;
}

/** What a reader has yet to see. */
export interface ConnectionNews {
  readonly chunks: readonly ConnectionChunk[];
  /** Where to go on. */
  readonly position: number;
  readonly end: ConnectionEnd | null;
}

const NAME = 'connections';
/** So many that have ended are kept for readers that have yet to come. */
const ENDED_KEPT = 16;
const BYTES_KEPT = 8 << 20;

/**
 * Connections into containers, from outside of the cluster: exec, attach, and requests that the API server or a kubelet
 * passes on. Readers look on and change nothing, so that reading is no input.
 */
export class Connections implements Component, ConnectionSink {
  readonly name = NAME;
  state: ConnectionsState = { count: 0, open: new Map() };

  restore(state: object): void {
    this.state = state as ConnectionsState;
  }

  /** Opens a connection and returns its name. */
  open(): string {
    const { open } = this.state;
    const ended = [...open].filter(([, { end }]) => end !== null);
    for (const [id] of ended.slice(0, Math.max(0, ended.length - ENDED_KEPT))) open.delete(id);
    const id = `c${++this.state.count}`;
    open.set(id, { chunks: [], dropped: 0, bytes: 0, node: '', key: '', deaf: false, log: null, end: null });
    return id;
  }

  /** Says where input goes. */
  lead(id: string, node: string, key: string): void {
    Object.assign(this.#connection(id) ?? {}, { node, key });
  }

  /** Nobody sends anything over it. */
  deafen(id: string): void {
    Object.assign(this.#connection(id) ?? {}, { deaf: true });
  }

  /** Lets a connection show a container's log from a line on. */
  follow(id: string, uid: string, container: string, from: number): void {
    const connection = this.#connection(id);
    if (connection) connection.log = { uid, container, from };
  }

  /** Where a connection's input goes; nothing once it has ended. */
  inputOf(id: string): { node: string; key: string } | undefined {
    const connection = this.#connection(id);
    return connection && connection.end === null && connection.key !== '' && !connection.deaf ? connection : undefined;
  }

  /** The log that a connection shows: from which line, of which machine, of the run that the key names. */
  logOf(id: string): { node: string; key: string; uid: string; container: string; from: number } | undefined {
    const connection = this.#connection(id);
    return connection?.log ? { node: connection.node, key: connection.key, ...connection.log } : undefined;
  }

  print(id: string, stream: 'stdout' | 'stderr', data: string): void {
    const connection = this.#connection(id);
    if (!connection) return;
    connection.chunks.push(Object.freeze({ stream, data }));
    connection.bytes += data.length;
    while (connection.bytes > BYTES_KEPT && connection.chunks.length > 1) {
      connection.bytes -= connection.chunks.shift()!.data.length;
      connection.dropped += 1;
    }
  }

  exited(id: string, code: number): void {
    this.end(id, { kind: 'exited', code });
  }

  end(id: string, end: ConnectionEnd): void {
    const connection = this.#connection(id);
    if (connection && connection.end === null) connection.end = Object.freeze(end);
  }

  /** What has come since `position`; `undefined` where there is no such connection. */
  read(id: string, position: number): ConnectionNews | undefined {
    const connection = this.#connection(id);
    if (!connection) return undefined;
    const { chunks, dropped, end } = connection;
    return { chunks: chunks.slice(Math.max(0, position - dropped)), position: dropped + chunks.length, end };
  }

  /** The network has an answer for a connection. */
  handle({ key, data }: Timer): void {
    const { code, body, failure } = data as unknown as { code?: number; body?: Json; failure?: RequestFailure };
    if (failure) this.end(key, { kind: 'unanswered', failure });
    else this.end(key, { kind: 'answered', code: code ?? 200, body: body ?? '' });
  }

  #connection(id: string): Connection | undefined {
    return this.state.open.get(id);
  }
}
