import type { Json } from './objects';

/** One HTTP-shaped request to the API server. A string body is sent as it is; anything else is JSON. */
export interface ApiRequest {
  method: string;
  /** Starts with a slash and holds no query, such as `/api/v1/namespaces/default/pods`. */
  path: string;
  query?: Record<string, string>;
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
}

/** One line of a watch. An ERROR carries a Status, such as 410 Expired. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: Json;
}

/** A stream of bytes both ways: exec, attach, port-forward. */
export interface Channel {
  send(stream: 'stdin' | 'resize', data: string): void;
  onData(listener: (stream: 'stdout' | 'stderr' | 'error', data: string) => void): void;
  close(): void;
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
}
