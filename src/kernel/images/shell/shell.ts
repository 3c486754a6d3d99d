import { bytesOf, textOf } from '../../../base/bytes';
import type { ProgramEvent, ProgramIo } from '../program';
import { evaluate } from './arithmetic';
import { absolute, type CommandResult, type ShellHost } from './command';
import { commandOf, plainName } from './commands';
import { readsInput } from './standard-input';
import { isUnfinished, parseScript, scriptOfCommand } from './parser';
import type { Frame, ShellState, Waiting } from './state';
import { ShellSyntaxError, type Redirect, type ShellNode, type ShellScript, type Word, type WordPart } from './syntax';

type Simple = ShellNode & { kind: 'simple' };

/** A shell that never waits is interrupted after this many steps, as if they had taken a moment. */
const STEPS_A_TURN = 2000;
const TURN_MS = 100;
const CAPTURE_LIMIT = 1 << 20;
const INPUT_LIMIT = 16 << 20;

/** A running shell during one step: its state, and the step's view of the world. */
export class Shell implements ShellHost {
  /** Where standard error of the command goes that runs: its own stream, where standard output goes, or a file. */
  #errors: 'stderr' | 'stdout' | { text: string } = 'stderr';

  constructor(
    readonly state: ShellState,
    readonly io: ProgramIo,
  ) {}

