import type { Program, ProgramIo } from '../program';
import { takeResponse } from './network-commands';
import { parseScript } from './parser';
import { Shell } from './shell';
import type { Dialect, ShellState } from './state';
import { ShellSyntaxError } from './syntax';

const SHELLS = /^(\/(usr\/)?bin\/)?(sh|bash|ash)$/;

/** The script of `sh -c SCRIPT`; `undefined` where the command is no shell, empty where it has no script. */
export function scriptOf(command: readonly string[]): string | undefined {
  if (command[0] === undefined || !SHELLS.test(command[0])) return undefined;
  const flag = command.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  return flag < 0 ? '' : (command[flag + 1] ?? '');
}

function begin(io: ProgramIo, dialect: Dialect): ShellState {
  const command = [...io.setup.command, ...io.setup.args];
  const script = scriptOf(command);
  const state: ShellState = {
    scripts: [script ?? ''],
    words: script === undefined ? command : null,
    dialect,
    frames: [],
    variables: {},
    status: 0,
    traps: {},
    termPending: false,
    waiting: null,
    jobs: [],
    nextId: 0,
    captures: [],
    inputs: [],
    partial: '',
  };
  if (io.setup.streams?.stdin) state.stdin = { bytes: '', ended: false };
  if (state.stdin && script === '' && !command.some((word) => /^-[a-z]*c$/.test(word))) state.reads = true;
  return state;
}

/** A shell as process 1 of a container, or a command that runs without one. The state is its position. */
function shellProgram(dialect: Dialect): Program<ShellState> {
  return {
    start(io) {
      const state = begin(io, dialect);
      const shell = new Shell(state, io);
      try {
        if (!state.reads)
          state.frames = [{ script: 0, node: state.words ? 0 : parseScript(state.scripts[0]!).root, step: 0 }];
        shell.run();
      } catch (error) {
        fail(shell, error);
      }
      return state;
    },
    on(state, event, io) {
      const shell = new Shell(state, io);
      const goesOn = event.kind === 'response' ? takeResponse(shell, event) : shell.take(event);
      if (!goesOn) return state;
      try {
        shell.run();
      } catch (error) {
        fail(shell, error);
      }
      return state;
    },
  };
}

/** A script that is none ends the shell with the words a shell has for it. */
function fail(shell: Shell, error: unknown): void {
  if (!(error instanceof ShellSyntaxError)) throw error;
  shell.printToLog(`sh: ${error.message}\n`);
  shell.exit(2);
}

export const tinyShell = shellProgram('tiny');
export const busyboxShell = shellProgram('busybox');
