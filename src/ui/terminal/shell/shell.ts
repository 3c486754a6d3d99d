import type { BuiltinIo, RunsCommands, ShellHost, Sink } from './builtin';
import { BUILTINS } from './builtins/registry';
import { Pipe, pipeOf } from './pipe';
import type { Part, Pipeline, SimpleCommand, Word } from './syntax';
import { SyntaxProblem, parseScript } from './syntax';
import { ToolError } from './tool';
import { TOOLS } from './tools/registry';
import { plainWords } from './words';

const DEPTH_LIMIT = 20;
const OUTPUT_LIMIT = 10_000_000;
const INTERRUPTED = 130;
const NOTHING = '/dev/null';

/**
 * The terminal's shell: pipes, redirections, here-documents, variables, `$(…)`, `;`, `&&`, `||` and aliases around kubectl
 * and a few small programs. It has no processes; each command is a function that reads and writes text.
 */
export class Shell implements RunsCommands {
  readonly aliases = new Map<string, string>([['k', 'kubectl']]);
  readonly variables = new Map<string, string>();
  private code = 0;

  constructor(readonly host: ShellHost) {}

  /** Runs a script. Says what is wrong on standard error, and returns the exit code. */
  run(script: string, sink: Sink, signal: AbortSignal): Promise<number> {
    return this.runScript(script, { sink, signal, depth: 0 });
  }

  /** Runs one command that is already split into words, as `watch` and `xargs` do. */
  runWords(words: readonly string[], sink: Sink, signal: AbortSignal): Promise<number> {
    return this.runStage(this.unaliased(words), undefined, { sink, signal, depth: 0 });
  }

  private async runScript(script: string, around: Around): Promise<number> {
    let pipelines: Pipeline[];
    try {
      pipelines = parseScript(script);
    } catch (thrown) {
      return (this.code = this.failed('', thrown, around.sink));
    }
    for (const pipeline of pipelines) {
      if (around.signal.aborted) return (this.code = INTERRUPTED);
      if (pipeline.when === 'success' && this.code !== 0) continue;
      if (pipeline.when === 'failure' && this.code === 0) continue;
      this.code = await this.runPipeline(pipeline.commands, around);
    }
    return this.code;
  }

  private async runPipeline(commands: SimpleCommand[], around: Around): Promise<number> {
    const { sink, signal } = around;
    const lines: string[][] = [];
    for (const { words, assignments } of commands) {
      const line: string[] = [];
      for (const word of words) line.push(...(await this.fields(word, around)));
      if (words.length === 0)
        for (const { name, value } of assignments) this.variables.set(name, await this.text(value, around));
      lines.push(this.unaliased(line));
    }
    const kubectl = lines.findLast(([program]) => program === 'kubectl');
    if (kubectl) sink.about?.(kubectl.slice(1));
    const aborts = commands.map(() => new AbortController());
    const pipes = aborts.slice(1).map((_one, at) => {
      const pipe = new Pipe();
      pipe.onClose = () => aborts[at]!.abort();
      return pipe;
    });
    const abortAll = (): void => aborts.forEach((one) => one.abort());
    signal.addEventListener('abort', abortAll);
    const codes = await Promise.all(
      commands.map(async (command, at) => {
        const output = pipes[at];
        const target = output ? { stdout: (text: string) => output.write(text), stderr: sink.stderr } : sink;
        const stage = { ...around, sink: target, signal: aborts[at]!.signal };
        const code = await this.redirected(command, lines[at]!, pipes[at - 1], stage);
        output?.end();
        pipes[at - 1]?.close();
        return code;
      }),
    );
    signal.removeEventListener('abort', abortAll);
    return signal.aborted ? INTERRUPTED : (codes.at(-1) ?? 0);
  }

  /** Runs a command with its redirections. */
  private async redirected(
    command: SimpleCommand,
    words: string[],
    stdin: Pipe | undefined,
    around: Around,
  ): Promise<number> {
    const sink: Sink = { ...around.sink };
    const writes: Write[] = [];
    let input = stdin;
    for (const redirect of command.redirects) {
      if (redirect.kind === 'errors to output') sink.stderr = sink.stdout;
      else if (redirect.kind === 'text') input = pipeOf(await this.text(redirect.body, around));
      else if (redirect.kind === 'read') {
        const name = await this.text(redirect.word, around);
        const text = name === NOTHING ? '' : this.host.readFile(name);
        if (text === undefined) return say(around.sink, `${name}: No such file or directory`, 1);
        input = pipeOf(text);
      } else {
        const write = { name: await this.text(redirect.word, around), append: redirect.kind === 'append', text: '' };
        const keep = (text: string): void => {
          if (write.text.length < OUTPUT_LIMIT) write.text += text;
        };
        if (redirect.from !== 'stderr') sink.stdout = keep;
        if (redirect.from !== 'stdout') sink.stderr = keep;
        writes.push(write);
      }
    }
    const code = await this.runStage(words, input, { ...around, sink });
    const problem = writes.map((write) => this.written(write)).find((one) => one !== undefined);
    return problem === undefined ? code : say(around.sink, problem, 1);
  }

