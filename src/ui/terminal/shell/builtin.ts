import type { ToolIo } from './tool';

/** Where the output of a script goes. */
export interface Sink {
  stdout(text: string): void;
  stderr(text: string): void;
  /** What follows is the output of kubectl with these arguments, in which names can be pointed at. */
  about?(args: readonly string[]): void;
  /** Shows a text in the place of the one that was shown so before. */
  screen?(text: string): void;
}

export interface KubectlStage extends Pick<Sink, 'stdout' | 'stderr'> {
  stdin?: string;
  signal: AbortSignal;
}

/** What surrounds a shell: kubectl, and the files of the editor. */
export interface ShellHost {
  kubectl(args: readonly string[], stage: KubectlStage): Promise<number>;
  readFile(name: string): string | undefined;
  fileNames(): readonly string[];
  /** Returns what is wrong with the name, or nothing. */
  writeFile(name: string, text: string): string | undefined;
  /** Opens a file in the editor. */
  openFile(name: string): void;
  clear(): void;
  history(): readonly string[];
  /** Turns the reading out of output on or off. */
  announce(on: boolean | undefined): boolean;
}

/** The shell, for programs that run others. */
export interface RunsCommands {
  readonly aliases: Map<string, string>;
  readonly variables: Map<string, string>;
  readonly host: ShellHost;
  run(script: string, sink: Sink, signal: AbortSignal): Promise<number>;
  /** Runs one command that is already split into words. */
  runWords(words: readonly string[], sink: Sink, signal: AbortSignal): Promise<number>;
}

export interface BuiltinIo extends ToolIo {
  shell: RunsCommands;
  /** Shows a text in the place of the one that was shown so before. */
  screen(text: string): void;
}

/** A program that needs the shell or the page around it. */
export interface Builtin {
  names: readonly string[];
  /** One line for `help`; hidden without. */
  about: string;
  run(args: readonly string[], io: BuiltinIo): Promise<number>;
}
