import { ToolError, inputsOf, readOptions } from '../tool';
import type { Tool, ToolIo, ToolLine } from '../tool';

export const grep: Tool = {
  name: 'grep',
  about: 'lines that match a pattern: -i -v -n -c -o -w -x -E -F -q -A -B -C -m -e',
  run: async (args, io) => {
    const line = readOptions(args, {
      alone: 'ivncowxEFGqhHlsr',
      valued: 'eABCm',
      long: {
        'ignore-case': 'i',
        'invert-match': 'v',
        'line-number': 'n',
        count: 'c',
        'only-matching': 'o',
        'word-regexp': 'w',
        'line-regexp': 'x',
        'extended-regexp': 'E',
        'fixed-strings': 'F',
        quiet: 'q',
        silent: 'q',
        regexp: 'e',
        'after-context': 'A',
        'before-context': 'B',
        context: 'C',
        'max-count': 'm',
        'no-filename': 'h',
        'with-filename': 'H',
        'files-with-matches': 'l',
        color: 's',
        colour: 's',
      },
    });
    const patterns = line.values('e');
    const names = [...line.args];
    if (patterns.length === 0) {
      const pattern = names.shift();
      if (pattern === undefined) throw new ToolError('usage: grep [OPTION]... PATTERNS [FILE]...', 2);
      patterns.push(pattern);
    }
    return search(line, matcher(line, patterns), names, io);
  },
};

async function search(line: ToolLine, pattern: RegExp, names: string[], io: ToolIo): Promise<number> {
  const { inputs, missing } = inputsOf(names, 'grep', io);
  const named = !line.has('h') && (line.has('H') || names.length > 1);
  let matched = false;
  for (const input of inputs) {
    const printer = new MatchPrinter(line, named ? `${input.name || '(standard input)'}` : '', io);
    for await (const text of input.lines()) {
      const found = [...text.matchAll(pattern)];
      if (printer.take(text, found.length > 0 !== line.has('v'), found)) break;
      if (line.has('q') && printer.count > 0) return 0;
    }
    printer.end(input.name);
    matched ||= printer.count > 0;
  }
  return missing ? 2 : matched ? 0 : 1;
}

/** Prints what matched, with the lines around it. */
class MatchPrinter {
  count = 0;
  private number = 0;
  private last = 0;
  private due = 0;
  private readonly kept: { number: number; text: string }[] = [];
  private readonly before: number;
  private readonly after: number;
  private readonly most: number;

  constructor(
    private readonly line: ToolLine,
    private readonly name: string,
    private readonly io: ToolIo,
  ) {
    this.before = numberOf(line, 'B') ?? numberOf(line, 'C') ?? 0;
    this.after = numberOf(line, 'A') ?? numberOf(line, 'C') ?? 0;
    this.most = numberOf(line, 'm') ?? Infinity;
  }

  /** Returns whether enough has matched. */
  take(text: string, hit: boolean, found: readonly RegExpMatchArray[]): boolean {
    this.number += 1;
    if (hit && this.count < this.most) {
      this.count += 1;
      for (const one of this.kept.splice(0)) this.print(one.number, one.text, '-');
      this.match(text, found);
      this.due = this.after;
    } else if (this.due > 0) {
      this.due -= 1;
      this.print(this.number, text, '-');
    } else if (this.before > 0) {
      this.kept.push({ number: this.number, text });
      if (this.kept.length > this.before) this.kept.shift();
    }
    return this.count >= this.most && this.due === 0;
  }

  end(name: string): void {
    if (this.line.has('q')) return;
    if (this.line.has('l') && this.count > 0) this.io.stdout(`${name || '(standard input)'}\n`);
    else if (this.line.has('c')) this.io.stdout(`${this.name === '' ? '' : `${this.name}:`}${this.count}\n`);
  }

  private match(text: string, found: readonly RegExpMatchArray[]): void {
    if (!this.line.has('o')) this.print(this.number, text, ':');
    else for (const one of found) if (one[0] !== '') this.print(this.number, one[0], ':');
  }

  private print(number: number, text: string, sign: string): void {
    if (this.line.has('q') || this.line.has('c') || this.line.has('l')) return;
    const apart = this.before + this.after > 0 && this.last > 0 && number > this.last + 1;
    this.last = number;
    const name = this.name === '' ? '' : this.name + sign;
    this.io.stdout(`${apart ? '--\n' : ''}${name}${this.line.has('n') ? number + sign : ''}${text}\n`);
  }
}

function numberOf(line: ToolLine, letter: string): number | undefined {
  const text = line.value(letter);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new ToolError(`${text}: invalid context length argument`, 2);
  return Number(text);
}

function matcher(line: ToolLine, patterns: readonly string[]): RegExp {
  const sources = patterns.flatMap((pattern) => pattern.split('\n')).map((pattern) => source(line, pattern));
  let whole = sources.map((one) => `(?:${one})`).join('|');
  if (line.has('w')) whole = `(?<!\\w)(?:${whole})(?!\\w)`;
  if (line.has('x')) whole = `^(?:${whole})$`;
  try {
    return new RegExp(whole, line.has('i') ? 'gi' : 'g');
  } catch {
    /* The engine's own words are about JavaScript's expressions. */
    throw new ToolError(`invalid regular expression: ${patterns.join(' ')}`, 2);
  }
}

function source(line: ToolLine, pattern: string): string {
  if (line.has('F')) return pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const extended = line.has('E') ? pattern : fromBasic(pattern);
  return extended.replace(/\[\[:(\w+):\]\]/g, (_all, name: string) => CLASSES[name] ?? '[]');
}

const CLASSES: Record<string, string> = {
  digit: '[0-9]',
  alpha: '[A-Za-z]',
  alnum: '[A-Za-z0-9]',
  space: '\\s',
  upper: '[A-Z]',
  lower: '[a-z]',
};

/** In a basic expression `\|`, `\(`, `\+`, … are operators and the signs alone are text. */
function fromBasic(pattern: string): string {
  return pattern.replace(/\\([|(){}+?])|([|(){}+?])|\\./g, (all, operator?: string, sign?: string) =>
    operator !== undefined ? operator : sign !== undefined ? `\\${sign}` : all,
  );
}
