import type { Json } from './objects';

/** One HTTP-shaped request to the API server. A string body is sent as it is; anything else is JSON. */
export interface ApiRequest {
  method: string;
  /** Starts with a slash and holds no query, such as `/api/v1/namespaces/default/pods`. */
  path: string;
  query?: Record<string, string>;
  /** All values of the parameters that stand there more than once, such as `command` of exec. */
  repeated?: Record<string, string[]>;
  /** Lower-case names. `user-agent` says who asks; causes and managedFields keep it. */
  headers?: Record<string, string>;
  body?: Json;
}

/** The answer. `body` is a JSON value, or text where the content type is not JSON. */
export interface ApiResponse {
  code: number;
  headers: Record<string, string>;
  /** Values of Warning headers, without code and quotes. */
  warnings?: string[];
  body: Json;
  /** Nobody listened: there was no answer, and the rest says nothing. */
  refused?: true;
  /** The answer took so long of the cluster's time. */
  afterMs?: number;
  /** What was asked for comes over this connection: all streams for code 101, the answer itself for any other. */
  connection?: string;
}

/** One line of a watch. An ERROR carries a Status, such as 410 Expired. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: Json;
}

/** A connection into a container: exec or attach. Bytes are text with a character for each. */
export interface Channel {
  /** For the process's standard input. */
  send(bytes: string): void;
  /** Nothing more will be sent. */
  endInput(): void;
  /** Gives the connection up. */
  close(): void;
}

/** How a connection ended: with a Status that says how it went there, or refused. */
export type ChannelEnd = { status: Json } | { refusal: ApiResponse };

export interface ChannelListener {
  onData(stream: 'stdout' | 'stderr', bytes: string): void;
  /** Called once. */
  onEnd(end: ChannelEnd): void;
}

/**
 * The one door to a cluster: the Kubernetes REST API. Implemented over a worker's port, over HTTP, and
 * in-process for tests; whoever holds one cannot tell which.
 */
export interface ApiClient {
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Streams a watch line by line. Returns the call that ends it. `onEnd` is called once, also after a refusal. */
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void, onEnd: (refusal?: ApiResponse) => void): () => void;
  /** Streams a text body (`logs -f`) in chunks. Returns the call that ends it. */
  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void;
  /** Opens a connection into a container (`exec`, `attach`). */
  channel(request: ApiRequest, listener: ChannelListener): Channel;
}

/** The request as one that asks for another protocol on its connection. */
export function asUpgrade(request: ApiRequest): ApiRequest {
  return { ...request, headers: { ...request.headers, connection: 'Upgrade' } };
}
