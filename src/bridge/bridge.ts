import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiRequest, ApiResponse } from '../api/client';
import { Simulation } from '../host/simulation';
import { LocalTrainer } from './local-trainer';

/** Bodies beyond this are not read: the API server's own limit is lower and has its own words. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** The cluster's door over HTTP on 127.0.0.1, for kubectl, client libraries and the judge. */
export class Bridge {
  readonly simulation: Simulation;
  #timer: ReturnType<typeof setTimeout> | NodeJS.Immediate | undefined;
  #asked = false;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor() {
    this.simulation = new Simulation({ wallMs: () => performance.now(), trainer: new LocalTrainer(), wake: () => this.#wake() });
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
    const request = await readRequest(incoming);
    if (!request) return void outgoing.writeHead(413).end();
    if (isWatch(request)) return this.#watch(request, outgoing);
    if (request.path.endsWith('/log') && request.query?.['follow'] === 'true') return this.#log(request, outgoing);
    writeResponse(outgoing, await this.simulation.request(request));
  }

  #watch(request: ApiRequest, outgoing: ServerResponse): void {
    let started = false;
    const start = (): void => {
      if (!started) outgoing.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      started = true;
    };
    const end = (refusal?: ApiResponse): void => {
      if (refusal && !started) return writeResponse(outgoing, refusal);
      start();
      outgoing.end();
    };
    const stop = this.simulation.watch(request, (event) => (start(), outgoing.write(`${JSON.stringify(event)}\n`)), end);
    if (!outgoing.writableEnded) start();
    const seconds = Number(request.query?.['timeoutSeconds'] ?? 0);
    const timeout = seconds > 0 ? setTimeout(() => (stop(), end()), seconds * 1000) : undefined;
    outgoing.on('close', () => (clearTimeout(timeout), stop()));
  }

  #log(request: ApiRequest, outgoing: ServerResponse): void {
    const end = (refusal?: ApiResponse): void => {
      if (refusal && !outgoing.headersSent) writeResponse(outgoing, refusal);
      else outgoing.end();
    };
    const stop = this.simulation.stream(request, (text) => outgoing.write(text), end);
    outgoing.on('close', stop);
  }
}

function isWatch(request: ApiRequest): boolean {
  const watch = request.query?.['watch'];
  return request.method === 'GET' && (watch === 'true' || watch === '1' || /\/watch\//.test(request.path));
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? '/', 'http://podium');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  const body = Buffer.concat(chunks).toString('utf8');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    headers,
    ...(size > 0 ? { body } : {}),
  };
}

function writeResponse(outgoing: ServerResponse, response: ApiResponse): void {
  const headers: Record<string, string | string[]> = { ...response.headers };
  if (response.warnings?.length) headers['warning'] = response.warnings.map((text) => `299 - ${JSON.stringify(text)}`);
  outgoing.writeHead(response.code, headers);
  outgoing.end(typeof response.body === 'string' ? response.body : response.body === null ? '' : JSON.stringify(response.body));
}
