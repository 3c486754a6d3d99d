import type { ApiClient } from '../api/client';
import type { Command } from './command';
import { COMMANDS } from './commands/registry';
import { REQUESTS, answerRequest } from './completion/request';
import { CliError, ExitError, asError, describeFailure } from './errors';
import { findCommand, firstArgument } from './find-command';
import type { FlagSpec } from './flags/flags';
import { parseFlags } from './flags/parse';
import { GLOBAL_FLAGS } from './flags/standard';
import { helpText, rootHelp } from './help';
import type { KubectlIo } from './io';
import { Session } from './session';
import { suggestions } from './suggestions';

/**
 * Runs one kubectl command against a cluster. `args` exclude the word kubectl. Never throws for what a person can
 * get wrong: says it on stderr and returns the exit code.
 */
export async function runKubectl(args: string[], client: ApiClient, io: KubectlIo): Promise<number> {
  try {
    await dispatch(args, client, io);
    return 0;
  } catch (thrown) {
    if (thrown instanceof RangeError) return fail(io, new CliError('exceeded max depth'), args);
    return fail(io, asError(thrown), args);
  }
}

function fail(io: KubectlIo, error: Error, args: string[]): number {
  const { text, code } = describeFailure(error);
  if (text !== '') io.stderr(text);
  // `diff` keeps 1 for "there are differences".
  return args.includes('diff') && findCommand(args).path[1] === 'diff' && !(error instanceof ExitError)
    ? code + 1
    : code;
}

async function dispatch(args: string[], client: ApiClient, io: KubectlIo): Promise<void> {
  if (REQUESTS.includes(args[0] ?? '')) return answerRequest(args, client, io);
  const { command, path, rest } = findCommand(args);
  const commandPath = path.join(' ');
  const flags = [
    ...(command?.flags ?? []),
    ...GLOBAL_FLAGS.filter((flag) => !command?.flags?.some((own) => own.name === flag.name)),
  ];
  if (!command) {
    const word = rest[firstArgument(rest, GLOBAL_FLAGS)];
    if (word !== undefined && word !== 'help') throw unknownCommand(word);
    io.stdout(helpFor(rest.filter((one) => one !== 'help')));
    return;
  }
  const line = parse(rest, flags, commandPath);
  if (line.flags.bool('help')) {
    io.stdout(helpText(command, path));
    return;
  }
  const session = new Session(client, io, line, commandPath);
  if (!command.run) return runParent(command, path, session);
  const missing = flags
    .filter((flag) => flag.required && !line.flags.changed(flag.name))
    .map((flag) => `"${flag.name}"`);
  if (missing.length > 0) throw new CliError(`required flag(s) ${missing.join(', ')} not set`);
  await command.run(session);
  const { warnings } = session;
  if (warnings > 0 && line.flags.bool('warnings-as-errors'))
    throw new CliError(`${warnings} warning${warnings > 1 ? 's' : ''} received`);
}

function helpFor(words: string[]): string {
  const { command, path } = findCommand(words);
  return command ? helpText(command, path) : rootHelp(COMMANDS);
}

function parse(rest: string[], flags: FlagSpec[], commandPath: string): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(rest, flags);
  } catch (thrown) {
    throw new CliError(`${asError(thrown).message}\nSee '${commandPath} --help' for usage.`);
  }
}

/** A command that only holds others. Models DefaultSubCommandRun. */
function runParent(command: Command, path: string[], session: Session): void {
  if (command.helpOnly) {
    session.print(helpText(command, path));
    return;
  }
  if (session.args.length > 0) {
    throw new CliError(
      `unknown command "${session.args.join(' ')}"\nSee '${session.commandPath} -h' for help and examples`,
    );
  }
  session.printError(helpText(command, path));
  throw new ExitError(1);
}

function unknownCommand(word: string): CliError {
  const known = suggestions(word, COMMANDS);
  const advice = known.length > 0 ? `\n\nDid you mean this?\n${known.map((name) => `\t${name}\n`).join('')}` : '';
  return new CliError(`unknown command "${word}" for "kubectl"${advice}`);
}
