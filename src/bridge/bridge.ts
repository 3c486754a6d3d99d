import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { JsonMap } from '../api/json';
import type { ApiRequest, ApiResponse, WatchEvent } from '../api/client';
import { badRequest } from '../api/status';
import { internalError, refusalResponse } from '../host/answers';
import { Simulation } from '../host/simulation';
import { withDescriptions } from './documented-openapi';
import { LocalTrainer } from './local-trainer';
import { asksSwaggerProtobuf, SWAGGER_PROTOBUF, swaggerProtobuf } from './swagger-protobuf';
import { decodeProtobuf, PROTOBUF, ProtobufError } from './protobuf';
import { serveUpgrade } from './upgrades';

/** Bodies beyond this are not read: the API server's own limit is lower and has its own words. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** The parameters that may stand there more than once. */
const REPEATED = ['command', 'ports'];

/** The cluster's door over HTTP on 127.0.0.1, for kubectl, client libraries and the judge. */
export class Bridge {
  readonly simulation: Simulation;
  #timer: ReturnType<typeof setTimeout> | NodeJS.Immediate | undefined;
  #asked = false;
  /** Connections that speak no HTTP any more. */
  readonly #sockets = new Set<Duplex>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor() {
    this.simulation = new Simulation({
      wallMs: () => performance.now(),
      trainer: new LocalTrainer(),
      wake: () => this.#wake(),
    });
    this.#server.on('upgrade', (incoming, socket, head) => void this.#upgrade(incoming, socket, head));
  }

  /** Starts a cluster. Returns why it could not. */
  async start(options: { preset: string; seed: number; speed: number }): Promise<string | undefined> {
    this.#wake();
    const { problem } = await this.simulation.openStored('bridge', options.preset, options.seed);
    this.simulation.pacer.setSpeed(options.speed);
    return problem;
  }

  /** Listens on a port, or on a free one for 0; resolves to it. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.on('error', reject);
      this.#server.listen(port, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  close(): void {
    clearTimeout(this.#timer as NodeJS.Timeout);
    this.#asked = true;
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  #wake(): void {
    if (this.#asked) return;
    this.#asked = true;
    clearTimeout(this.#timer as NodeJS.Timeout);
    setImmediate(() => this.#slice());
  }

  #slice(): void {
    this.#asked = false;
    const sleepMs = this.simulation.slice();
    if (sleepMs === 0) this.#wake();
    else this.#timer = setTimeout(() => this.#slice(), sleepMs);
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming);
      if ('refusal' in request) return writeResponse(outgoing, request.refusal);
      if (isWatch(request)) return this.#watch(request, outgoing);
      if (isFollowedLog(request)) return this.#log(request, outgoing);
      const response = await withDescriptions(request, await this.simulation.request(request));
      if (response.code === 200 && asksSwaggerProtobuf(request.path, request.headers?.['accept'] ?? ''))
        outgoing.writeHead(200, { 'content-type': SWAGGER_PROTOBUF }).end(swaggerProtobuf(response.body as JsonMap));
      else writeResponse(outgoing, response);
    } catch (error) {
      console.error(error);
      if (outgoing.headersSent) outgoing.destroy();
      else writeResponse(outgoing, refusalResponse(internalError(error)));
    }
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    try {
      const target = readTarget(incoming.url ?? '/');
      const request = target && { method: incoming.method ?? 'GET', ...target, headers: headersOf(incoming) };
      if (request) await serveUpgrade(this.simulation, request, { incoming, socket, head });
      else socket.destroy();
    } catch (error) {
      console.error(error);
      socket.destroy();
    }
  }

  #watch(request: ApiRequest, outgoing: ServerResponse): void {
    const start = (): void => {
      if (!outgoing.headersSent) outgoing.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    };
    const end = (refusal?: ApiResponse): void => {
      if (refusal && !outgoing.headersSent) return writeResponse(outgoing, refusal);
      start();
      outgoing.end();
    };
    const send = (event: WatchEvent): void => {
      start();
      outgoing.write(`${JSON.stringify(event)}\n`);
    };
    const stop = this.simulation.watch(request, send, end);
    if (!outgoing.writableEnded) start();
    outgoing.on('close', stop);
  }

  #log(request: ApiRequest, outgoing: ServerResponse): void {
    const start = (): void => {
      if (!outgoing.headersSent) outgoing.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
    };
    const end = (refusal?: ApiResponse): void => {
      if (refusal && !outgoing.headersSent) return writeResponse(outgoing, refusal);
      start();
      outgoing.end();
    };
    const send = (text: string): void => {
      start();
      outgoing.write(text);
    };
    const stop = this.simulation.stream(request, send, end);
    if (!outgoing.writableEnded) start();
    outgoing.on('close', stop);
  }
}

/** Models apimachinery's conversion of a query parameter to bool: there, and neither 0 nor false. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}

function isWatch({ method, path, query }: ApiRequest): boolean {
  return method === 'GET' && (isSet(query?.['watch']) || /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/watch\//.test(path));
}

function isFollowedLog({ method, path, query }: ApiRequest): boolean {
  return method === 'GET' && isSet(query?.['follow']) && /\/pods\/[^/]+\/log$/.test(path);
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest | { refusal: ApiResponse }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return { refusal: text(413, 'Request Entity Too Large') };
    chunks.push(chunk);
  }
  const target = readTarget(incoming.url ?? '/');
  if (!target) return { refusal: text(400, '400 Bad Request') };
  const headers = headersOf(incoming);
  const request = { method: incoming.method ?? 'GET', ...target, headers };
  const bytes = Buffer.concat(chunks);
  if (size === 0) return request;
  return headers['content-type']?.startsWith(PROTOBUF)
    ? decoded(request, bytes)
    : { ...request, body: bytes.toString('utf8') };
}

/** A body in protobuf as the JSON that it stands for. */
function decoded(request: ApiRequest, bytes: Buffer): ApiRequest | { refusal: ApiResponse } {
  try {
    const headers = { ...request.headers, 'content-type': 'application/json' };
    return { ...request, headers, body: JSON.stringify(decodeProtobuf(bytes)) };
  } catch (error) {
    if (error instanceof ProtobufError) return { refusal: refusalResponse(badRequest(error.message)) };
    throw error;
  }
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return headers;
}

