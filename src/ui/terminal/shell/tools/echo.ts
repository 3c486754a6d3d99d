import type { Tool } from '../tool';

export const echo: Tool = {
  name: 'echo',
  about: 'prints its words: -n without a line break',
  run: async (args, io) => {
    const bare = args[0] === '-n';
    const text = args.slice(bare || args[0] === '-e' ? 1 : 0).join(' ');
    const shown = args[0] === '-e' ? text.replaceAll('\\n', '\n').replaceAll('\\t', '\t') : text;
    io.stdout(shown + (bare ? '' : '\n'));
    return 0;
  },
};
