import type { Builtin } from '../builtin';

export const unalias: Builtin = {
  names: ['unalias'],
  about: 'forgets another name',
  run: async (args, { shell, stderr }) => {
    let code = 0;
    for (const name of args)
      if (!shell.aliases.delete(name)) {
        stderr(`unalias: ${name}: not found\n`);
        code = 1;
      }
    return code;
  },
};
