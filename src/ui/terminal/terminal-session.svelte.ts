import type { ApiClient } from '../../api/client';
import { defaultKubeconfig, type KubectlIo } from '../../kubectl/io';
import type { Files } from '../files/files.svelte';
import type { PageStorage } from '../files/page-storage';
import { lastCommandStart, storedHistory } from './command-line';
import type { OutputWriter } from './output-writer';
import { Output } from './output.svelte';
import type { ShellHost, Sink } from './shell/builtin';
import type { Shell } from './shell/shell';

export interface TerminalParts {
  client: ApiClient;
  nowMs: () => number;
  files: Files;
  /** Brings a file of the editor before the person. */
  openFile: (name: string) => void;
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
const ANNOUNCED_KEY = 'terminal-announced';

/** A file that kubectl edit waits for. */
export interface EditTurn {
  name: string;
  /** Ends the turn: with what stands in the file now, or as it was. */
  finish(save: boolean): void;
}

/** A terminal: what it printed, what was typed before, and the command that runs. kubectl's code is loaded when first used. */
export class TerminalSession {
  readonly output = new Output();
  running = $state(false);
  /** Whether output is read out as it comes. */
  announced = $state(false);
  editing = $state.raw<EditTurn | undefined>(undefined);
  /** What was typed, oldest first, each once. */
  history: string[];
  /** The line that a lesson has in mind; it is shown in grey as far as it has not been typed. */
  suggested = $state('');
  /** A line that was put into the prompt to be changed there; another object each time. */
  placed = $state.raw<{ line: string } | undefined>(undefined);

  readonly #parts: TerminalParts;
  readonly #kubeconfig = defaultKubeconfig();
  readonly #aborts = new Set<AbortController>();
  #shell: Promise<Shell> | undefined;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
    this.history = storedHistory(parts.storage.get(HISTORY_KEY));
    this.announced = parts.storage.get(ANNOUNCED_KEY) === 'on';
  }

  /** Puts a line into the prompt without running it. */
  put(line: string): void {
    this.placed = { line };
  }

