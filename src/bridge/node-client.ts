import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { ApiClient, ApiRequest, ApiResponse, Channel, ChannelListener, WatchEvent } from '../api/client';
import type { Json } from '../api/objects';
import { socketChannel } from './socket-channel';

/** PEM in base64, or the name of a file that holds PEM. */
type Credential = { data: string } | { file: string };

/** How a server is reached and who asks: what a kubeconfig says. */
export interface ServerAccess {
  server: string;
  token?: string;
  username?: string;
  password?: string;
  certificateAuthority?: Credential;
  clientCertificate?: Credential;
  clientKey?: Credential;
  insecure: boolean;
  tlsServerName?: string;
  timeoutMs: number;
}

/** Ways in which nobody answers at an address. */
const REFUSALS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH']);
const REFUSED: ApiResponse = { code: 503, headers: {}, body: '', refused: true };

/** The door of a real API server, over HTTP or over TLS with certificates, a token or a password. For Node. */
export class NodeClient implements ApiClient {
  readonly #base: URL;
  readonly #options: https.RequestOptions;
  readonly #authorization: Record<string, string>;

  constructor(private readonly access: ServerAccess) {
    this.#base = new URL(access.server);
    this.#options = { agent: agentFor(access, this.#base.protocol === 'https:') };
    this.#authorization = authorizationOf(access);
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    try {
      const response = await this.#send(request);
      return answerOf(response, await textOf(response));
    } catch (thrown) {
      if (REFUSALS.has((thrown as NodeJS.ErrnoException).code ?? '')) return REFUSED;
      throw thrown;
    }
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
    void this.#read(request, abort.signal, onText).then(onEnd, (thrown: NodeJS.ErrnoException) =>
      onEnd(REFUSALS.has(thrown.code ?? '') && thrown.code !== 'ECONNRESET' ? REFUSED : undefined),
    );
    return () => abort.abort();
  }

  channel(request: ApiRequest, listener: ChannelListener): Channel {
    const url = this.#url(request);
    const send = (headers: http.OutgoingHttpHeaders): http.ClientRequest =>
      (url.protocol === 'https:' ? https : http).request(url, {
        ...this.#options,
        method: 'GET',
        headers: { ...this.#authorization, ...request.headers, ...headers },
      });
    return socketChannel({ send, refusalOf: async (response) => answerOf(response, await textOf(response)) }, listener);
  }

  async #read(
    request: ApiRequest,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<ApiResponse | undefined> {
    const response = await this.#send(request, signal);
    if ((response.statusCode ?? 0) >= 400) return answerOf(response, await textOf(response));
    response.setEncoding('utf8');
    for await (const chunk of response) onText(chunk as string);
    return undefined;
  }

  #url({ path, query, repeated }: ApiRequest): URL {
    const url = new URL(this.#base.pathname.replace(/\/$/, '') + path, this.#base);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    for (const [name, values] of Object.entries(repeated ?? {})) {
      url.searchParams.delete(name);
      for (const value of values) url.searchParams.append(name, value);
    }
    return url;
  }

  #send(request: ApiRequest, signal?: AbortSignal): Promise<http.IncomingMessage> {
    const { method, headers, body } = request;
    const url = this.#url(request);
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? https : http).request(url, {
        ...this.#options,
        method,
        headers: {
          accept: 'application/json',
          ...this.#authorization,
          ...headers,
          ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
        },
        ...(signal ? { signal } : { timeout: this.access.timeoutMs }),
      });
      sent.on('response', resolve);
      sent.on('timeout', () =>
        sent.destroy(new Error('net/http: request canceled (Client.Timeout exceeded while awaiting headers)')),
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }
}

function agentFor(access: ServerAccess, secure: boolean): http.Agent {
  if (!secure) return new http.Agent({ keepAlive: false });
  const pem = (credential: Credential | undefined): Buffer | undefined =>
    credential && ('file' in credential ? readFileSync(credential.file) : Buffer.from(credential.data, 'base64'));
  const options = {
    ca: pem(access.certificateAuthority),
    cert: pem(access.clientCertificate),
    key: pem(access.clientKey),
    servername: access.tlsServerName,
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return new https.Agent({ ...given, rejectUnauthorized: !access.insecure });
}

function authorizationOf({ token, username, password }: ServerAccess): Record<string, string> {
  if (token) return { authorization: `Bearer ${token}` };
  if (!username) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk as string;
  return text;
}

function answerOf(response: http.IncomingMessage, text: string): ApiResponse {
  const isJson = response.headers['content-type']?.includes('json') ?? false;
  const headers = Object.entries(response.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
  const warnings = [...String(response.headers['warning'] ?? '').matchAll(/299 \S+ ("(?:[^"\\]|\\.)*")/g)];
  return {
    code: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    warnings: warnings.map((match) => JSON.parse(match[1]!) as string),
    body: isJson && text ? (JSON.parse(text) as Json) : text,
  };
}
