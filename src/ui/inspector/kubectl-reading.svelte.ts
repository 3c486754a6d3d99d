import type { Frame } from '../../protocol/frame';
import type { Page } from '../page/page.svelte';
import { Output } from '../terminal/output.svelte';

const AGAIN_AFTER_MS = 400;

/** What a kubectl line prints, printed again when the cluster writes about it. */
export class KubectlReading {
  output = $state.raw(new Output());

  readonly #abort = new AbortController();
  readonly #leave: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `changedBy`: whether a frame's writes may have changed the output. */
  constructor(
    private readonly page: Page,
    private readonly args: readonly string[],
    changedBy: (frame: Frame) => boolean,
  ) {
    this.#leave = page.view.listen((frame, anew) => {
      if (anew || changedBy(frame)) this.#timer ??= setTimeout(() => void this.#print(), AGAIN_AFTER_MS);
    });
    void this.#print();
  }

  get text(): string {
    return this.output.lines.map((line) => line.spans.map((span) => span.text).join('')).join('\n');
  }

  stop(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#leave();
  }

  async #print(): Promise<void> {
    this.#timer = undefined;
    const { signal } = this.#abort;
    const next = new Output();
    await this.page.terminal.run(this.args, await next.open(this.args), { signal });
    if (!signal.aborted) this.output = next;
  }
}
