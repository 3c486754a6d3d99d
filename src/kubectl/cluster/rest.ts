import type { ApiClient, ApiRequest, ApiResponse } from '../../api/client';
import type { Json } from '../../api/objects';
import type { Status } from '../../api/status';
import { ConnectionRefusedError, InterruptedError, ServerError } from '../errors';
import { isObject } from '../format/json';
import type { RequestTrace } from './request-trace';

const USER_AGENT = 'kubectl/v1.36.3';

export interface RestOptions {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Json;
}

/** What a command's requests have in common. */
export interface RestSurroundings {
  /** Says what the server warns of. */
  warn(text: string): void;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal;
  /** The address that a refused connection is blamed on. */
  server?(): string;
  headers?: Record<string, string>;
  trace?: RequestTrace | undefined;
}

/**
 * Requests to the API server as kubectl makes them: with its user agent, warnings said once, refusals thrown
 * as ServerError.
 */
export class Rest {
  private readonly said = new Set<string>();

  constructor(
    private readonly client: ApiClient,
    private readonly around: RestSurroundings,
  ) {}

  async request(method: string, path: string, options: RestOptions = {}): Promise<ApiResponse> {
    this.throwIfInterrupted();
    const request = this.prepare(method, path, options);
    const { trace, warn } = this.around;
    const startMs = trace?.nowMs() ?? 0;
    trace?.request(request);
    const response = await this.client.request(request);
    if (!response.refused) trace?.response(request, response, (trace.nowMs() - startMs) | 0);
    for (const warning of response.warnings ?? []) {
      if (!this.said.has(warning)) warn(warning);
      this.said.add(warning);
    }
    if (response.code >= 400) throw this.refusal(response, method);
    return response;
  }

  /** The object of a successful answer. */
  async json(method: string, path: string, options: RestOptions = {}): Promise<Json> {
    return (await this.request(method, path, options)).body;
  }

  /** Streams a watch until `onEvent` returns true, the server ends it, time runs out, or Ctrl-C. */
  watch(
    path: string,
    query: Record<string, string>,
    onEvent: (type: string, object: Json) => boolean,
    options: { headers?: Record<string, string>; timeoutMs?: number } = {},
  ): Promise<'done' | 'ended' | 'timeout'> {
    const request = this.prepare('GET', path, { query: { ...query, watch: 'true' }, headers: options.headers ?? {} });
    this.around.trace?.request(request);
    let opened = false;
    const answered = (): void => {
      if (!opened) this.around.trace?.response(request, { code: 200, headers: {}, body: '' }, 0);
      opened = true;
    };
    return this.stream(options.timeoutMs, (settle) =>
      this.client.watch(
        request,
        (event) => {
          answered();
          try {
            if (onEvent(event.type, event.object)) settle('done');
          } catch (thrown) {
            settle(thrown);
          }
        },
        (refused) => settle(refused ? this.refusal(refused, 'GET') : 'ended'),
      ),
    );
  }

  /** Streams a text body, such as a log that is followed. */
  async text(path: string, query: Record<string, string>, onText: (text: string) => void): Promise<void> {
    const request = this.prepare('GET', path, { query });
    await this.stream(undefined, (settle) =>
      this.client.stream(request, onText, (refused) => settle(refused ? this.refusal(refused, 'GET') : 'ended')),
    );
  }

  private refusal(response: ApiResponse, method: string): Error {
    return response.refused
      ? new ConnectionRefusedError(hostOf(this.around.server?.() ?? ''))
      : refusal(response, method);
  }

  private stream<T>(
    timeoutMs: number | undefined,
    open: (settle: (outcome: T | unknown) => void) => () => void,
  ): Promise<T> {
    this.throwIfInterrupted();
    return new Promise<T>((resolve, reject) => {
      const opened: { close?: () => void } = {};
      let settled = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const interrupt = (): void => settle(new InterruptedError('interrupted'));
      const settle = (outcome: T | unknown): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        this.around.signal?.removeEventListener('abort', interrupt);
        opened.close?.();
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome as T);
      };
      this.around.signal?.addEventListener('abort', interrupt);
      if (timeoutMs !== undefined) timer = setTimeout(() => settle('timeout'), timeoutMs);
      opened.close = open(settle);
      if (settled) opened.close();
    });
  }

  private prepare(method: string, path: string, options: RestOptions): ApiRequest {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...this.around.headers,
      ...options.headers,
    };
    const request: ApiRequest = { method, path, headers };
    if (options.query && Object.keys(options.query).length > 0) request.query = options.query;
    if (options.body !== undefined) {
      headers['content-type'] ??= 'application/json';
      request.body = options.body;
    }
    return request;
  }

  private throwIfInterrupted(): void {
    if (this.around.signal?.aborted) throw new InterruptedError('interrupted');
  }
}

/** Host and port of an address. */
const hostOf = (server: string): string => server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

const GENERIC: Record<number, [string, string]> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'unknown'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  409: ['Conflict', 'the server reported a conflict'],
  410: ['Gone', 'the server could not find the requested resource'],
  415: ['UnsupportedMediaType', 'the server could not handle the request'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', 'an error on the server has prevented the request from succeeding'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

/** A refused answer as an error. What is no Status gets the words of its code. Models NewGenericServerResponse. */
export function refusal(response: ApiResponse, method: string): ServerError {
  const { body, code } = response;
  if (isObject(body) && body['kind'] === 'Status') {
    const status = body as unknown as Status;
    return new ServerError({ ...status, code: status.code ?? code });
  }
  const [reason, words] = GENERIC[code] ?? [
    'Unknown',
    `the server responded with the status code ${code} but did not return more information`,
  ];
  const text = typeof body === 'string' && code !== 404 && body.trim() !== '' ? body.trim() : words;
  const message = code === 405 && method ? words : text;
  return new ServerError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}