  /** Runs what a person typed: one line or several. */
  async enter(line: string): Promise<void> {
    this.output.command(line);
    if (line.trim() === '') return;
    if (this.editing && /^:(wq?!?|x|q!?)$/.test(line.trim())) return this.editing.finish(!line.includes('q!'));
    this.#remember(line);
    const abort = new AbortController();
    this.#aborts.add(abort);
    this.running = true;
    try {
      const [writer, shell] = await Promise.all([this.output.open([]), this.#shellProgram()]);
      await shell.run(line, sinkFor(writer), abort.signal).finally(() => writer.end());
    } finally {
      this.#aborts.delete(abort);
      this.running = this.#aborts.size > 0;
    }
  }

  /** Ends what runs. Returns whether anything did. */
  interrupt(): boolean {
    if (this.#aborts.size === 0) return false;
    this.editing?.finish(false);
    for (const abort of this.#aborts) abort.abort();
    return true;
  }

  /** Turns the reading out of output on, off, or to the other of the two. */
  announce(on = !this.announced): boolean {
    this.announced = on;
    this.#parts.storage.set(ANNOUNCED_KEY, on ? 'on' : 'off');
    return on;
  }

  /** Runs kubectl for a button: the line is shown as if it had been typed. */
  async runShown(args: readonly string[], options: RunOptions = {}, comment = ''): Promise<Outcome> {
    this.output.command(`kubectl ${args.join(' ')}${comment ? `   # ${comment}` : ''}`);
    return this.run(args, await this.output.open(args), options);
  }

  /** Runs kubectl and prints to `writer`. */
  async run(args: readonly string[], writer: OutputWriter, options: RunOptions = {}): Promise<Outcome> {
    let stderr = '';
    const code = await this.#kubectl(args, options, {
      stdout: (text) => writer.stdout(text),
      stderr: (text) => {
        stderr += text;
        writer.stderr(text);
      },
    });
    writer.end();
    return { code, stderr };
  }

  /** The words that may stand at the cursor. */
  async complete(line: string, cursor: number): Promise<readonly string[]> {
    const before = line.slice(lastCommandStart(line.slice(0, cursor)), cursor).trimStart();
    const { aliases } = await this.#shellProgram();
    const words = before.split(/\s+/);
    if (words.length === 1) {
      const { PROGRAM_NAMES } = await import('./shell/builtins/registry');
      return ['kubectl', ...aliases.keys(), ...PROGRAM_NAMES].filter((word) => word.startsWith(before)).sort();
    }
    const expanded = before
      .replace(/^(?:watch\s+(?:-\S+\s+|[\d.]+\s+)*|xargs\s+)(?=\S+\s)/, '')
      .replace(/^\S+/, (word) => aliases.get(word) ?? word);
    const files = this.#parts.files.names;
    const flagged = /(?:^|\s)(?:-f|--filename|-k|--kustomize|--patch-file|--from-file)[ =](\S*)$/.exec(expanded);
    if (flagged || !/^kubectl\s/.test(expanded)) {
      const typed = flagged ? flagged[1]! : words.at(-1)!;
      return files.filter((name) => name.startsWith(typed));
    }
    const { complete } = await import('../../kubectl/complete');
    return complete(expanded, expanded.length, this.#parts.client);
  }

  #shellProgram(): Promise<Shell> {
    this.#shell ??= import('./shell/shell').then(({ Shell }) => new Shell(this.#host()));
    return this.#shell;
  }

  #host(): ShellHost {
    const { files, openFile } = this.#parts;
    return {
      kubectl: (args, { stdin, signal, stdout, stderr }) =>
        this.#kubectl(args, { signal, ...(stdin === undefined ? {} : { stdin }) }, { stdout, stderr }),
      readFile: (name) => this.#read(name),
      fileNames: () => files.names,
      writeFile: (name, text) => files.write(plainName(name), text),
      openFile: (name) => openFile(plainName(name)),
      clear: () => this.output.clear(),
      history: () => this.history,
      announce: (on) => (on === undefined ? this.announced : this.announce(on)),
    };
  }

  async #kubectl(
    args: readonly string[],
    { stdin, signal, client }: RunOptions,
    { stdout, stderr }: Pick<KubectlIo, 'stdout' | 'stderr'>,
  ): Promise<number> {
    const { runKubectl } = await import('../../kubectl/run');
    const io: KubectlIo = {
      stdout,
      stderr,
      readFile: (name) => this.#read(name),
      fileNames: () => this.#parts.files.names,
      writeFile: (name, text) => {
        const problem = this.#parts.files.write(plainName(name), text);
        if (problem !== undefined) throw new Error(`${name}: ${problem}`);
      },
      edit: (text, suffix) => this.#edit(text, suffix, stderr),
      nowMs: this.#parts.nowMs,
      kubeconfig: this.#kubeconfig,
      ...(stdin === undefined ? {} : { stdin }),
      ...(signal ? { signal } : {}),
    };
    return runKubectl([...args], client ?? this.#parts.client, io);
  }

  #read(name: string): string | undefined {
    return this.#parts.files.read(plainName(name));
  }

  /** Opens a text in the editor of the page, and waits until the person is done with it. */
  async #edit(text: string, suffix: string, say: (text: string) => void): Promise<string> {
    const { files, openFile } = this.#parts;
    if (this.editing) throw new Error(`${this.editing.name} is still open: save or discard it first`);
    let name = `kubectl-edit${suffix}`;
    for (let number = 2; files.names.includes(name); number++) name = `kubectl-edit-${number}${suffix}`;
    const before = files.openName;
    const problem = files.write(name, text);
    if (problem !== undefined) throw new Error(problem);
    openFile(name);
    say(`${name} is open in the editor. Type :wq here to save it, or press Ctrl C to leave all as it is.\n`);
    const saved = await new Promise<boolean>((resolve) => (this.editing = { name, finish: resolve }));
    this.editing = undefined;
    const edited = saved ? (files.read(name) ?? text) : text;
    files.remove(name);
    files.show(before);
    return edited;
  }

  #remember(line: string): void {
    this.history = [...this.history.filter((one) => one !== line), line].slice(-HISTORY_LIMIT);
    this.#parts.storage.set(HISTORY_KEY, JSON.stringify(this.history));
  }
}

/** `./a.yaml` is `a.yaml`: there is one folder. */
const plainName = (name: string): string => name.replace(/^(\.\/+)+/, '');

function sinkFor(writer: OutputWriter): Sink {
  return {
    stdout: (text) => writer.stdout(text),
    stderr: (text) => writer.stderr(text),
    about: (args) => writer.about(args),
    screen: (text) => writer.screen(text),
  };
}