  /** Runs until the shell waits or ends. */
  run(): void {
    for (let step = 0; step < STEPS_A_TURN; step++) {
      const { state } = this;
      if (state.waiting) return;
      if (state.termPending) this.#trap();
      const frame = state.frames.at(-1);
      if (!frame && !state.reads) return this.exit(state.status);
      if (frame ? !this.#advance(frame) : !this.#readLine()) return;
    }
    this.waitFor({ kind: 'sleep' });
    this.io.idle('sleep', TURN_MS);
  }

  waitFor(waiting: Waiting): void {
    this.state.waiting = waiting;
  }

  /** Ends the process. */
  exit(code: number): void {
    if (this.state.partial) this.io.log(this.state.partial);
    this.state.partial = '';
    this.state.frames = [];
    this.io.exit(code & 255);
  }

  /** Whether what happens now will happen again: a sleep in a loop. */
  get inLoop(): boolean {
    return this.state.frames.some((frame) => this.#node(frame).kind === 'while');
  }

  /** Standard output: the next command of a pipe, or the log. */
  print(text: string): void {
    const { captures } = this.state;
    if (captures.length > 0) {
      const last = captures.length - 1;
      captures[last] = (captures[last]! + text).slice(0, CAPTURE_LIMIT);
    } else if (this.#piped) this.io.do({ kind: 'print', stream: 'stdout', data: bytesOf(text) });
    else this.#log(text);
  }

  /** Standard output in bytes, a character each. */
  printBytes(bytes: string): void {
    if (this.#piped && this.state.captures.length === 0) this.io.do({ kind: 'print', stream: 'stdout', data: bytes });
    else this.print(textOf(bytes));
  }

  /** Standard error: the container's log, line by line. */
  printToLog(text: string): void {
    if (this.#errors === 'stdout') this.print(text);
    else if (this.#errors !== 'stderr') this.#errors.text += text;
    else if (this.#piped) this.io.do({ kind: 'print', stream: 'stderr', data: bytesOf(text) });
    else this.#log(text);
  }

  get #piped(): boolean {
    return this.io.setup.streams?.piped === true;
  }

  #log(text: string): void {
    const lines = (this.state.partial + text).split('\n');
    this.state.partial = lines.pop()!;
    for (const line of lines) this.io.log(line);
  }

  variable(name: string): string | undefined {
    const { variables } = this.state;
    if (Object.hasOwn(variables, name)) return variables[name];
    const { env } = this.io.setup;
    return Object.hasOwn(env, name) ? env[name] : undefined;
  }

  setVariable(name: string, value: string): void {
    Object.defineProperty(this.state.variables, name, { value, writable: true, enumerable: true, configurable: true });
  }

  /** Leaves the innermost loop, or begins its next round. Returns false outside of loops. */
  leaveLoop(again: boolean): boolean {
    const { frames } = this.state;
    const isLoop = (frame: Frame): boolean => ['while', 'for'].includes(this.#node(frame).kind);
    if (!frames.some(isLoop)) return false;
    while (!isLoop(frames.at(-1)!)) frames.pop();
    const loop = frames.at(-1)!;
    if (!again) frames.pop();
    else if (this.#node(loop).kind === 'while') loop.step = 0;
    return true;
  }

  #script(index: number): ShellScript {
    const { words, scripts } = this.state;
    return words && index === 0 ? scriptOfCommand(words) : parseScript(scripts[index]!);
  }

  #node(frame: Frame): ShellNode {
    return this.#script(frame.script).nodes[frame.node]!;
  }

  #enter(script: number, node: number): void {
    this.state.frames.push({ script, node, step: 0 });
  }

  /** Enters another text: a trap, a command substitution. */
  #enterText(text: string): void {
    let index = this.state.scripts.indexOf(text, 1);
    if (index < 0) index = this.state.scripts.push(text) - 1;
    this.#enter(index, this.#script(index).root);
  }

  #trap(): void {
    const action = this.state.traps['TERM'];
    this.state.termPending = false;
    if (action) this.#enterText(action);
  }

  /** One step of the innermost frame. Returns false when the process has ended. */
  #advance(frame: Frame): boolean {
    const node = this.#node(frame);
    if (node.kind === 'simple') return this.#simple(frame, node);
    if (!this.#compound(frame, node)) this.state.frames.pop();
    return true;
  }

  /** Enters the next part of a node; false when there is none. */
  #compound(frame: Frame, node: Exclude<ShellNode, Simple>): boolean {
    const enter = (child: number): boolean => {
      frame.step += 1;
      this.#enter(frame.script, child);
      return true;
    };
    const ok = this.state.status === 0;
    switch (node.kind) {
      case 'list':
        return frame.step < node.items.length && enter(node.items[frame.step]!);
      case 'and':
      case 'or':
        if (frame.step === 0) return enter(node.left);
        return frame.step === 1 && ok === (node.kind === 'and') && enter(node.right);
      case 'not':
        if (frame.step === 0) return enter(node.command);
        this.state.status = ok ? 1 : 0;
        return false;
      case 'if':
        return this.#if(frame, node, enter, ok);
      case 'while':
        if (frame.step === 0) return enter(node.condition);
        this.state.status = 0;
        if (ok === node.until) return false;
        enter(node.body);
        frame.step = 0;
        return true;
      case 'for':
        return this.#for(frame, node, enter);
      case 'pipe':
        return this.#pipe(frame, node, enter);
    }
  }

  #if(frame: Frame, node: ShellNode & { kind: 'if' }, enter: (child: number) => boolean, ok: boolean): boolean {
    if (frame.step === 0) return enter(node.condition);
    if (frame.step > 1) return false;
    if (ok) return enter(node.then);
    this.state.status = 0;
    return node.else !== null && enter(node.else);
  }

  #for(frame: Frame, node: ShellNode & { kind: 'for' }, enter: (child: number) => boolean): boolean {
    frame.items ??= node.words.flatMap((word) => this.#expand(word, []));
    const item = frame.items[frame.step];
    if (item === undefined) return false;
    this.setVariable(node.name, item);
    return enter(node.body);
  }

