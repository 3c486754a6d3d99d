import type { ApiClient } from '../../api/client';
import type { Command } from '../command';
import { COMMANDS } from '../commands/registry';
import { CliError, asError } from '../errors';
import { findCommand, firstArgument } from '../find-command';
import type { FlagSpec } from '../flags/flags';
import { bool } from '../flags/flags';
import type { ParsedLine } from '../flags/parse';
import { parseFlags } from '../flags/parse';
import { GLOBAL_FLAGS } from '../flags/standard';
import { goList } from '../format/go-text';
import type { KubectlIo } from '../io';
import { Session } from '../session';
import type { Completion } from './completers';
import { ARGUMENTS, DIRECTIVES, WORDS, valuesOf } from './completers';

/** The commands by which a shell's script asks for words, with descriptions or without. */
export const REQUESTS: readonly string[] = ['__complete', '__completeNoDesc'];

const HELP: Command = { name: 'help', usage: 'help [command]', short: 'Help about any command' };
const HELP_FLAG = bool('help', 'Help for this command.', { short: 'h' });
const byText = (left: { name: string }, right: { name: string }): number => (left.name < right.name ? -1 : 1);

class UnknownCommandError extends CliError {
  override name = 'UnknownCommandError';
}

/**
 * Answers a shell that asks what may stand at the end of a line: a word a line with what it means behind a tab, and a
 * number that says what else the shell may offer. Models cobra's __complete.
 */
export async function answerRequest(words: readonly string[], client: ApiClient, io: KubectlIo): Promise<void> {
  const [request, ...line] = words;
  const typed = line.pop();
  if (typed === undefined) throw new CliError('requires at least 1 arg(s), only received 0');
  let completion: Completion = { words: [], directive: DIRECTIVES.Default };
  try {
    completion = await completionOf(line, typed, client, io);
  } catch (thrown) {
    if (thrown instanceof UnknownCommandError) io.stderr('[Debug] Cleared global flags for plugin completion\n');
    io.stderr(`[Debug] [Error] ${asError(thrown).message}\n`);
  }
  for (const word of completion.words) {
    const shown = request === '__complete' ? word : word.split('\t')[0]!;
    io.stdout(`${shown.split('\n')[0]!.trim()}\n`);
  }
  io.stdout(`:${completion.directive}\n`);
  io.stderr(`Completion ended with directive: ${directiveNames(completion.directive)}\n`);
}

function directiveNames(directive: number): string {
  const names = Object.entries(DIRECTIVES).filter(([, bit]) => bit !== 0 && (directive & bit) !== 0);
  return (names.length === 0 ? [['Default']] : names).map(([name]) => `ShellCompDirective${name}`).join(', ');
}

/** The command of a line, its flags in two parts, and what else stands on the line. */
interface Place {
  path: string;
  command: Command | undefined;
  inherited: FlagSpec[];
  own: FlagSpec[];
  rest: string[];
}

function placeOf(line: readonly string[]): Place {
  const { command, path, rest } = findCommand(line);
  const word = command === undefined ? rest[firstArgument(rest, GLOBAL_FLAGS)] : undefined;
  if (word !== undefined && word !== 'help')
    throw new UnknownCommandError(`unable to find a command for arguments: ${goList(line)}`);
  const isRoot = command === undefined && word === undefined;
  const found = word === 'help' ? HELP : command;
  const own = [...(isRoot ? GLOBAL_FLAGS : [...(found?.flags ?? []), HELP_FLAG])].sort(byText);
  const inherited = isRoot
    ? []
    : GLOBAL_FLAGS.filter((flag) => !own.some((one) => one.name === flag.name)).sort(byText);
  return {
    path: word === 'help' ? 'help' : path.slice(1).join(' '),
    command: found,
    inherited,
    own,
    rest: word === 'help' ? rest.filter((one) => one !== word) : rest,
  };
}

async function completionOf(
  line: readonly string[],
  typed: string,
  client: ApiClient,
  io: KubectlIo,
): Promise<Completion> {
  const place = placeOf(line);
  const flags = [...place.inherited, ...place.own];
  const valued = valueAtCursor(place, flags, typed);
  const { rest, flag } = valued;
  let parsed: ParsedLine;
  try {
    parsed = parseFlags(rest, flags);
  } catch (thrown) {
    throw new CliError(`Error while parsing flags from args ${goList(rest)}: ${asError(thrown).message}`);
  }
  if (parsed.flags.bool('help')) return { words: [], directive: DIRECTIVES.NoFileComp };
  const naming = parsed.argsBeforeDash < 0;
  if (!flag && naming && typed.startsWith('-') && !typed.includes('=')) return flagNames(place, parsed, typed);
  const session = new Session(client, io, parsed, `kubectl ${place.path}`);
  const at = { session, args: parsed.args, typed: valued.typed };
  const below = flag ? undefined : wordsBelow(place, parsed, typed);
  if (below?.final) return below;
  const completer = flag && naming ? valuesOf(place.path, flag) : ARGUMENTS[place.path];
  const more = completer ? await completer(at) : undefined;
  const isFilter = more?.directive === DIRECTIVES.FilterFileExt;
  const fitting = (more?.words ?? []).filter((word) => isFilter || word.startsWith(valued.typed));
  return {
    words: [...(below?.words ?? []), ...fitting],
    directive: more?.directive ?? below?.directive ?? DIRECTIVES.Default,
  };
}

