import type { Line, Span } from './lines';
import type { OutputWriter } from './output-writer';

const LINES_LIMIT = 2_000;

/** What a terminal has printed. Text comes in any pieces; lines are shown once an animation frame. */
export class Output {
  lines = $state.raw<readonly Line[]>([]);

  #kept: Line[] = [];
  #lastId = 0;
  #scheduled = false;

  /**
   * A writer for one command's output. Several may write at the same time; their lines do not mix within a line. What reads
   * output comes with the first command.
   */
  async open(args: readonly string[]): Promise<OutputWriter> {
    const { OutputWriter } = await import('./output-writer');
    return new OutputWriter(this, args);
  }

  command(text: string): void {
    this.add('command', [{ text }]);
  }

  add(kind: Line['kind'], spans: readonly Span[]): void {
    this.#lastId += 1;
    this.#kept.push({ id: this.#lastId, kind, spans });
    this.#flushSoon();
  }

  clear(): void {
    this.#kept = [];
    this.#flushSoon();
  }

  /** Puts lines in the place of those with these ids. Returns the ids of the new ones. */
  replace(ids: ReadonlySet<number>, lines: readonly (readonly Span[])[]): Set<number> {
    this.#kept = this.#kept.filter((line) => !ids.has(line.id));
    return new Set(
      lines.map((spans) => {
        this.add('output', spans);
        return this.#lastId;
      }),
    );
  }

  #flushSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#kept.length > LINES_LIMIT) this.#kept = this.#kept.slice(-LINES_LIMIT);
      this.lines = [...this.#kept];
    });
  }
}
