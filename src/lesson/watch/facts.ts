import type { FactHistory } from '../cel/reading';

const NEVER: FactHistory = { holds: false, sinceMs: undefined, count: 0 };

/** How facts have been since the lesson began. */
export class Facts {
  readonly #histories = new Map<string, FactHistory>();
  /** When each became so for the first time. */
  readonly #firstMs = new Map<string, number>();

  of(id: string): FactHistory {
    return this.#histories.get(id) ?? NEVER;
  }

  /** Notes whether a fact holds. Returns whether that is news. */
  note(id: string, holds: boolean, atMs: number): boolean {
    const before = this.of(id);
    if (before.holds === holds) return false;
    if (holds && !this.#firstMs.has(id)) this.#firstMs.set(id, atMs);
    this.#histories.set(id, holds ? { holds, sinceMs: atMs, count: before.count + 1 } : { ...before, holds });
    return true;
  }

  firstMs(id: string): number | undefined {
    return this.#firstMs.get(id);
  }
}
