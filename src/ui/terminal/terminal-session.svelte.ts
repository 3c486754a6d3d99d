import type { ApiClient } from '../../api/client';
import { defaultKubeconfig, type KubectlIo } from '../../kubectl/io';
import type { Files } from '../files/files.svelte';
import type { PageStorage } from '../files/page-storage';
import { splitWords } from '../../kubectl/split-words';
import { Output, type OutputWriter } from './output.svelte';

export interface TerminalParts {
  client: ApiClient;
  nowMs: () => number;
  files: Files;
  /** Where the lines that were typed are kept from visit to visit. */
  storage: PageStorage;
}

/** How a command ended. */
export interface Outcome {
  code: number;
  stderr: string;
}

interface RunOptions {
  stdin?: string;
  /** Another way to the cluster, such as one that notes refusals. */
  client?: ApiClient;
  signal?: AbortSignal;
}

const HISTORY_LIMIT = 200;
const HISTORY_KEY = 'history';
const HELP = [
  'kubectl VERB …   talks to this cluster, as it would to a real one; try kubectl --help',
  'ls               the files of the editor, which kubectl apply -f reads',
  'cat FILE         prints one of them',
  'clear            empties the terminal (Ctrl L)',
  '',
  'Tab completes, → takes what is shown in grey, ↑ and ↓ bring earlier lines back, Ctrl R searches them,',
  'Ctrl C ends -w and -f.',
];

/** A terminal: what it printed, what was typed before, and the command that runs. kubectl's code is loaded when first used. */
export class TerminalSession {
  readonly output = new Output();
  running = $state(false);
  /** Lines that were typed, oldest first, each once. */
  history: string[];
  /** The line that a lesson has in mind; it is shown in grey as far as it has not been typed. */
  suggested = $state('');
  /** A line that was put into the prompt to be changed there; another object each time. */
  placed = $state.raw<{ line: string } | undefined>(undefined);

  readonly #parts: TerminalParts;
  readonly #kubeconfig = defaultKubeconfig();
  #abort: AbortController | undefined;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
    this.history = (parts.storage.get(HISTORY_KEY) ?? '').split('\n').filter((line) => line !== '');
  }

  /** Puts a line into the prompt without running it. */
  put(line: string): void {
    this.placed = { line };
  }

  /** Runs a line that a person typed. */
  async enter(line: string): Promise<void> {
    this.output.command(line);
    if (line.trim() === '') return;
    this.#remember(line);
    const words = splitWords(line);
    if ('problem' in words) {
      this.#say(words.problem);
      return;
    }
    const [program = '', ...args] = words;
    if (program === 'kubectl' || program === 'k') await this.#interactive(args);
    else this.#builtin(program, args);
  }

  /** Ends the command that runs. Returns whether there was one. */
  interrupt(): boolean {
    if (!this.#abort) return false;
    this.#abort.abort();
    return true;
  }

  /** Runs kubectl for a button: the line is shown as if it had been typed. */
  async runShown(args: readonly string[], options: RunOptions = {}, comment = ''): Promise<Outcome> {
    this.output.command(`kubectl ${args.join(' ')}${comment ? `   # ${comment}` : ''}`);
    return this.run(args, this.output.open(args), options);
  }

  /** Runs kubectl and prints to `writer`. */
  async run(args: readonly string[], writer: OutputWriter, options: RunOptions = {}): Promise<Outcome> {
    const { runKubectl } = await import('../../kubectl/run');
    let stderr = '';
    const io: KubectlIo = {
      stdout: (text) => writer.stdout(text),
      stderr: (text) => {
        stderr += text;
        writer.stderr(text);
      },
      readFile: (name) => this.#parts.files.read(name),
      fileNames: () => this.#parts.files.names,
      writeFile: (name, text) => this.#parts.files.write(name, text),
      nowMs: this.#parts.nowMs,
      kubeconfig: this.#kubeconfig,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      ...(options.signal ? { signal: options.signal } : {}),
    };
    const code = await runKubectl([...args], options.client ?? this.#parts.client, io);
    writer.end();
    return { code, stderr };
  }

  /** The words that may stand at the cursor. */
  async complete(line: string, cursor: number): Promise<readonly string[]> {
    const before = line.slice(0, cursor);
    const file = /^\s*cat\s+(\S*)$/.exec(before);
    if (file) return this.#parts.files.names.filter((name) => name.startsWith(file[1]!));
    if (!/^\s*(kubectl|k)\s/.test(before)) {
      return ['kubectl', 'clear', 'help', 'ls', 'cat'].filter((word) => word.startsWith(before.trimStart()));
    }
    const { complete } = await import('../../kubectl/complete');
    const flagged = /(?:^|\s)(?:-f|--filename)[ =](\S*)$/.exec(before);
    if (flagged) return this.#parts.files.names.filter((name) => name.startsWith(flagged[1]!));
    return complete(line, cursor, this.#parts.client);
  }

  #remember(line: string): void {
    this.history = [...this.history.filter((one) => one !== line), line].slice(-HISTORY_LIMIT);
    this.#parts.storage.set(HISTORY_KEY, this.history.join('\n'));
  }

  async #interactive(args: readonly string[]): Promise<void> {
    this.#abort = new AbortController();
    this.running = true;
    try {
      await this.run(args, this.output.open(args), { signal: this.#abort.signal });
    } finally {
      this.#abort = undefined;
      this.running = false;
    }
  }

  #builtin(program: string, args: readonly string[]): void {
    if (program === 'clear') this.output.clear();
    else if (program === 'help') for (const line of HELP) this.output.add('output', [{ text: line }]);
    else if (program === 'ls') for (const name of this.#parts.files.names) this.output.add('output', [{ text: name }]);
    else if (program === 'cat') this.#cat(args);
    else this.#say(`${program}: command not found. This terminal knows kubectl, ls, cat, clear and help.`);
  }

  #cat(names: readonly string[]): void {
    for (const name of names) {
      const text = this.#parts.files.read(name);
      if (text === undefined) this.#say(`cat: ${name}: No such file or directory`);
      else for (const line of text.replace(/\n$/, '').split('\n')) this.output.add('output', [{ text: line }]);
    }
  }

  #say(text: string): void {
    this.output.add('error', [{ text }]);
  }
}
