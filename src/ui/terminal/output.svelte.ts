import type { Line, Span } from './lines';
import { OutputReader } from './output-reader';

const LINES_LIMIT = 2_000;
/** A line that is longer is cut: nobody reads it, and laying it out would hold the page up. */
const LENGTH_LIMIT = 20_000;

/** What a terminal has printed. Text comes in any pieces; lines are shown once an animation frame. */
export class Output {
  lines = $state.raw<readonly Line[]>([]);

  #kept: Line[] = [];
  #lastId = 0;
  #scheduled = false;

  /** A writer for one command's output. Several may write at the same time; their lines do not mix within a line. */
  open(args: readonly string[]): OutputWriter {
    return new OutputWriter(this, new OutputReader(args));
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

/** Cuts one command's text into lines. */
export class OutputWriter {
  #out = '';
  #error = '';

  #screen: ReadonlySet<number> = new Set();

  constructor(
    private readonly output: Output,
    private reader: OutputReader,
  ) {}

  /** What follows is the output of kubectl with these arguments. */
  about(args: readonly string[]): void {
    this.reader = new OutputReader(args);
  }

  /** Shows a text in the place of the one that was shown so before. */
  screen(text: string): void {
    const lines = text.replace(/\n$/, '').split('\n');
    this.#screen = this.output.replace(
      this.#screen,
      lines.map((line) => this.reader.read(line.slice(0, LENGTH_LIMIT))),
    );
  }

  stdout(text: string): void {
    this.#out = this.#lines(this.#out + text, (line) => this.output.add('output', this.reader.read(line)));
  }

  stderr(text: string): void {
    this.#error = this.#lines(this.#error + text, (line) => this.output.add('error', [{ text: line }]));
  }

  /** The command has ended: what stands without a line break is a line too. */
  end(): void {
    if (this.#out !== '') this.stdout('\n');
    if (this.#error !== '') this.stderr('\n');
  }

  #lines(text: string, add: (line: string) => void): string {
    const lines = text.split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) add(line.slice(0, LENGTH_LIMIT));
    return rest.slice(0, LENGTH_LIMIT);
  }
}
