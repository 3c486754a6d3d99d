import { plainName } from './commands';

const plain = (args: readonly string[]): number => args.filter((arg) => arg === '-' || !arg.startsWith('-')).length;

/** Of a filter whose options may have a value: `-n 5`. */
const withoutFiles = (args: readonly string[], valued: readonly string[]): boolean =>
  plain(args.filter((_, index) => !valued.includes(args[index - 1] ?? ''))) === 0;

/** The commands that read standard input, and when they do. */
const READERS: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  cat: (args) => plain(args) === 0 || args.includes('-'),
  tee: () => true,
  grep: (args) => plain(args) <= 1,
  wc: (args) => plain(args) === 0,
  sort: (args) => plain(args) === 0,
  head: (args) => withoutFiles(args, ['-n']),
  tail: (args) => withoutFiles(args, ['-n']),
  tar: (args) => /^-?[a-z]*[xt]/.test(args[0] ?? '') && args.includes('-'),
};

/** Whether a command takes what it works on from standard input. */
export function readsInput(name: string, args: readonly string[]): boolean {
  const known = plainName(name);
  return Object.hasOwn(READERS, known) && READERS[known]!(args);
}
