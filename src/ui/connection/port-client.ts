import { assert } from '../../base/assert';
import type { ApiClient, ApiRequest, ApiResponse, Channel, ChannelListener, WatchEvent } from '../../api/client';
import { ApiError } from '../../api/status';
import type { FromSimulator, ToSimulator } from '../../protocol/messages';

interface Stream {
  request: ToSimulator & { kind: 'watch' | 'stream' | 'channel' };
  channel?: ChannelListener;
  onEvent?: (event: WatchEvent) => void;
  onText?: (text: string) => void;
  onEnd: (refusal?: ApiResponse) => void;
}

interface Waiting {
  message: ToSimulator & { kind: 'request' };
  resolve: (response: ApiResponse) => void;
}

/** A refusal as the door would give it. */
function refusal(error: ApiError): ApiResponse {
  return {
    code: error.code,
    headers: { 'content-type': 'application/json' },
    body: JSON.parse(JSON.stringify(error.status)) as ApiResponse['body'],
  };
}

const RESTARTED = 'the simulation was restarted; whether this request was carried out shows in the cluster';

const disconnected = (): ApiResponse => refusal(new ApiError(410, 'Expired', RESTARTED));

/**
 * The cluster's door over a worker's port. Requests made while no port is connected wait for one; when a port goes
 * away, requests in flight are refused with 503 and streams end with 410 Expired, so that clients list again.
 */
export class PortClient implements ApiClient {
  readonly #requests = new Map<number, Waiting>();
  readonly #streams = new Map<number, Stream>();
  #post: ((message: ToSimulator) => void) | null = null;
  #unsent: ToSimulator[] = [];
  #lastId = 0;

  /** From here on messages go to `post`; what waited is sent now. */
  connect(post: (message: ToSimulator) => void): void {
    assert(this.#post === null, 'the port client is connected twice');
    this.#post = post;
    const waiting = this.#unsent;
    this.#unsent = [];
    for (const message of waiting) post(message);
  }

  /** The port is gone, and with it the answers to what it was asked. */
  disconnect(): void {
    this.#post = null;
    const waiting = new Set(this.#unsent);
    for (const [id, { message, resolve }] of [...this.#requests]) {
      if (waiting.has(message)) continue;
      this.#requests.delete(id);
      resolve(refusal(new ApiError(503, 'ServiceUnavailable', RESTARTED)));
    }
    for (const [id, stream] of [...this.#streams]) {
      if (waiting.has(stream.request)) continue;
      this.#streams.delete(id);
      stream.onEnd(disconnected());
    }
  }

  /** How many requests wait for an answer. */
  get inFlight(): number {
    return this.#requests.size;
  }

  request(request: ApiRequest): Promise<ApiResponse> {
    const id = this.#nextId();
    return new Promise((resolve) => {
      const message = { kind: 'request', id, request } as const;
      this.#requests.set(id, { message, resolve });
      this.#send(message);
    });
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.#open({ request: { kind: 'watch', id: this.#nextId(), request }, onEvent, onEnd });
  }

  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.#open({ request: { kind: 'stream', id: this.#nextId(), request }, onText, onEnd });
  }

  channel(request: ApiRequest, channel: ChannelListener): Channel {
    const id = this.#nextId();
    const onEnd = (refusal = disconnected()): void => channel.onEnd({ refusal });
    const close = this.#open({ request: { kind: 'channel', id, request }, channel, onEnd });
    const send = (data: string, ends: boolean): void => {
      if (this.#streams.has(id)) this.#send({ kind: 'input', id, data, ends });
    };
    return { send: (bytes) => send(bytes, false), endInput: () => send('', true), close };
  }

  /** Takes in a message of the worker. What belongs to a cancelled stream is dropped: it was under way already. */
  deliver(message: FromSimulator): void {
    if (message.kind === 'response') {
      this.#requests.get(message.id)?.resolve(message.response);
      this.#requests.delete(message.id);
    } else if (message.kind === 'event') {
      this.#streams.get(message.id)?.onEvent?.(message.event);
    } else if (message.kind === 'text') {
      this.#streams.get(message.id)?.onText?.(message.text);
    } else if (message.kind === 'output') {
      this.#streams.get(message.id)?.channel?.onData(message.stream, message.data);
    } else if (message.kind === 'closed') {
      const stream = this.#streams.get(message.id);
      this.#streams.delete(message.id);
      stream?.channel?.onEnd(message.end);
    } else if (message.kind === 'end') {
      const stream = this.#streams.get(message.id);
      this.#streams.delete(message.id);
      stream?.onEnd(message.refusal);
    }
  }

  #open(stream: Stream): () => void {
    const { id } = stream.request;
    this.#streams.set(id, stream);
    this.#send(stream.request);
    return () => {
      if (!this.#streams.delete(id)) return;
      const unsent = this.#unsent.indexOf(stream.request);
      if (unsent >= 0) this.#unsent.splice(unsent, 1);
      else this.#send({ kind: 'cancel', id });
    };
  }

  #send(message: ToSimulator): void {
    if (this.#post) this.#post(message);
    else this.#unsent.push(message);
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
