import type { ApiRequest } from '../api/client';
import { asUpgrade } from '../api/client';
import type { Simulation } from '../host/simulation';
import { readRequestText, responseText, type TextRequest } from './http-text';

/** What a forwarded connection tells its client. */
export interface ForwardListener {
  onData(bytes: Buffer): void;
  onError(text: string): void;
  /** The connection is over. */
  onEnd(): void;
}

/**
 * One connection to a port of a Pod. Programs of the simulation speak in requests, not in bytes: those of HTTP are read
 * off the connection one after the other, and what is no HTTP is not understood.
 */
export class ForwardedPort {
  #bytes: Buffer = Buffer.alloc(0);
  #busy = false;
  #heard = false;
  #ended = false;

  /** `path` is that of the Pod's portforward subresource. */
  constructor(
    private readonly simulation: Simulation,
    private readonly path: string,
    private readonly port: number,
    private readonly client: string,
    private readonly listener: ForwardListener,
  ) {}

  take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    void this.#serve();
  }

  /** The client sends nothing more, and waits for what it has asked. */
  endInput(): void {
    this.#heard = true;
    void this.#serve();
  }

  /** The client has gone. */
  end(): void {
    this.#ended = true;
  }

  async #serve(): Promise<void> {
    while (!this.#busy && !this.#ended) {
      const request = readRequestText(this.#bytes);
      if (request === undefined) return this.#heard ? this.#close() : undefined;
      if (request === 'none') return this.#fail(`port ${this.port}: programs of this simulation speak HTTP only`);
      this.#bytes = this.#bytes.subarray(request.size);
      this.#busy = true;
      await this.#answer(request);
      this.#busy = false;
    }
  }

  async #answer(request: TextRequest): Promise<void> {
    const { connection } = await this.simulation.request(this.#ask(request));
    const end =
      connection === undefined
        ? undefined
        : await new Promise<Awaited<ReturnType<Simulation['request']>> | undefined>((come) =>
            this.simulation.streams.read(connection, () => {}, come),
          );
    if (this.#ended) return;
    if (!end || isRefusal(end.body)) return this.#fail(forwardProblem(this.port, end?.body));
    const body = typeof end.body === 'string' ? end.body : JSON.stringify(end.body);
    const type = end.headers['content-type'] ?? 'text/plain';
    this.listener.onData(responseText(end.code, type, body, request.method !== 'HEAD', request.last));
    if (request.last) this.#close();
  }

  #ask({ method, path, headers, body }: TextRequest): ApiRequest {
    return asUpgrade({
      method,
      path: this.path,
      query: { ports: String(this.port), path },
      headers: { 'user-agent': this.client, 'content-type': headers['content-type'] ?? '' },
      ...(body === '' ? {} : { body }),
    });
  }

  #fail(text: string): void {
    if (this.#ended) return;
    this.listener.onError(text);
    this.#close();
  }

  #close(): void {
    this.#ended = true;
    this.listener.onEnd();
  }
}

/** Whether no program answered: a Status in the place of an answer. */
function isRefusal(body: unknown): body is { message: string } {
  const status = body as { kind?: unknown; status?: unknown } | null;
  return typeof status === 'object' && status !== null && status.kind === 'Status' && status.status === 'Failure';
}

/** In the words of containerd: what a kubelet's port-forward says where nobody listens. */
function forwardProblem(port: number, body: unknown): string {
  const message = isRefusal(body) ? body.message : 'the connection broke';
  const why = /connection refused/.test(message)
    ? `IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused`
    : message;
  return `error forwarding port ${port}: failed to execute portforward in network namespace: failed to connect to localhost:${port} inside namespace, ${why}`;
}