/** The flag whose value is typed, what is typed of it, and the line without it. Models checkIfFlagCompletion. */
function valueAtCursor(
  { path, rest }: Place,
  flags: readonly FlagSpec[],
  typed: string,
): { flag?: FlagSpec; typed: string; rest: string[] } {
  const equals = typed.indexOf('=');
  if (typed.startsWith('-')) {
    if (equals < 0) return { typed, rest };
    const name = typed.startsWith('--') ? typed.slice(2, equals) : typed.slice(equals - 1, equals);
    return { flag: flagCalled(flags, name, path), typed: typed.slice(equals + 1), rest };
  }
  const before = rest.at(-1) ?? '';
  if (!/^(--[^-]|-[^-])/.test(before) || before.includes('=') || rest.includes('--')) return { typed, rest };
  const flag = flagCalled(flags, before.startsWith('--') ? before.slice(2) : before.slice(-1), path, before);
  return flag === undefined || flag.bare !== undefined ? { typed, rest } : { flag, typed, rest: rest.slice(0, -1) };
}

function flagCalled(flags: readonly FlagSpec[], name: string, path: string): FlagSpec;
function flagCalled(flags: readonly FlagSpec[], name: string, path: string, word: string): FlagSpec | undefined;
function flagCalled(flags: readonly FlagSpec[], name: string, path: string, word?: string): FlagSpec | undefined {
  const flag = flags.find((one) => (name.length > 1 || one.name === name ? one.name === name : one.short === name));
  if (flag) return flag;
  if (word?.startsWith('--')) return undefined;
  throw new CliError(`Subcommand '${path.split(' ').at(-1)}' does not support flag '${name}'`);
}

const isMany = ({ type }: FlagSpec): boolean => /Slice|Array|^stringTo/.test(type);

function namesOfFlag({ name, short, help }: FlagSpec, typed: string): string[] {
  const names = [`--${name}`, ...(short ? [`-${short}`] : [])];
  return names.filter((one) => one.startsWith(typed)).map((one) => `${one}\t${help}`);
}

/** Flags that must be there and are not yet. */
function required({ own }: Place, { flags }: ParsedLine, typed: string): string[] {
  return own.filter((flag) => flag.required && !flags.changed(flag.name)).flatMap((flag) => namesOfFlag(flag, typed));
}

function flagNames(place: Place, parsed: ParsedLine, typed: string): Completion {
  const directive = DIRECTIVES.NoFileComp;
  const first = required(place, parsed, typed);
  if (first.length > 0) return { words: first, directive };
  const open = [...place.inherited, ...place.own].filter(
    (flag) => !flag.hidden && (!parsed.flags.changed(flag.name) || isMany(flag)),
  );
  return { words: open.flatMap((flag) => namesOfFlag(flag, typed)), directive };
}

/** Commands below this one, flags that must be there, and words that are the only ones. */
function wordsBelow(place: Place, parsed: ParsedLine, typed: string): Completion & { final: boolean } {
  const { args, flags } = parsed;
  const described = (commands: readonly Command[]): string[] =>
    commands
      .filter((one) => !one.hidden && one.name.startsWith(typed))
      .sort(byText)
      .map((one) => `${one.name}\t${one.short}`);
  if (place.path === 'help')
    return { words: described(helpTopics(args)), directive: DIRECTIVES.NoFileComp, final: true };
  const only = WORDS[place.path];
  if (only) {
    const words = args.length === 0 ? only.filter((word) => word.startsWith(typed)) : [];
    return { words, directive: args.length === 0 ? DIRECTIVES.NoFileComp : DIRECTIVES.Default, final: true };
  }
  const isRoot = place.command === undefined;
  const commands = isRoot ? [...COMMANDS, HELP] : (place.command?.commands ?? []);
  const open = args.length === 0 && (isRoot || !place.own.some((flag) => flags.changed(flag.name)));
  const listed = open && commands.some((one) => !one.hidden);
  return {
    words: [...(listed ? described(commands) : []), ...required(place, parsed, typed)],
    directive: listed ? DIRECTIVES.NoFileComp : DIRECTIVES.Default,
    final: false,
  };
}

function helpTopics(words: readonly string[]): readonly Command[] {
  const { command, rest } = findCommand(words);
  if (rest.length > 0) return [];
  return command === undefined ? [...COMMANDS, HELP] : (command.commands ?? []);
}
