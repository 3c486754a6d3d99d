import type { ClusterView } from '../connection/cluster-view.svelte';
import { Output } from './output.svelte';
import type { TerminalSession } from './terminal-session.svelte';

const AGAIN_AFTER_MS = 400;
const ARGS = ['events', '--watch'];

/** The cluster's events as they come, as `kubectl events -w` prints them. A watch that ends, as after a rewind, begins anew. */
export class EventFeed {
  readonly output = new Output();

  constructor(
    private readonly session: TerminalSession,
    private readonly view: ClusterView,
  ) {}

  /** Follows until the returned call. */
  follow(): () => void {
    const abort = new AbortController();
    void this.#run(abort.signal);
    return () => abort.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.output.clear();
      const { epoch } = this.view.frame ?? {};
      await this.session.run(ARGS, await this.output.open(ARGS), { signal });
      if (signal.aborted) return;
      if (this.view.frame?.epoch === epoch) await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }
}
