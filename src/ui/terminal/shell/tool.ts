import type { Pipe } from './pipe';

/** What a program of the terminal may touch. */
export interface ToolIo {
  stdin: Pipe;
  stdout(text: string): void;
  stderr(text: string): void;
  readFile(name: string): string | undefined;
  fileNames(): readonly string[];
  /** Aborted by Ctrl-C, and where nobody reads on. */
  signal: AbortSignal;
}

/** A small program: reads standard input or files, prints, and returns its exit code. */
export interface Tool {
  name: string;
  /** One line for `help`. */
  about: string;
  run(args: readonly string[], io: ToolIo): Promise<number>;
}

/** A misuse of a tool, said on standard error with its name before it. */
export class ToolError extends Error {
  override name = 'ToolError';

  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

/** Options of a tool: letters that stand alone, letters that take a value, and long names for them. */
export interface ToolOptions {
  alone?: string;
  valued?: string;
  long?: Record<string, string>;
}

export interface ToolLine {
  has(letter: string): boolean;
  value(letter: string): string | undefined;
  values(letter: string): string[];
  args: string[];
}

/** Takes a line apart as getopt does: `-rn`, `-n 5`, `-n5`, `--lines=5`, `--`. Throws ToolError. */
export function readOptions(line: readonly string[], { alone = '', valued = '', long = {} }: ToolOptions): ToolLine {
  const found: { letter: string; value: string }[] = [];
  const args: string[] = [];
  const queue = [...line];
  const valueFor = (word: string): string => {
    const value = queue.shift();
    if (value === undefined) throw new ToolError(`option ${word} requires an argument`, 2);
    return value;
  };
  while (queue.length > 0) {
    const word = queue.shift()!;
    if (word === '--') args.push(...queue.splice(0));
    else if (word.startsWith('--')) {
      const [name = '', ...rest] = word.slice(2).split('=');
      const letter = long[name];
      if (letter === undefined) throw new ToolError(`unrecognized option '${word}'`, 2);
      const value = rest.length > 0 ? rest.join('=') : valued.includes(letter) ? valueFor(word) : '';
      found.push({ letter, value });
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at]!;
        if (valued.includes(letter)) {
          const rest = word.slice(at + 1);
          found.push({ letter, value: rest === '' ? valueFor(`-${letter}`) : rest });
          break;
        }
        if (!alone.includes(letter)) throw new ToolError(`invalid option -- '${letter}'`, 2);
        found.push({ letter, value: '' });
      }
    } else args.push(word);
  }
  return {
    has: (letter) => found.some((one) => one.letter === letter),
    value: (letter) => found.findLast((one) => one.letter === letter)?.value,
    values: (letter) => found.filter((one) => one.letter === letter).map((one) => one.value),
    args,
  };
}

/** A text and the name it goes by; '' for standard input. */
export interface Input {
  name: string;
  lines(): AsyncIterable<string> | Iterable<string>;
}

/** The files that are named, or standard input. Says which are not there, and leaves them out. */
export function inputsOf(names: readonly string[], tool: string, io: ToolIo): { inputs: Input[]; missing: boolean } {
  if (names.length === 0) return { inputs: [{ name: '', lines: () => io.stdin.lines() }], missing: false };
  const inputs: Input[] = [];
  for (const name of names) {
    const text = name === '-' ? undefined : io.readFile(name);
    if (name === '-') inputs.push({ name: '', lines: () => io.stdin.lines() });
    else if (text === undefined) io.stderr(`${tool}: ${name}: No such file or directory\n`);
    else inputs.push({ name, lines: () => linesOf(text) });
  }
  return { inputs, missing: inputs.length < names.length };
}

/** The lines of a text; a line break at its end makes no empty line. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Everything that the inputs hold. */
export async function allLines(inputs: readonly Input[]): Promise<string[]> {
  const lines: string[] = [];
  for (const input of inputs) for await (const line of input.lines()) lines.push(line);
  return lines;
}
