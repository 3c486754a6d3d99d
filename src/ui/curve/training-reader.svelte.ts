import type { TrainingLine, TrainingRows, TrainingView } from '../../protocol/control';

/** As much of the control API as is used here. */
export interface Reads {
  read<T>(what: string, query: Record<string, string>): Promise<T>;
}

/** Between two reads of the weights: they change with every stretch, and nobody sees more. */
const PAUSE_MS = 120;

/**
 * What frames do not carry of a training: its weights at the moment that is looked at, the rows it learns from, and its
 * curves elsewhere. Whoever asks twice before an answer came gets the answer to the latter.
 */
export class TrainingReader {
  view = $state.raw<TrainingView | null>(null);
  rows = $state.raw<TrainingRows | null>(null);
  lines = $state.raw<readonly TrainingLine[]>([]);

  #owner = '';
  #wanted: Record<string, string> | undefined;
  #reading = false;

  constructor(private readonly control: Reads | undefined) {}

  /** Reads the curves elsewhere; called when history has changed, or a branch has grown. */
  async readLines(owner: string): Promise<void> {
    const answer = await this.#ask<{ items: TrainingLine[] }>('training-lines', { owner });
    if (this.#owner === owner) this.lines = answer?.items ?? [];
  }

  /** Reads the weights of an owner as of the moment shown, or of `atMs`. */
  async readWeights(owner: string, atMs?: number): Promise<void> {
    if (owner !== this.#owner) this.#forget(owner);
    this.#wanted = { owner, ...(atMs === undefined ? {} : { atMs: String(atMs) }) };
    if (this.#reading) return;
    this.#reading = true;
    while (this.#wanted) {
      const query = this.#wanted;
      this.#wanted = undefined;
      await this.#readOnce(query);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#reading = false;
  }

  async #readOnce(query: Record<string, string>): Promise<void> {
    const { owner = '' } = query;
    const view = await this.#ask<TrainingView>('training', query);
    if (owner !== this.#owner || (this.#wanted?.['owner'] !== undefined && this.#wanted['owner'] !== owner)) return;
    this.view = view;
    if (!view || view.container === this.rows?.container) return;
    const rows = await this.#ask<TrainingRows>('training-rows', { owner });
    if (owner === this.#owner) this.rows = rows;
  }

  #forget(owner: string): void {
    this.#owner = owner;
    this.view = this.rows = null;
    this.lines = [];
  }

  /** Null also where the simulation is being replaced: its successor's first frame asks again. */
  async #ask<T>(what: string, query: Record<string, string>): Promise<T | null> {
    try {
      return (await this.control?.read<T | null>(what, query)) ?? null;
    } catch {
      return null;
    }
  }
}