  /** Writes what was redirected into a file. Returns what is wrong. */
  private written({ name, append, text }: Write): string | undefined {
    if (name === NOTHING) return undefined;
    const problem = this.host.writeFile(name, (append ? (this.host.readFile(name) ?? '') : '') + text);
    return problem === undefined ? undefined : `${name}: ${problem}`;
  }

  private async runStage(words: readonly string[], stdin: Pipe | undefined, { sink, signal }: Around): Promise<number> {
    const [name, ...args] = words;
    if (name === undefined) return 0;
    const { stdout, stderr } = sink;
    if (name === 'kubectl')
      return this.host.kubectl(args, { stdout, stderr, signal, ...(stdin ? { stdin: await stdin.text() } : {}) });
    const io: BuiltinIo = {
      stdin: stdin ?? pipeOf(''),
      stdout,
      stderr,
      readFile: (file) => this.host.readFile(file),
      fileNames: () => this.host.fileNames(),
      signal,
      shell: this,
      screen: sink.screen ?? stdout,
    };
    const program = BUILTINS.find((one) => one.names.includes(name)) ?? TOOLS.find((one) => one.name === name);
    if (!program) return say(sink, `${name}: command not found. Type help for what this terminal knows.`, 127);
    try {
      return await program.run(args, io);
    } catch (thrown) {
      return this.failed(name, thrown, sink);
    }
  }

  private failed(name: string, thrown: unknown, sink: Sink): number {
    if (thrown instanceof SyntaxProblem) return say(sink, thrown.message, 2);
    if (thrown instanceof ToolError) return say(sink, `${name}: ${thrown.message}`, thrown.code);
    throw thrown;
  }

  /** Puts in what aliases stand for. An alias does not stand for itself. */
  private unaliased(words: readonly string[]): string[] {
    const seen = new Set<string>();
    let line = [...words];
    while (line[0] !== undefined && !seen.has(line[0])) {
      seen.add(line[0]);
      const meaning = this.aliases.get(line[0]);
      if (meaning === undefined) break;
      line = [...plainWords(meaning), ...line.slice(1)];
    }
    return line;
  }

  /** The words that one word becomes: what is not quoted of variables and outputs is split at blanks. */
  private async fields(word: Word, around: Around): Promise<string[]> {
    const fields: string[] = [];
    let field: string | undefined;
    for (const part of word) {
      const value = await this.valueOf(part, around);
      if (part.kind === 'text' || part.quoted) {
        field = (field ?? '') + value;
        continue;
      }
      for (const [index, piece] of value.split(/\s+/).entries()) {
        if (index > 0) {
          if (field !== undefined) fields.push(field);
          field = undefined;
        }
        if (piece !== '') field = (field ?? '') + piece;
      }
    }
    if (field !== undefined) fields.push(field);
    return fields;
  }

  private async text(word: Word, around: Around): Promise<string> {
    let text = '';
    for (const part of word) text += await this.valueOf(part, around);
    return text;
  }

  private async valueOf(part: Part, { sink, signal, depth }: Around): Promise<string> {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'variable') return part.name === '?' ? String(this.code) : (this.variables.get(part.name) ?? '');
    if (depth >= DEPTH_LIMIT) return '';
    let printed = '';
    const inner: Sink = { stdout: (text) => (printed += text), stderr: sink.stderr };
    await this.runScript(part.script, { sink: inner, signal, depth: depth + 1 });
    return printed.replace(/\n+$/, '');
  }
}

/** Where a command runs: what it prints to, what ends it, and in how many `$(…)`. */
interface Around {
  sink: Sink;
  signal: AbortSignal;
  depth: number;
}

interface Write {
  name: string;
  append: boolean;
  text: string;
}

function say(sink: Sink, text: string, code: number): number {
  sink.stderr(`${text}\n`);
  return code;
}
