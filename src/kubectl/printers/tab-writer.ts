interface Options {
  minWidth: number;
  padding: number;
  /** Later blocks keep at least the width of earlier ones, so that rows that stream in stay in their columns. */
  rememberWidths?: boolean;
}

/**
 * Aligns tab-separated cells with spaces. A column is a run of consecutive lines that end a cell at the same
 * index with a tab; the last cell of a line belongs to no column. Models Go's text/tabwriter and its fork
 * that remembers widths.
 */
export class TabWriter {
  private text = '';
  private widths: number[] = [];
  private remembered: number[] = [];
  private readonly sink: (text: string) => void;
  private readonly options: Options;

  constructor(sink: (text: string) => void, options: Options) {
    this.sink = sink;
    this.options = options;
  }

  write(text: string): void {
    this.text += text;
  }

  /** Lays out and passes on all that was written. */
  flush(): void {
    if (this.text === '') return;
    const ended = this.text.endsWith('\n');
    const lines = (ended ? this.text.slice(0, -1) : this.text).split('\n').map((line) => line.split('\t'));
    this.text = '';
    const out: string[] = [];
    this.layOut(lines, 0, lines.length, out);
    this.sink(out.join('\n') + (ended ? '\n' : ''));
  }

  forgetWidths(): void {
    this.remembered = [];
  }

  /** Lays out lines from `start` to `end` whose columns left of `widths.length` are known. */
  private layOut(lines: string[][], start: number, end: number, out: string[]): void {
    const column = this.widths.length;
    for (let index = start; index < end;) {
      let blockEnd = index;
      let width = this.options.minWidth;
      while (blockEnd < end && column < (lines[blockEnd]?.length ?? 0) - 1) {
        width = Math.max(width, textWidth(lines[blockEnd]?.[column] ?? '') + this.options.padding);
        blockEnd++;
      }
      if (blockEnd === index) {
        out.push(this.joined(lines[index] ?? []));
        index++;
        continue;
      }
      this.widths.push(this.settled(column, width));
      this.layOut(lines, index, blockEnd, out);
      this.widths.pop();
      index = blockEnd;
    }
  }

  private settled(column: number, width: number): number {
    if (!this.options.rememberWidths) return width;
    while (this.remembered.length < column) this.remembered.push(this.widths[this.remembered.length] ?? 0);
    const known = Math.max(this.remembered[column] ?? 0, width);
    this.remembered[column] = known;
    return known;
  }

  private joined(cells: string[]): string {
    return cells
      .map((cell, index) => {
        const width = this.widths[index];
        return width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - textWidth(cell)));
      })
      .join('');
  }
}

function textWidth(text: string): number {
  let width = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0xdc00 || unit > 0xdfff) width++;
  }
  return width;
}

/** The writer of tables. Models k8s.io/cli-runtime/pkg/printers GetNewTabWriter. */
export function tableWriter(sink: (text: string) => void): TabWriter {
  return new TabWriter(sink, { minWidth: 6, padding: 3, rememberWidths: true });
}
