import type { FlagSpec } from './flags/flags';
import type { Session } from './session';

/**
 * What may stand as arguments: types and names, Pods, nodes, nodes after the word `nodes`, or a type and a path of
 * fields.
 */
export type Arguments = 'resources' | 'pods' | 'nodes' | 'node changes' | 'fields';

/** One command of kubectl, as data. Commands with subcommands may also run by themselves. */
export interface Command {
  name: string;
  /** What follows `kubectl` on the usage line. */
  usage: string;
  short: string;
  long?: string;
  examples?: string;
  aliases?: string[];
  /** Words people type instead; they are told about this command. */
  suggestFor?: string[];
  flags?: FlagSpec[];
  commands?: Command[];
  /** Prints help to standard output and succeeds where no subcommand is named; otherwise that is a mistake. */
  helpOnly?: boolean;
  hidden?: boolean;
  completes?: Arguments;
  /** What `-o` takes, where that is not what all commands take. */
  outputs?: readonly string[];
  run?: (session: Session) => Promise<void>;
}