  #pipe(frame: Frame, node: ShellNode & { kind: 'pipe' }, enter: (child: number) => boolean): boolean {
    const { captures, inputs } = this.state;
    if (frame.step === 0) {
      captures.push('');
      return enter(node.left);
    }
    if (frame.step === 1) {
      inputs.push(captures.pop() ?? '');
      return enter(node.right);
    }
    inputs.pop();
    return false;
  }

  /** Runs a simple command once the outputs it needs are there. */
  #simple(frame: Frame, node: Simple): boolean {
    const substitutions = substitutionsOf(node);
    if (substitutions.length > 0) {
      frame.results ??= [];
      if (frame.step > frame.results.length) frame.results.push((this.state.captures.pop() ?? '').replace(/\n+$/, ''));
      const next = substitutions[frame.step];
      if (next !== undefined) {
        frame.step += 1;
        this.state.captures.push('');
        this.#enterText(next);
        return true;
      }
    }
    const results = frame.results ?? [];
    if (this.#awaitsInput(node, results)) {
      this.waitFor({ kind: 'stdin' });
      return true;
    }
    this.state.frames.pop();
    const result = this.#execute(node, [...results]);
    if (result === 'exited') return false;
    if (result !== 'waits') this.state.status = result;
    return true;
  }

  #execute(node: Simple, results: string[]): CommandResult {
    for (const { name, value } of node.assignments) this.setVariable(name, this.#expand(value, results).join(' '));
    const [name, ...args] = node.words.flatMap((word) => this.#expand(word, results));
    const redirects = node.redirects.map((redirect) => ({
      ...redirect,
      path: this.#expand(redirect.target, results).join(' '),
    }));
    const input = redirects.find((redirect) => redirect.operator === '<');
    const text = input ? this.io.read(absolute(input.path)) : this.#standardInput(name, args);
    if (input && text === undefined) {
      this.printToLog(`sh: can't open ${input.path}: no such file\n`);
      return 1;
    }
    if (text !== undefined) this.state.inputs.push(text);
    const run = (): CommandResult =>
      name === undefined ? 0 : commandOf(this.state.dialect, name)(this, args, node.background);
    const result = this.#redirected(redirects, run);
    if (text !== undefined) this.state.inputs.pop();
    return result;
  }

  /** Runs a command with its output where redirections lead it. */
  #redirected(redirects: readonly (Redirect & { path: string })[], run: () => CommandResult): CommandResult {
    const output = redirects.find(({ operator, stream }) => operator !== '<' && stream === 1);
    const errors = redirects.find(({ operator, stream }) => operator !== '<' && stream === 2);
    const file = errors && errors.operator !== '&' ? { text: '' } : undefined;
    if (errors) this.#errors = file ?? 'stdout';
    if (output) this.state.captures.push('');
    const result = run();
    const printed = output ? (this.state.captures.pop() ?? '') : '';
    this.#errors = 'stderr';
    if (errors && file) this.#store(errors, errors.path, file.text);
    if (output?.operator === '&') this.printToLog(printed);
    else if (output) this.#store(output, output.path, printed);
    return result;
  }

  /** What a command reads that stands in no pipe: all that came of the process's standard input. */
  #standardInput(name: string | undefined, args: readonly string[]): string | undefined {
    const { stdin, inputs } = this.state;
    if (!stdin?.ended || inputs.length > 0 || name === undefined || !readsInput(name, args)) return undefined;
    const { bytes } = stdin;
    stdin.bytes = '';
    return plainName(name) === 'tar' ? bytes : textOf(bytes);
  }

  /** Whether the next command needs standard input that has not come to its end. */
  #awaitsInput(node: Simple, results: readonly string[]): boolean {
    const { stdin, inputs } = this.state;
    if (!stdin || stdin.ended || inputs.length > 0 || node.redirects.some(({ operator }) => operator === '<'))
      return false;
    const left = [...results];
    for (const { value } of node.assignments) this.#expand(value, left);
    const [name, ...args] = node.words.flatMap((word) => this.#expand(word, left));
    return name !== undefined && readsInput(name, args);
  }

  /** Enters the next line of the script that comes by standard input. Returns false where it has to wait, or has ended. */
  #readLine(): boolean {
    const { state } = this;
    const stdin = state.stdin ?? { bytes: '', ended: true };
    for (let end = stdin.bytes.indexOf('\n'); ; end = stdin.bytes.indexOf('\n', end + 1)) {
      if (end < 0 && !stdin.ended) {
        this.#prompt();
        this.waitFor({ kind: 'stdin' });
        return false;
      }
      const text = textOf(end < 0 ? stdin.bytes : stdin.bytes.slice(0, end));
      if (end < 0 && text === '') {
        this.exit(state.status);
        return false;
      }
      if (end >= 0 && isUnfinished(text)) continue;
      stdin.bytes = end < 0 ? '' : stdin.bytes.slice(end + 1);
      if (text.trim() !== '') this.#enterLine(text);
      return true;
    }
  }

  #enterLine(text: string): void {
    const { scripts } = this.state;
    scripts.length = Math.min(scripts.length, 1);
    try {
      this.#enterText(text);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      this.printToLog(`sh: ${error.message}\n`);
      this.state.status = 2;
    }
  }

  /** Asks for the next line, where somebody sits at a terminal. */
  #prompt(): void {
    if (this.io.setup.streams?.tty) this.print('/ # ');
  }

  #store(redirect: Redirect, path: string, text: string): void {
    if (path === '/dev/null') return;
    if (path === '/dev/stdout' || path === '/dev/stderr' || path.startsWith('/proc/')) return this.printToLog(text);
    const target = absolute(path);
    const before = redirect.operator === '>>' ? (this.io.read(target) ?? '') : '';
    this.io.write(target, before + text);
  }

  /** The words that a word becomes: unquoted variables are split at blanks. Takes used outputs off `results`. */
  #expand(word: Word, results: string[]): string[] {
    const words: string[] = [];
    let current: string | null = null;
    for (const part of word) {
      const { text, splits } = this.#part(part, results);
      if (!splits) {
        current = (current ?? '') + text;
        continue;
      }
      const pieces = text.split(/\s+/);
      for (const [index, piece] of pieces.entries()) {
        if (index > 0 && current !== null) {
          words.push(current);
          current = null;
        }
        if (piece !== '') current = (current ?? '') + piece;
      }
    }
    if (current !== null) words.push(current);
    return words;
  }

  #part(part: WordPart, results: string[]): { text: string; splits: boolean } {
    switch (part.kind) {
      case 'text':
        return { text: part.text, splits: false };
      case 'variable': {
        const value = this.variable(part.name);
        const text = value === undefined || (value === '' && part.fallback !== null) ? (part.fallback ?? '') : value;
        return { text, splits: !part.quoted };
      }
      case 'status':
        return { text: String(this.state.status), splits: false };
      case 'arithmetic':
        return { text: String(evaluate(part.text, (name) => this.variable(name) ?? '') ?? 0), splits: false };
      case 'command':
        return { text: results.shift() ?? '', splits: !part.quoted };
    }
  }

  /** Takes an event in. Returns whether the shell may go on. */
  take(event: ProgramEvent): boolean {
    const { state } = this;
    if (event.kind === 'signal') return this.#signal(event.signal);
    if (event.kind === 'stdin') return this.#input(event);
    if (event.kind !== 'timer') return false;
    if (event.id === 'sleep') {
      if (state.waiting?.kind !== 'sleep') return false;
      state.waiting = null;
      return true;
    }
    state.jobs = state.jobs.filter((job) => job !== event.id);
    if (state.waiting?.kind !== 'jobs' || state.jobs.length > 0) return false;
    state.waiting = null;
    return true;
  }

  /** Ctrl-C: the command that runs ends, and with it the process where that is no shell that asks for the next one. */
  #interrupt(): boolean {
    const { state } = this;
    state.frames = [];
    state.waiting = null;
    state.status = 130;
    return true;
  }

  #input({ data, ends }: ProgramEvent & { kind: 'stdin' }): boolean {
    const { stdin, waiting } = this.state;
    if (!stdin || stdin.ended) return false;
    stdin.bytes = (stdin.bytes + data).slice(0, INPUT_LIMIT);
    stdin.ended = ends;
    if (waiting?.kind !== 'stdin') return false;
    this.state.waiting = null;
    return true;
  }

  /** Process 1 ignores a signal that it has no handler for; a handler waits for the foreground command. */
  #signal(signal: string): boolean {
    const { state } = this;
    if (signal === 'INT' && this.#piped) return this.#interrupt();
    if (signal !== 'TERM' || !Object.hasOwn(state.traps, 'TERM')) return false;
    state.termPending = true;
    if (state.waiting?.kind !== 'jobs') return state.waiting === null;
    state.waiting = null;
    state.status = 143;
    return true;
  }
}

function substitutionsOf(node: Simple): string[] {
  const found: string[] = [];
  const words = [
    ...node.assignments.map((one) => one.value),
    ...node.words,
    ...node.redirects.map((one) => one.target),
  ];
  for (const word of words) for (const part of word) if (part.kind === 'command') found.push(part.script);
  return found;
}
