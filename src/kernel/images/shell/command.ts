import type { ProgramIo } from '../program';
import type { ShellState, Waiting } from './state';

/** What a command may do with the shell that runs it. */
export interface ShellHost {
  readonly state: ShellState;
  readonly io: ProgramIo;
  /** Standard output: the next command of a pipe, or the log. */
  print(text: string): void;
  /** Standard output in bytes, a character each. */
  printBytes(bytes: string): void;
  /** Standard error: the container's log, line by line. */
  printToLog(text: string): void;
  setVariable(name: string, value: string): void;
  waitFor(waiting: Waiting): void;
  /** Ends the process. */
  exit(code: number): void;
  /** Leaves the innermost loop, or begins its next round. Returns false outside of loops. */
  leaveLoop(again: boolean): boolean;
  /** Whether what happens now will happen again: it stands in a loop. */
  readonly inLoop: boolean;
}

/** The status of a command that is done; `waits` where the shell has to wait, `exited` where it has ended. */
export type CommandResult = number | 'waits' | 'exited';

/** A command of the shell. `background`: it was followed by `&`. */
export type Command = (shell: ShellHost, args: string[], background: boolean) => CommandResult;

/** A path from the root: every shell stands there. */
export function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
