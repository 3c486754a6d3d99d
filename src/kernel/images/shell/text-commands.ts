import { formatTime } from '../../../api/time';
import { absolute, type Command, type ShellHost } from './command';

/** The text a filter works on: of its files, or of the pipe. */
function inputOf(shell: ShellHost, name: string, paths: string[]): string | undefined {
  if (paths.length === 0) return shell.state.inputs.at(-1) ?? '';
  let all = '';
  for (const path of paths) {
    const text = shell.io.read(absolute(path));
    if (text === undefined) {
      shell.printToLog(`${name}: ${path}: No such file or directory\n`);
      return undefined;
    }
    all += text;
  }
  return all;
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

const date: Command = (shell, args) => {
  const time = formatTime(shell.io.context.epochMs + shell.io.context.nowMs);
  const seconds = Math.floor((shell.io.context.epochMs + shell.io.context.nowMs) / 1000);
  if (args[0] === '+%s') shell.print(`${seconds}\n`);
  else if (args.some((arg) => arg.startsWith('+%T') || arg.startsWith('+%H'))) shell.print(`${time.slice(11, 19)}\n`);
  else shell.print(`${time}\n`);
  return 0;
};

const hostname: Command = (shell, args) => {
  shell.print(`${args[0] === '-i' ? shell.io.setup.podIP : shell.io.setup.pod}\n`);
  return 0;
};

const env: Command = (shell) => {
  for (const [name, value] of Object.entries(shell.io.setup.env)) shell.print(`${name}=${value}\n`);
  return 0;
};

const ls: Command = (shell, args) => {
  const paths = args.filter((arg) => !arg.startsWith('-'));
  for (const arg of paths.length > 0 ? paths : ['/']) {
    const path = absolute(arg);
    if (!shell.io.exists(path) && path !== '/') {
      shell.printToLog(`ls: ${arg}: No such file or directory\n`);
      return 1;
    }
    const prefix = path === '/' ? 1 : path.length + 1;
    const names = new Set(shell.io.list(path).map((file) => file.slice(prefix).split('/')[0]!));
    if (shell.io.read(path) !== undefined) names.add(arg);
    for (const name of [...names].sort()) shell.print(`${name}\n`);
  }
  return 0;
};

const filter =
  (
    name: string,
    apply: (lines: string[], args: string[]) => string[] | undefined,
    valued: readonly string[],
  ): Command =>
  (shell, args) => {
    const options: string[] = [];
    const paths: string[] = [];
    for (let index = 0; index < args.length; index++) {
      const arg = args[index]!;
      if (valued.includes(arg)) options.push(arg, args[++index] ?? '');
      else if (arg.startsWith('-') && arg.length > 1) options.push(arg);
      else paths.push(arg);
    }
    const pattern = name === 'grep' ? [paths.shift() ?? ''] : [];
    const text = inputOf(shell, name, paths);
    if (text === undefined) return 1;
    const lines = apply(linesOf(text), [...options, ...pattern]);
    if (lines === undefined) return 1;
    for (const line of lines) shell.print(`${line}\n`);
    return 0;
  };

const countOf = (options: string[]): number => {
  const at = options.indexOf('-n');
  return Number(at >= 0 ? options[at + 1] : (options[0]?.slice(1) ?? 10)) || 10;
};

const grep = filter(
  'grep',
  (lines, options) => {
    const pattern = options.pop()!;
    const flags = options.join('');
    const wanted = (line: string): boolean =>
      (flags.includes('i') ? line.toLowerCase().includes(pattern.toLowerCase()) : line.includes(pattern)) !==
      flags.includes('v');
    const found = lines.filter(wanted);
    if (found.length === 0) return undefined;
    return flags.includes('q') ? [] : flags.includes('c') ? [String(found.length)] : found;
  },
  [],
);

const wc = filter('wc', (lines) => [String(lines.length)], []);
const head = filter('head', (lines, options) => lines.slice(0, countOf(options)), ['-n']);
const tail = filter('tail', (lines, options) => lines.slice(-countOf(options)), ['-n']);
const sort = filter('sort', (lines, options) => (options.includes('-r') ? lines.sort().reverse() : lines.sort()), []);

const tee: Command = (shell, args) => {
  const text = shell.state.inputs.at(-1) ?? '';
  for (const path of args.filter((arg) => !arg.startsWith('-')).map(absolute)) {
    shell.io.write(path, (args.includes('-a') ? (shell.io.read(path) ?? '') : '') + text);
  }
  shell.print(text);
  return 0;
};

const copy =
  (moves: boolean): Command =>
  (shell, args) => {
    const [from, to] = args.filter((arg) => !arg.startsWith('-'));
    const text = from === undefined ? undefined : shell.io.read(absolute(from));
    if (from === undefined || to === undefined || text === undefined) {
      shell.printToLog(`${moves ? 'mv' : 'cp'}: can't stat '${from ?? ''}': No such file or directory\n`);
      return 1;
    }
    const target = absolute(to);
    const isDirectory = shell.io.read(target) === undefined && shell.io.exists(target);
    shell.io.write(isDirectory ? `${target}/${from.split('/').at(-1)!}` : target, text);
    if (moves) shell.io.remove(absolute(from));
    return 0;
  };

const seq: Command = (shell, args) => {
  const numbers = args.map(Number);
  const [first, step, last] =
    numbers.length === 3 ? numbers : [numbers.length === 2 ? numbers[0] : 1, 1, numbers.at(-1)];
  if (numbers.length === 0 || numbers.some(Number.isNaN) || !step) return 1;
  let left = 10_000;
  for (let value = first!; step > 0 ? value <= last! : value >= last!; value += step) {
    if (left-- === 0) return 1;
    shell.print(`${value}\n`);
  }
  return 0;
};

const printf: Command = (shell, args) => {
  const [format = '', ...values] = args;
  const text = format.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
  shell.print(text.replace(/%[sd]/g, () => values.shift() ?? ''));
  return 0;
};

const python: Command = (shell, args) => {
  if (args[0] === '--version' || args[0] === '-V') {
    shell.print('Python 3.12.0\n');
    return 0;
  }
  shell.print(`Podium runs no Python: ${args[0] ?? 'an interactive session'} is not executed.\n`);
  shell.print('For a training program that really trains, use the image podium/sgd-regressor.\n');
  return 0;
};

const whoami: Command = (shell) => {
  shell.print('root\n');
  return 0;
};

const pwd: Command = (shell) => {
  shell.print('/\n');
  return 0;
};

const uname: Command = (shell, args) => {
  shell.print(args.includes('-a') ? `Linux ${shell.io.setup.pod} 6.6.0 x86_64 GNU/Linux\n` : 'Linux\n');
  return 0;
};

export const TEXT_COMMANDS: Record<string, Command> = {
  date,
  hostname,
  env,
  printenv: env,
  ls,
  grep,
  wc,
  head,
  tail,
  sort,
  tee,
  cp: copy(false),
  mv: copy(true),
  seq,
  printf,
  python,
  python3: python,
  whoami,
  pwd,
  uname,
};
