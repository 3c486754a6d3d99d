import { OutputReader } from './output-reader';
import type { Output } from './output.svelte';

/** A line that is longer is cut: nobody reads it, and laying it out would hold the page up. */
const LENGTH_LIMIT = 20_000;

/** Cuts one command's text into lines. */
export class OutputWriter {
  #out = '';
  #error = '';

  #screen: ReadonlySet<number> = new Set();

  #reader: OutputReader;

  constructor(
    private readonly output: Output,
    args: readonly string[],
  ) {
    this.#reader = new OutputReader(args);
  }

  /** What follows is the output of kubectl with these arguments. */
  about(args: readonly string[]): void {
    this.#reader = new OutputReader(args);
  }

  /** Shows a text in the place of the one that was shown so before. */
  screen(text: string): void {
    const lines = text.replace(/\n$/, '').split('\n');
    this.#screen = this.output.replace(
      this.#screen,
      lines.map((line) => this.#reader.read(line.slice(0, LENGTH_LIMIT))),
    );
  }

  stdout(text: string): void {
    this.#out = this.#lines(this.#out + text, (line) => this.output.add('output', this.#reader.read(line)));
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
