import type { ApiClient, ApiRequest } from '../../api/client';
import { PREPARER } from '../../api/story';
import { splitWords } from '../../kubectl/split-words';
import { control, type Hands } from '../../lesson/script/hands';
import type { Page } from '../page/page.svelte';
import { Output } from '../terminal/output.svelte';

/** Why a step of what is shown was not taken: somebody has seen enough. */
export const STOPPED = 'stopped';

/** A command that asks nothing for so long waits for time to pass. */
const PATIENCE_MS = 60;
const STEP_MS = 100;
const COMMAND_LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 40;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Prepares a lesson's cluster out of sight: nothing of it is what the learner did. Time stands, but where a command waits for it. */
export class PreparingHands implements Hands {
  readonly files = new Map<string, string>();
  readonly client: ApiClient;

  constructor(private readonly page: Page) {
    const { client } = page;
    const request = (one: ApiRequest): ReturnType<ApiClient['request']> =>
      client.request({ ...one, headers: { ...one.headers, 'user-agent': PREPARER } });
    this.client = { ...methodsOf(client), request };
  }

  split(line: string): string[] | { problem: string } {
    return splitWords(line);
  }

  async kubectl(args: readonly string[], stdin?: string): Promise<{ code: number; stderr: string }> {
    const abort = new AbortController();
    const options = { client: this.client, signal: abort.signal, ...(stdin === undefined ? {} : { stdin }) };
    let ended: { code: number; stderr: string } | undefined;
    const running = this.page.terminal.run(args, new Output().open(args), options).then((how) => (ended = how));
    for (let passedMs = 0; ; passedMs += STEP_MS) {
      await Promise.race([running, sleep(PATIENCE_MS)]);
      if (ended) return ended;
      if (passedMs >= COMMAND_LIMIT_MS) abort.abort();
      await control(this.client, 'time', { advanceMs: STEP_MS });
    }
  }
}

/** Shows how it is done: files change in the editor, commands stand in the terminal, and time goes on while somebody watches. */
export class ShowingHands implements Hands {
  readonly client: ApiClient;
  readonly files: Map<string, string>;
  #stopped = false;

  constructor(
    private readonly page: Page,
    private readonly speed: number,
  ) {
    const { client } = page;
    this.client = { ...methodsOf(client), request: (one) => this.#ask(one) };
    this.files = new ShownFiles(page);
  }

  /** Whatever is shown ends at its next step. */
  stop(): void {
    this.#stopped = true;
  }

  split(line: string): string[] | { problem: string } {
    return splitWords(line);
  }

  async kubectl(args: readonly string[], stdin?: string): Promise<{ code: number; stderr: string }> {
    this.#check();
    return this.page.terminal.runShown(args, stdin === undefined ? {} : { stdin });
  }

  /** Time that is to pass passes before the eyes. */
  async #ask(request: ApiRequest): ReturnType<ApiClient['request']> {
    this.#check();
    const advanceMs = (request.body as { advanceMs?: unknown } | undefined)?.advanceMs;
    if (request.path !== '/podium/v1/time' || typeof advanceMs !== 'number') return this.page.client.request(request);
    await this.pass(advanceMs);
    return { code: 200, headers: {}, body: {} };
  }

  /** Lets so much of the cluster's time go by, before the eyes. */
  async pass(ms: number): Promise<void> {
    const nowMs = (): number => this.page.view.frame?.atMs ?? 0;
    const untilMs = nowMs() + ms;
    await this.page.control.time({ speed: this.speed });
    while (!this.#stopped && nowMs() < untilMs) await sleep(LOOK_EVERY_MS);
  }

  #check(): void {
    if (this.#stopped) throw new Error(STOPPED);
  }
}

/** The editor's files: what is set is to be seen there at once. */
class ShownFiles extends Map<string, string> {
  constructor(private readonly page: Page) {
    super();
  }

  override get(name: string): string | undefined {
    return this.page.files.read(name);
  }

  override set(name: string, text: string): this {
    this.page.files.put(name, text);
    this.page.apply.textChanged();
    return this;
  }
}

/** A client's own methods, which a copy would leave on its prototype. */
const methodsOf = (client: ApiClient): ApiClient => ({
  request: (request) => client.request(request),
  watch: (request, onEvent, onEnd) => client.watch(request, onEvent, onEnd),
  stream: (request, onText, onEnd) => client.stream(request, onText, onEnd),
  channel: (request, listener) => client.channel(request, listener),
});
