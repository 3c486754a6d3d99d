import { absolute, type Command } from './command';
import { NETWORK_COMMANDS } from './network-commands';
import type { Dialect } from './state';
import { tar } from './tar-command';
import { TEST_COMMANDS } from './test-command';
import { TEXT_COMMANDS } from './text-commands';

const succeed: Command = () => 0;

const UNITS: Record<string, number> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const sleep: Command = (shell, args, background) => {
  const [text = ''] = args;
  const match = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(text);
  if (!match && text !== 'infinity') {
    shell.print(text ? `sleep: invalid number '${text}'\n` : 'BusyBox v1.36: Usage: sleep [N]...\n');
    return 1;
  }
  const ms = match ? Number(match[1]) * UNITS[match[2]!]! : Infinity;
  const id = background ? `job${shell.state.nextId++}` : 'sleep';
  if (background) shell.state.jobs.push(id);
  else shell.waitFor({ kind: 'sleep' });
  if (ms < Infinity) shell.io.do({ kind: 'sleep', id, ms, endless: shell.inLoop });
  return background ? 0 : 'waits';
};

const wait: Command = (shell) => {
  if (shell.state.jobs.length === 0) return 0;
  shell.waitFor({ kind: 'jobs' });
  return 'waits';
};

const exit: Command = (shell, args) => {
  const code = args[0] === undefined ? shell.state.status : Number(args[0]);
  if (Number.isNaN(code)) shell.printToLog(`sh: Illegal number: ${args[0]}\n`);
  shell.exit(Number.isNaN(code) ? 2 : code);
  return 'exited';
};

const echo: Command = (shell, args) => {
  const bare = args[0] === '-n';
  const escapes = args[0] === '-e';
  const text = (bare || escapes ? args.slice(1) : args).join(' ');
  shell.print((escapes ? text.replaceAll('\\n', '\n').replaceAll('\\t', '\t') : text) + (bare ? '' : '\n'));
  return 0;
};

const touch: Command = (shell, args) => {
  for (const path of args.map(absolute)) shell.io.write(path, shell.io.read(path) ?? '');
  return 0;
};

const rm: Command = (shell, args) => {
  const flags = args.filter((arg) => arg.startsWith('-')).join('');
  let status = 0;
  for (const arg of args.filter((one) => !one.startsWith('-'))) {
    const path = absolute(arg);
    const files = /r/i.test(flags) ? shell.io.list(path) : [];
    if (shell.io.read(path) !== undefined) files.push(path);
    for (const file of files) shell.io.remove(file);
    if (files.length > 0 || flags.includes('f')) continue;
    shell.printToLog(`rm: can't remove '${arg}': No such file or directory\n`);
    status = 1;
  }
  return status;
};

const cat: Command = (shell, args) => {
  if (args.length === 0) shell.print(shell.state.inputs.at(-1) ?? '');
  let status = 0;
  for (const arg of args) {
    const text = shell.io.read(absolute(arg));
    if (text !== undefined) shell.print(text);
    else {
      shell.printToLog(`cat: ${arg}: No such file or directory\n`);
      status = 1;
    }
  }
  return status;
};

const trap: Command = (shell, args) => {
  const [action = '', ...signals] = args;
  for (const signal of signals) {
    const name = signal.replace(/^SIG/, '').replace(/^15$/, 'TERM');
    if (action === '-') delete shell.state.traps[name];
    else if (name !== '__proto__') shell.state.traps[name] = action;
  }
  return 0;
};

const oom: Command = (shell) => {
  shell.io.do({ kind: 'exit', code: 137, reason: 'OOMKilled' });
  return 'exited';
};

/** What the recorded clusters' containers know. */
const TINY: Record<string, Command> = {
  ':': succeed,
  true: succeed,
  false: () => 1,
  mkdir: succeed,
  cd: succeed,
  chmod: succeed,
  set: succeed,
  exec: succeed,
  wait,
  sleep,
  exit,
  echo,
  touch,
  rm,
  cat,
  trap,
  oom,
  ...TEST_COMMANDS,
};

const replaceShell: Command = (shell, args, background) => {
  const [name, ...rest] = args;
  if (name === undefined) return 0;
  const result = commandOf(shell.state.dialect, name)(shell, rest, background);
  if (result === 'exited') return result;
  shell.state.frames = [];
  return result;
};

const unset: Command = (shell, args) => {
  for (const name of args) shell.setVariable(name, '');
  return 0;
};

const assign: Command = (shell, args) => {
  for (const arg of args) {
    const at = arg.indexOf('=');
    if (at > 0) shell.setVariable(arg.slice(0, at), arg.slice(at + 1));
  }
  return 0;
};

const leave =
  (again: boolean): Command =>
  (shell) => {
    shell.leaveLoop(again);
    return 0;
  };

/** What a container with a busybox in it knows. */
const BUSYBOX: Record<string, Command> = {
  ...TINY,
  exec: replaceShell,
  export: assign,
  local: assign,
  readonly: assign,
  unset,
  break: leave(false),
  continue: leave(true),
  umask: succeed,
  sync: succeed,
  chown: succeed,
  ...TEXT_COMMANDS,
  ...NETWORK_COMMANDS,
  tar,
};

const DIALECTS: Record<Dialect, Record<string, Command>> = { tiny: TINY, busybox: BUSYBOX };

/** A program's name without the folder it is found in. */
export const plainName = (name: string): string => name.replace(/^\/(usr\/)?(local\/)?s?bin\//, '');

/** Whether a program of this name can be run without a shell. */
export function isProgram(dialect: Dialect, name: string): boolean {
  const builtIn = [
    ':',
    'set',
    'exec',
    'wait',
    'exit',
    'trap',
    'cd',
    'export',
    'local',
    'readonly',
    'unset',
    'break',
    'continue',
    'umask',
  ];
  const plain = plainName(name);
  return Object.hasOwn(DIALECTS[dialect], plain) && !builtIn.includes(plain);
}

/** The command of a name; one that says it was not found where there is none. */
export function commandOf(dialect: Dialect, name: string): Command {
  const commands = DIALECTS[dialect];
  const plain = plainName(name);
  if (Object.hasOwn(commands, plain)) return commands[plain]!;
  return (shell) => {
    shell.printToLog(`sh: ${name}: not found\n`);
    return 127;
  };
}
