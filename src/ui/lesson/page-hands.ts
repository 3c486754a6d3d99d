import type { ApiClient, ApiRequest } from '../../api/client';
import { PREPARER } from '../../api/story';
import { splitWords } from '../../kubectl/split-words';
import { control, type Hands } from '../../lesson/script/hands';
import type { Page } from '../page/page.svelte';
import { Output } from '../terminal/output.svelte';

/** Why a step of what is shown was not taken: somebody has seen enough. */
export const STOPPED = 'stopped';

/** A command that asks nothing more in so many rounds waits for time to pass. */
const PATIENCE = 2;
/** One that waits for an answer longer than this, and not because something is being stored, waits for time to pass. */
const ANSWER_PATIENCE = 400;
const STEP_MS = 100;
const COMMAND_LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 40;
/** Who has watched nothing but the clock for so long, of virtual time, is not kept waiting at the speed of what is shown. */
const LONG_WAIT_MS = 15_000;
const WAITING_SPEED = 20;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The code of kubectl, which is long on its way: who will need it asks for it early. */
export const commands = (): Promise<unknown> => import('../../kubectl/run');

/**
 * Prepares a lesson's cluster out of sight: nothing of it is what the learner did. Time stands, but where a command
 * waits for it. How long that is does not depend on the machine: each start of a lesson is the same cluster.
 */
export class PreparingHands implements Hands {
  readonly files = new Map<string, string>();
  readonly client: ApiClient;
  /** How often something was asked or answered, and how much is still to be answered. */
  #exchanges = 0;
  #asking = 0;

  constructor(private readonly page: Page) {
    const { client } = page;
    const own = methodsOf(client);
    this.client = {
      ...own,
      request: async (one) => {
        this.#exchanges += 1;
        this.#asking += 1;
        try {
          return await client.request({ ...one, headers: { ...one.headers, 'user-agent': PREPARER } });
        } finally {
          this.#exchanges += 1;
          this.#asking -= 1;
        }
      },
      watch: (request, onEvent, onEnd) => {
        this.#exchanges += 1;
        return own.watch(request, onEvent, onEnd);
      },
    };
  }

  split(line: string): string[] | { problem: string } {
    return splitWords(line);
  }

  async kubectl(args: readonly string[], stdin?: string): Promise<{ code: number; stderr: string }> {
    await commands();
    const abort = new AbortController();
    const options = { client: this.client, signal: abort.signal, ...(stdin === undefined ? {} : { stdin }) };
    let ended: { code: number; stderr: string } | undefined;
    const writer = await new Output().open(args);
    void this.page.terminal.run(args, writer, options).then((how) => (ended = how));
    for (let passedMs = 0; ; passedMs += STEP_MS) {
      await this.#quiet(() => ended !== undefined);
      if (ended) return ended;
      if (passedMs >= COMMAND_LIMIT_MS) abort.abort();
      await control(this.page.client, 'time', { advanceMs: STEP_MS });
    }
  }

  /** Until nothing is on its way between command and cluster: what the cluster sent before it answers has come before that. */
  async #quiet(over: () => boolean): Promise<void> {
    for (let rounds = 0, seen = -1; rounds < (this.#asking > 0 ? ANSWER_PATIENCE : PATIENCE) && !over();) {
      const { body } = await this.page.client.request({ method: 'GET', path: '/podium/v1/time' });
      /* What is being stored is answered once it is, however long that takes here. */
      const storing = (body as { saving?: boolean }).saving === true;
      rounds = seen === this.#exchanges && !storing ? rounds + 1 : 0;
      seen = this.#exchanges;
      await sleep(0);
    }
  }
}

/** Shows how it is done: files change in the editor, commands stand in the terminal, and time goes on while somebody watches. */
export class ShowingHands implements Hands {
  readonly client: ApiClient;
  readonly files: Map<string, string>;
  #stopped = false;
  /** Virtual time that has gone by since something was done. */
  #waitedMs = 0;

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
    this.#waitedMs = 0;
    return this.page.terminal.runShown(args, stdin === undefined ? {} : { stdin });
  }

  /** Time that is to pass passes before the eyes. */
  async #ask(request: ApiRequest): ReturnType<ApiClient['request']> {
    this.#check();
    const advanceMs = (request.body as { advanceMs?: unknown } | undefined)?.advanceMs;
    if (request.path !== '/podium/v1/time' || typeof advanceMs !== 'number') {
      this.#waitedMs = 0;
      return this.page.client.request(request);
    }
    await this.pass(advanceMs, this.#waitedMs < LONG_WAIT_MS ? this.speed : WAITING_SPEED);
    this.#waitedMs += advanceMs;
    return { code: 200, headers: {}, body: {} };
  }

  /** Lets so much of the cluster's time go by, before the eyes. */
  async pass(ms: number, speed = this.speed): Promise<void> {
    const nowMs = (): number => this.page.view.frame?.atMs ?? 0;
    const untilMs = nowMs() + ms;
    await this.page.control.time({ speed });
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
