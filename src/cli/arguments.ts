/** `--name value` and `--name` from a command line; what is left over stands in `rest`. */
export function parseOptions(argv: readonly string[]): { options: Map<string, string>; rest: string[] } {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    if (!word.startsWith('--')) rest.push(word);
    else if (word.includes('=')) options.set(word.slice(2, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
    else if (argv[index + 1] !== undefined && !argv[index + 1]!.startsWith('--'))
      options.set(word.slice(2), argv[++index]!);
    else options.set(word.slice(2), 'true');
  }
  return { options, rest };
}
