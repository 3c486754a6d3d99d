import { CliError } from '../errors';
import { goQuote, parseGoDuration } from '../format/go-text';
import type { FlagSpec, FlagType } from './flags';

/** The flags of a command line, read by name. */
export class FlagValues {
  private readonly values = new Map<string, string[]>();
  private readonly specs: ReadonlyMap<string, FlagSpec>;

  constructor(specs: ReadonlyMap<string, FlagSpec>) {
    this.specs = specs;
  }

  set(flag: FlagSpec, value: string): void {
    const list = this.values.get(flag.name);
    if (list && flag.type.startsWith('string') && flag.type !== 'string') list.push(...split(flag.type, value));
    else this.values.set(flag.name, split(flag.type, value));
  }

  /** Whether the flag was given. */
  changed(name: string): boolean {
    return this.values.has(name);
  }

  has(name: string): boolean {
    return this.specs.has(name);
  }

  /** Whether the flag takes one text; some commands have flags of their own under a global one's name. */
  single(name: string): boolean {
    return this.specs.get(name)?.type === 'string';
  }

  text(name: string): string {
    return this.values.get(name)?.at(-1) ?? this.specs.get(name)?.default ?? '';
  }

  bool(name: string): boolean {
    return parseBool(this.text(name)) ?? false;
  }

  number(name: string): number {
    return Number(this.text(name));
  }

  /** Milliseconds. */
  duration(name: string): number {
    const parsed = parseGoDuration(this.text(name));
    return typeof parsed === 'number' ? parsed : 0;
  }

  list(name: string): string[] {
    return this.values.get(name) ?? [];
  }
}

function split(type: FlagType, value: string): string[] {
  if (type === 'stringSlice' || type === 'stringToString') return value === '' ? [] : splitCommas(value);
  return [value];
}

/** One line of comma-separated values, as Go's encoding/csv reads it. */
function splitCommas(value: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/g;
  for (let match = pattern.exec(value); match; match = pattern.exec(value)) {
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return fields;
}

export interface ParsedLine {
  flags: FlagValues;
  args: string[];
  /** How many arguments stood before `--`; -1 without one. */
  argsBeforeDash: number;
}

/** Reads flags and arguments, in any order, up to `--`. Throws a CliError with pflag's words. */
export function parseFlags(line: readonly string[], specs: readonly FlagSpec[]): ParsedLine {
  const byName = new Map(specs.map((flag) => [flag.name, flag]));
  const byShort = new Map(specs.filter((flag) => flag.short).map((flag) => [flag.short ?? '', flag]));
  const parsed: ParsedLine = { flags: new FlagValues(byName), args: [], argsBeforeDash: -1 };
  for (let index = 0; index < line.length; index++) {
    const word = line[index] ?? '';
    const following = line[index + 1];
    if (word === '--') {
      parsed.argsBeforeDash = parsed.args.length;
      parsed.args.push(...line.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) index += readLong(word, following, byName, parsed.flags);
    else if (word.startsWith('-') && word.length > 1) index += readShort(word, following, byShort, parsed.flags);
    else parsed.args.push(word);
  }
  return parsed;
}

/** Returns how many further words the flag took. */
function readLong(
  word: string,
  following: string | undefined,
  flags: Map<string, FlagSpec>,
  values: FlagValues,
): number {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  if (name === '' || name.startsWith('-')) throw new CliError(`bad flag syntax: ${word}`);
  const flag = flags.get(name);
  if (!flag) throw new CliError(`unknown flag: --${name}`);
  if (equals >= 0) return store(flag, word.slice(equals + 1), values, 0);
  if (flag.bare !== undefined) return store(flag, flag.bare, values, 0);
  if (following === undefined) throw new CliError(`flag needs an argument: --${name}`);
  return store(flag, following, values, 1);
}

function readShort(
  word: string,
  following: string | undefined,
  flags: Map<string, FlagSpec>,
  values: FlagValues,
): number {
  let letters = word.slice(1);
  for (;;) {
    const letter = letters[0] ?? '';
    const flag = flags.get(letter);
    if (!flag) throw new CliError(`unknown shorthand flag: ${quoteRune(letter)} in -${letters}`);
    const rest = letters.slice(1);
    if (rest.length > 1 && rest.startsWith('=')) return store(flag, rest.slice(1), values, 0);
    if (flag.bare !== undefined) {
      store(flag, flag.bare, values, 0);
      if (rest === '') return 0;
      letters = rest;
      continue;
    }
    if (rest !== '') return store(flag, rest, values, 0);
    if (following === undefined) throw new CliError(`flag needs an argument: ${quoteRune(letter)} in -${letters}`);
    return store(flag, following, values, 1);
  }
}

const quoteRune = (letter: string): string => `'${letter}'`;

function store(flag: FlagSpec, value: string, values: FlagValues, taken: number): number {
  const trouble = check(flag.type, value);
  if (trouble) {
    const name = flag.short ? `-${flag.short}, --${flag.name}` : `--${flag.name}`;
    throw new CliError(`invalid argument ${goQuote(value)} for "${name}" flag: ${trouble}`);
  }
  values.set(flag, value);
  return taken;
}

/** Why a value does not fit a flag's type, in Go's words. */
function check(type: FlagType, value: string): string | undefined {
  switch (type) {
    case 'bool':
      return parseBool(value) === undefined
        ? `strconv.ParseBool: parsing ${goQuote(value)}: invalid syntax`
        : undefined;
    case 'int':
    case 'int32':
    case 'int64':
      return checkInteger(value, type === 'int32' ? 32n : 64n);
    case 'duration': {
      const parsed = parseGoDuration(value);
      return typeof parsed === 'number' ? undefined : parsed.error;
    }
    case 'stringToString': {
      const wrong = splitCommas(value).find((pair) => !pair.includes('='));
      return wrong === undefined ? undefined : `${wrong} must be formatted as key=value`;
    }
    default:
      return undefined;
  }
}

function checkInteger(value: string, bits: bigint): string | undefined {
  const failed = `strconv.ParseInt: parsing ${goQuote(value)}: `;
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/.test(value)) return `${failed}invalid syntax`;
  const number = BigInt(value.replace(/^[+-]/, '').replace(/^0(?=\d)/, '0o'));
  const limit = 1n << (bits - 1n);
  return number > limit - (value.startsWith('-') ? 0n : 1n) ? `${failed}value out of range` : undefined;
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function parseBool(value: string): boolean | undefined {
  return TRUE.has(value) ? true : FALSE.has(value) ? false : undefined;
}
