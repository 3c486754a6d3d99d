import type { ApiClient, ApiRequest, ApiResponse, Channel, ChannelListener, WatchEvent } from '../api/client';
import type { Json } from '../api/objects';
import { socketChannel } from './socket-channel';

/** The door of any API server over HTTP: the bridge's, or a real one's. Uses the platform's fetch. */
export class HttpClient implements ApiClient {
  constructor(private readonly server: string) {}

  async request(request: ApiRequest): Promise<ApiResponse> {
    return answerOf(await this.#send(request));
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    let rest = '';
    const onText = (text: string): void => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line) onEvent(JSON.parse(line) as WatchEvent);
    };
    return this.stream({ ...request, query: { ...request.query, watch: 'true' } }, onText, onEnd);
  }

  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    const abort = new AbortController();
    void this.#read(request, abort.signal, onText).then(onEnd, () => onEnd());
    return () => abort.abort();
  }

  channel(request: ApiRequest, listener: ChannelListener): Channel {
    const url = this.#url(request);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return socketChannel(url, listener);
  }

  async #read(
    request: ApiRequest,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<ApiResponse | undefined> {
    const response = await this.#send(request, signal);
    if (!response.ok) return answerOf(response);
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) onText(decoder.decode(chunk, { stream: true }));
    return undefined;
  }

  #send(request: ApiRequest, signal?: AbortSignal): Promise<Response> {
    const { body } = request;
    return fetch(this.#url(request), {
      method: request.method,
      headers: { accept: 'application/json', ...request.headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  }

  #url({ path, query, repeated }: ApiRequest): URL {
    const url = new URL(path, this.server);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    for (const [name, values] of Object.entries(repeated ?? {})) {
      url.searchParams.delete(name);
      for (const value of values) url.searchParams.append(name, value);
    }
    return url;
  }
}

async function answerOf(response: Response): Promise<ApiResponse> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const warnings = [...(response.headers.get('warning') ?? '').matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)];
  return {
    code: response.status,
    headers: Object.fromEntries(response.headers),
    warnings: warnings.map((match) => JSON.parse(match[1]!) as string),
    body: isJson && text ? (JSON.parse(text) as Json) : text,
  };
}
