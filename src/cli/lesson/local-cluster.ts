import type { ApiClient, ApiRequest } from '../../api/client';
import { Simulation } from '../../host/simulation';
import { LocalTrainer } from '../../bridge/local-trainer';
import { runKubectl } from '../../kubectl/run';
import { splitWords } from '../../kubectl/split-words';
import type { Hands } from '../../lesson/script/hands';
import { control } from '../../lesson/script/hands';

/** Turns of the event loop after which a command that asks nothing is taken to wait for time to pass. */
const PATIENCE = 8;
const STEP_MS = 100;
const COMMAND_LIMIT_MS = 600_000;

/** A cluster in this process whose time passes only when it is asked to, with kubectl and an editor's files. */
export class LocalCluster implements Hands {
  readonly files = new Map<string, string>();
  readonly client: ApiClient;
  readonly simulation: Simulation;
  #wallMs = 0;
  #asking = 0;
  #closed = false;

  constructor() {
    this.simulation = new Simulation({ wallMs: () => this.#wallMs, wake: () => {}, trainer: new LocalTrainer() });
    this.client = {
      request: (request) => this.#ask(request),
      watch: (request, onEvent, onEnd) => this.simulation.watch(request, onEvent, onEnd),
      stream: (request, onText, onEnd) => this.simulation.stream(request, onText, onEnd),
      channel: (request, listener) => this.simulation.channel(request, listener),
    };
    void this.#turn();
  }

  /** Opens an empty cluster; a lesson's own is made by `reset`. */
  static async open(): Promise<LocalCluster> {
    const cluster = new LocalCluster();
    await cluster.simulation.openStored('lesson', 'empty', 1);
    cluster.simulation.pacer.setSpeed(0);
    return cluster;
  }

  close(): void {
    this.#closed = true;
  }

  split(line: string): string[] | { problem: string } {
    return splitWords(line);
  }

  /** Nobody stands at a prompt here: a delete does not wait until all is gone, unless it says so. */
  async kubectl(args: readonly string[], stdin?: string): Promise<{ code: number; stderr: string }> {
    const waits = args[0] === 'delete' && !args.some((word) => word.startsWith('--wait')) ? ['--wait=false'] : [];
    const abort = new AbortController();
    let stderr = '';
    const io = {
      stdout: () => {},
      stderr: (text: string) => void (stderr += text),
      readFile: (name: string) => this.files.get(name.replace(/^\.\//, '')),
      fileNames: () => [...this.files.keys()],
      nowMs: () => Math.round(this.simulation.session.cluster.clock.epochNowMs),
      signal: abort.signal,
      ...(stdin === undefined ? {} : { stdin }),
    };
    let code: number | undefined;
    void runKubectl([...args, ...waits], this.client, io).then((ended) => (code = ended));
    const limitMs = this.simulation.session.nowMs + COMMAND_LIMIT_MS;
    for (let idle = 0; code === undefined;) {
      await new Promise((resolve) => setImmediate(resolve));
      idle = this.#asking > 0 ? 0 : idle + 1;
      if (idle < PATIENCE || code !== undefined) continue;
      if (this.simulation.session.nowMs >= limitMs) abort.abort();
      await control({ ...this.client, request: (one) => this.simulation.request(one) }, 'time', { advanceMs: STEP_MS });
    }
    return { code, stderr };
  }

  async #ask(request: ApiRequest): ReturnType<ApiClient['request']> {
    this.#asking += 1;
    try {
      const { headers } = request;
      return await this.simulation.request({ ...request, headers: { 'user-agent': 'kubectl', ...headers } });
    } finally {
      this.#asking -= 1;
    }
  }

  async #turn(): Promise<void> {
    while (!this.#closed) {
      this.#wallMs += 1;
      this.simulation.slice();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