/** Path and query, each name with its first value, as Go's url.Values.Get reads it; nothing where the path is no URL's. */
function readTarget(target: string): Pick<ApiRequest, 'path' | 'query' | 'repeated'> | undefined {
  const url = new URL(`http://podium${target}`);
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  const repeated: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] ??= value;
  for (const name of REPEATED) if (url.searchParams.has(name)) repeated[name] = url.searchParams.getAll(name);
  try {
    const path = decodeURIComponent(url.pathname);
    return { path, query, ...(Object.keys(repeated).length > 0 ? { repeated } : {}) };
  } catch {
    return undefined;
  }
}

function text(code: number, body: string): ApiResponse {
  return { code, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Where nobody listens in the cluster, the connection breaks: this port itself is there for the control API too. */
function writeResponse(outgoing: ServerResponse, response: ApiResponse): void {
  if (response.refused) return void outgoing.destroy();
  const headers: Record<string, string | string[]> = { ...response.headers };
  if (response.warnings?.length) headers['warning'] = response.warnings.map(warningValue);
  outgoing.writeHead(response.code, headers);
  outgoing.end(written(response.body));
}

/** As the server's encoder ends an answer; its version alone is written for people. */
function written(body: ApiResponse['body']): string {
  if (typeof body === 'string') return body;
  if (body === null) return '';
  const isVersion = typeof body === 'object' && 'gitVersion' in body;
  return isVersion ? JSON.stringify(body, null, 2) : `${JSON.stringify(body)}\n`;
}

/** Models apimachinery/pkg/util/net NewWarningHeader: a quoted string; a header takes nothing beyond Latin-1. */
function warningValue(warning: string): string {
  const quoted = warning
    .replace(/[\\"]/g, '\\$&')
    .replace(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character));
  return `299 - "${quoted}"`;
}
