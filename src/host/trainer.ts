import { hashState } from '../base/state';
import type { Json } from '../api/objects';
import type { TrainingAsk } from '../kernel/machinery/ports';

/** Who computes: the training worker in a browser, the same trainer on the CPU backend in Node. */
export interface Trainer {
  /** Computes one stretch; rejects where nothing can compute. */
  train(request: Json): Promise<Json>;
  /** Why something slower than the first choice computes; empty or absent where it does not. */
  readonly notice?: string;
}

/** Results kept, so that branches and replays resume without computing again. */
const RESULTS_KEPT = 4096;
const RETRY_AFTER_MS = 2_000;

/**
 * Hands the kernel's asks to a trainer, each once, and keeps the answers: the same run with the same request has the
 * same result, on whichever branch it is asked.
 */
export class TrainingOffice {
  readonly #results = new Map<string, Json>();
  readonly #under = new Set<string>();
  /** Why training has not answered; empty while all is well. */
  problem = '';
  #retryAtMs = 0;

  constructor(
    private readonly trainer: Trainer | undefined,
    private readonly answered: () => void,
  ) {}

  /** The result of an ask, or `undefined`; in that case it is being computed from now on. `wallMs` paces retries. */
  resultOf(ask: TrainingAsk, wallMs: number): Json | undefined {
    const key = `${ask.run}|${hashState(ask.request)}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    if (!this.#under.has(key) && wallMs >= this.#retryAtMs) void this.#compute(key, ask.request, wallMs);
    return undefined;
  }

  async #compute(key: string, request: Json, wallMs: number): Promise<void> {
    if (!this.trainer) {
      this.problem = 'Training waits: nothing here can compute.';
      return;
    }
    this.#under.add(key);
    try {
      this.#results.set(key, await this.trainer.train(request));
      if (this.#results.size > RESULTS_KEPT) this.#results.delete(this.#results.keys().next().value!);
      this.problem = '';
    } catch (error) {
      this.problem = `Training waits: ${error instanceof Error ? error.message : String(error)}`;
      this.#retryAtMs = wallMs + RETRY_AFTER_MS;
    }
    this.#under.delete(key);
    this.answered();
  }
}
