import type { ApiRequest, ApiResponse, ChannelListener, WatchEvent } from '../api/client';
import { expired } from '../api/status';
import type { Json } from '../api/objects';
import type { WatchCursor } from '../kernel/apiserver/api-server';
import type { Cluster } from '../kernel/cluster';
import { internalError, refusalResponse } from './answers';

interface OpenWatch {
  cursor: WatchCursor;
  onEvent: (event: WatchEvent) => void;
  onEnd: (refusal?: ApiResponse) => void;
  /** Wall time at which the server ends it; infinite where the client set none. */
  untilWallMs: number;
}

interface OpenLog {
  request: ApiRequest;
  /** How far the reader has come; −1 before the first chunk. */
  position: number;
  onText: (text: string) => void;
  onEnd: (refusal?: ApiResponse) => void;
}

interface OpenChannel {
  /** Its name in the cluster. */
  connection: string;
  /** How far the reader has come. */
  position: number;
  onData: ChannelListener['onData'];
  onEnd: (end: ApiResponse | undefined) => void;
}

/** The watches, followed logs and connections of a session's readers. They are pulled on after every slice. */
export class Streams {
  readonly #watches = new Set<OpenWatch>();
  readonly #logs = new Set<OpenLog>();
  readonly #channels = new Set<OpenChannel>();
  /** `wallMs` is monotonic wall time: a watch's time-out runs also while the cluster stands still. */
  constructor(
    private readonly cluster: () => Cluster,
    private readonly wallMs: () => number,
  ) {}

  watch(request: ApiRequest, onEvent: OpenWatch['onEvent'], onEnd: OpenWatch['onEnd']): () => void {
    const opened = this.#open(request);
    if ('refusal' in opened) {
      onEnd(opened.refusal);
      return () => {};
    }
    const seconds = opened.timeoutSeconds;
    const untilWallMs = seconds !== undefined && seconds > 0 ? this.wallMs() + seconds * 1000 : Infinity;
    const watch = { cursor: opened, onEvent, onEnd, untilWallMs };
    this.#watches.add(watch);
    this.#pull(watch);
    return () => this.#watches.delete(watch);
  }

  /** Streams a log. Without `follow` the text comes at once and the stream ends. */
  log(request: ApiRequest, onText: OpenLog['onText'], onEnd: OpenLog['onEnd']): () => void {
    const log: OpenLog = { request, position: -1, onText, onEnd };
    this.#logs.add(log);
    this.#readLog(log, true);
    return () => this.#logs.delete(log);
  }

  /** Reads a connection of the cluster to its end. `onEnd` is given nothing where it broke. Returns the call that ends it. */
  read(connection: string, onData: OpenChannel['onData'], onEnd: OpenChannel['onEnd']): () => void {
    const channel: OpenChannel = { connection, position: 0, onData, onEnd };
    this.#channels.add(channel);
    this.#readChannel(channel);
    return () => this.#channels.delete(channel);
  }

  /** Passes on what has happened since the last call. */
  pull(wallMs: number): void {
    if (!this.cluster().api.reach.serving) return this.#end();
    for (const watch of this.#watches) {
      this.#pull(watch);
      if (wallMs >= watch.untilWallMs && this.#watches.delete(watch)) watch.onEnd();
    }
    for (const log of this.#logs) this.#readLog(log, false);
    for (const channel of this.#channels) this.#readChannel(channel);
  }

  /** History changed: every watch ends as expired, and clients list again. */
  expire(): void {
    const { status } = expired('The resourceVersion for the provided watch is too old.');
    for (const watch of this.#watches) watch.onEvent({ type: 'ERROR', object: status as unknown as Json });
    this.#end();
  }

  /** Every connection breaks. */
  #end(): void {
    const open = [...this.#watches, ...this.#logs];
    const channels = [...this.#channels];
    this.#watches.clear();
    this.#logs.clear();
    this.#channels.clear();
    for (const one of open) one.onEnd();
    for (const one of channels) one.onEnd(undefined);
  }

  #readChannel(channel: OpenChannel): void {
    const news = this.cluster().readConnection(channel.connection, channel.position);
    channel.position = news?.position ?? 0;
    for (const { stream, data } of news?.chunks ?? []) channel.onData(stream, data);
    if (news && !news.end) return;
    if (this.#channels.delete(channel)) channel.onEnd(news?.end);
  }

  #open(request: ApiRequest): WatchCursor | { refusal: ApiResponse } {
    try {
      return this.cluster().api.openWatch(request, { actor: request.headers?.['user-agent'] ?? '' });
    } catch (error) {
      return { refusal: refusalResponse(internalError(error)) };
    }
  }

  #pull(watch: OpenWatch): void {
    for (const event of watch.cursor.next()) watch.onEvent(event);
    if (watch.cursor.ended) {
      this.#watches.delete(watch);
      watch.onEnd();
    }
  }

  #readLog(log: OpenLog, first: boolean): void {
    const follows = log.request.query?.['follow'] === 'true';
    const chunk = this.cluster().followLog(log.request, log.position);
    if ('refusal' in chunk) {
      this.#logs.delete(log);
      log.onEnd(first ? chunk.refusal : undefined);
      return;
    }
    log.position = chunk.position;
    if (chunk.text) log.onText(chunk.text);
    if (!follows || chunk.ended) {
      this.#logs.delete(log);
      log.onEnd();
    }
  }
}
