import { absolute, type Command, type ShellHost } from './command';

/** `test EXPRESSION`: 0 where it holds, 1 where it does not, 2 where it is none. */
const test: Command = (shell, args) => {
  const holds = evaluateTest(shell, args);
  return holds === undefined ? 2 : holds ? 0 : 1;
};

const bracket: Command = (shell, args) => {
  if (args.at(-1) === ']') return test(shell, args.slice(0, -1), false);
  shell.printToLog('sh: [: missing ]\n');
  return 2;
};

function evaluateTest(shell: ShellHost, args: string[]): boolean | undefined {
  const or = args.indexOf('-o');
  if (or > 0) return either(evaluateTest(shell, args.slice(0, or)), evaluateTest(shell, args.slice(or + 1)));
  const and = args.indexOf('-a');
  if (and > 0) return both(evaluateTest(shell, args.slice(0, and)), evaluateTest(shell, args.slice(and + 1)));
  if (args[0] === '!') {
    const inner = evaluateTest(shell, args.slice(1));
    return inner === undefined ? undefined : !inner;
  }
  if (args.length <= 1) return (args[0] ?? '') !== '';
  if (args.length === 2) return unary(shell, args[0]!, args[1]!);
  return args.length === 3 ? binary(shell, args[0]!, args[1]!, args[2]!) : undefined;
}

const both = (a: boolean | undefined, b: boolean | undefined): boolean | undefined => (a === undefined ? a : a && b);
const either = (a: boolean | undefined, b: boolean | undefined): boolean | undefined => (a === undefined ? a : a || b);

function unary(shell: ShellHost, operator: string, operand: string): boolean | undefined {
  const path = absolute(operand);
  switch (operator) {
    case '-f':
      return shell.io.read(path) !== undefined;
    case '-e':
    case '-r':
    case '-w':
      return shell.io.exists(path);
    case '-d':
      return shell.io.read(path) === undefined && shell.io.exists(path);
    case '-s':
      return (shell.io.read(path) ?? '') !== '';
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    default:
      return undefined;
  }
}

function binary(shell: ShellHost, left: string, operator: string, right: string): boolean | undefined {
  if (operator === '=' || operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const [a, b] = [Number(left), Number(right)];
  const bad = !Number.isInteger(a) || left === '' ? left : !Number.isInteger(b) || right === '' ? right : undefined;
  if (bad !== undefined) {
    shell.printToLog(`sh: ${bad}: bad number\n`);
    return undefined;
  }
  const comparisons: Record<string, boolean> = {
    '-eq': a === b,
    '-ne': a !== b,
    '-lt': a < b,
    '-le': a <= b,
    '-gt': a > b,
    '-ge': a >= b,
  };
  return comparisons[operator];
}

export const TEST_COMMANDS: Record<string, Command> = { test, '[': bracket };
