import type { Json } from '../../api/objects';
import type { RequestFailure } from '../../api/requests';
import type { TrainingDevice } from '../../api/training';

/** What a process is given when it starts. Never changes while it runs. */
export interface ProgramSetup {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  /** What runs: the container's command, or nothing where the image's own program does. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly restartPolicy: string;
  /** What the container was given to compute on. */
  readonly device: TrainingDevice;
  readonly podIP: string;
  /** Who is at the other end of its standard streams; nobody where nothing is said. */
  readonly streams?: ProgramStreams;
}

/** The standard streams of a process. */
export interface ProgramStreams {
  /** Whether somebody sends it input; it is at its end where nobody does. */
  readonly stdin: boolean;
  /** Whether they are a terminal. */
  readonly tty: boolean;
  /** Whether what it prints goes to whoever started it, as it is; to the container's log otherwise. */
  readonly piped: boolean;
}

/** The files a process sees: its own file system and the volumes mounted in it. Paths are absolute. */
export interface ProgramFiles {
  read(path: string): string | undefined;
  /** Whether there is a file of this name, or files below it. */
  exists(path: string): boolean;
  /** Full paths of the files below a directory, in the order of first writing. */
  list(directory: string): string[];
}

/** The moment of a step, and what may be read in it. */
export interface ProgramContext {
  readonly setup: ProgramSetup;
  /** Virtual milliseconds since the cluster's start. */
  readonly nowMs: number;
  /** Milliseconds since the Unix epoch at the cluster's start. */
  readonly epochMs: number;
  readonly files: ProgramFiles;
  /** A device of the container that does not work; empty where all do. */
  readonly brokenDevice: string;
}

/** A request that a process serves. */
export interface ServedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
}

/** What a process is told. */
export type ProgramEvent =
  /** A sleep of the process is over. */
  | { kind: 'timer'; id: string }
  | { kind: 'signal'; signal: 'TERM' | 'QUIT' | 'INT' }
  /** Somebody asks the process something; it answers with `respond`. */
  | { kind: 'request'; request: ServedRequest }
  /** The answer to a request of the process: a code and a body, or why there is none. */
  | { kind: 'response'; id: string; code?: number; body?: Json; failure?: RequestFailure }
  | { kind: 'training'; run: string; result: Json }
  /** Bytes for its standard input, a character each; `ends`: none will follow. */
  | { kind: 'stdin'; data: string; ends: boolean }
  /** A device that the container was given has failed. */
  | { kind: 'deviceFailed'; device: string };

/** What a process wants done. Effects are carried out in their order; nothing after an exit counts. */
export type ProgramEffect =
  | { kind: 'log'; text: string }
  /** Bytes for whoever is at the other end of its streams. */
  | { kind: 'print'; stream: 'stdout' | 'stderr'; data: string }
  | { kind: 'exit'; code: number; reason?: 'OOMKilled' }
  /** The process is told when the time is over. One sleep for each id: setting it again moves it. */
  | { kind: 'sleep'; id: string; ms: number; endless?: boolean }
  | { kind: 'wake'; id: string }
  /** Accepts connections on a port; on every port with 0. */
  | { kind: 'serve'; port: number }
  | { kind: 'respond'; id: string; code: number; body?: Json; afterMs: number }
  /** The process waits for the answer so long, and for a connection no longer than it says. */
  | {
      kind: 'request';
      id: string;
      method: string;
      url: string;
      body?: Json;
      timeoutMs?: number;
      connectTimeoutMs?: number;
    }
  | { kind: 'writeFile'; path: string; text: string }
  | { kind: 'deleteFile'; path: string }
  /** Thousandths of a CPU used from now on. */
  | { kind: 'useCpu'; milli: number }
  /** Work that takes so many milliseconds of one CPU; answers given after it wait while a limit holds it back. */
  | { kind: 'spendCpu'; ms: number }
  /** Bytes of memory used from now on. */
  | { kind: 'useMemory'; bytes: number }
  /** Asks for a stretch of training that takes `ms` of virtual time. */
  | { kind: 'train'; run: string; request: Json; ms: number };

/** What a process becomes, and what it wants done. */
export interface Step<State> {
  state: State;
  effects: ProgramEffect[];
}

/**
 * A program is a pure step function over plain state: it is copied, replayed and rewound with everything else. It
 * owns the state it is given, may change it in place, and returns it.
 */
export interface Program<State extends object> {
  /** For as long as it runs it answers every request as it answered the first. */
  readonly steady?: true;
  start(io: ProgramIo): State;
  on(state: State, event: ProgramEvent, io: ProgramIo): State;
}

/**
 * One step's view of the world: what may be read, and the effects so far. A file that was written in this step is
 * read as written.
 */
export class ProgramIo {
  readonly effects: ProgramEffect[] = [];
  readonly #written = new Map<string, string | undefined>();

  constructor(readonly context: ProgramContext) {}

  get setup(): ProgramSetup {
    return this.context.setup;
  }

  do(effect: ProgramEffect): void {
    this.effects.push(effect);
  }

  /** One line, or several, to the container's log. */
  log(text: string): void {
    this.effects.push({ kind: 'log', text });
  }

  exit(code: number): void {
    this.effects.push({ kind: 'exit', code });
  }

  sleep(id: string, ms: number): void {
    this.effects.push({ kind: 'sleep', id, ms });
  }

  /** A sleep after which the process only sleeps again: it does not disturb the quiet. */
  idle(id: string, ms: number): void {
    this.effects.push({ kind: 'sleep', id, ms, endless: true });
  }

  read(path: string): string | undefined {
    return this.#written.has(path) ? this.#written.get(path) : this.context.files.read(path);
  }

  exists(path: string): boolean {
    if (this.#written.size === 0) return this.context.files.exists(path);
    return this.read(path) !== undefined || this.list(path).length > 0;
  }

  list(directory: string): string[] {
    const prefix = directory.endsWith('/') ? directory : `${directory}/`;
    const known = this.context.files.list(directory).filter((path) => !this.#written.has(path));
    for (const [path, text] of this.#written) if (text !== undefined && path.startsWith(prefix)) known.push(path);
    return known;
  }

  write(path: string, text: string): void {
    this.#written.set(path, text);
    this.effects.push({ kind: 'writeFile', path, text });
  }

  remove(path: string): void {
    this.#written.set(path, undefined);
    this.effects.push({ kind: 'deleteFile', path });
  }
}

/** A program whose state only it can read. */
export type AnyProgram = Program<object>;

/** Starts a process. */
export function startProgram(program: AnyProgram, context: ProgramContext): Step<object> {
  const io = new ProgramIo(context);
  const state = program.start(io);
  return { state, effects: io.effects };
}

/** Tells a process something. */
export function stepProgram(
  program: AnyProgram,
  state: object,
  event: ProgramEvent,
  context: ProgramContext,
): Step<object> {
  const io = new ProgramIo(context);
  const next = program.on(state, event, io);
  return { state: next, effects: io.effects };
}
