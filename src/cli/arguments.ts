import { parseArgs } from 'node:util';

/** An option of a command. Without `value`, the placeholder of what it takes, it is a switch. */
export interface Option {
  name: string;
  value?: string;
  says: string;
  /** What `value` stands for, where that is not any text. */
  is?: 'whole number' | 'number';
}

export interface Command {
  name: string;
  says: string;
  options: readonly Option[];
  /** The placeholder of what stands without a name, where something may. */
  rest?: string;
}

export interface Arguments {
  options: ReadonlyMap<string, string>;
  rest: readonly string[];
}

/** What a command line says, or what is to be printed instead of running: the usage, with the problem where there is one. */
export function readArguments(
  command: Command,
  argv: readonly string[],
): Arguments | { usage: string; problem: string } {
  const usage = usageOf(command);
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: Object.fromEntries([
        ['help', { type: 'boolean' as const }],
        ...command.options.map(({ name, value }) => [
          name,
          { type: value ? ('string' as const) : ('boolean' as const) },
        ]),
      ]) as Record<string, { type: 'string' | 'boolean' }>,
      allowPositionals: command.rest !== undefined,
    });
    const options = new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
    if (options.has('help')) return { usage, problem: '' };
    const problem = command.options
      .map((option) => problemOf(option, options.get(option.name)))
      .find((one) => one !== '');
    return problem ? { usage, problem } : { options, rest: positionals };
  } catch (error) {
    return { usage, problem: (error as Error).message.split('. ')[0]! };
  }
}

/** As `readArguments`; where there is nothing to run, it says so and ends the process. */
export function argumentsOf(command: Command): Arguments {
  const read = readArguments(command, process.argv.slice(2));
  if (!('usage' in read)) return read;
  if (read.problem === '') {
    process.stdout.write(read.usage);
    process.exit(0);
  }
  process.stderr.write(`${command.name}: ${read.problem}\n${read.usage}`);
  process.exit(2);
}

function problemOf({ name, is }: Option, given: string | undefined): string {
  if (given === undefined || is === undefined) return '';
  const value = given.trim() === '' ? NaN : Number(given);
  const right = is === 'number' ? Number.isFinite(value) : Number.isSafeInteger(value);
  return right && value >= 0 ? '' : `--${name} must be a ${is}, not ${JSON.stringify(given)}`;
}

function usageOf({ name, says, options, rest }: Command): string {
  const rows = [...options, { name: 'help', says: 'this' } as Option].map((option): [string, string] => [
    `--${option.name}${option.value ? ` ${option.value}` : ''}`,
    option.says,
  ]);
  const wide = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(wide)}  ${right}\n`);
  return `npm run ${name} --${rest ? ` [${rest}]` : ''} [options]: ${says}\n${lines.join('')}`;
}
