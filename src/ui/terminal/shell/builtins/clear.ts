import type { Builtin } from '../builtin';

export const clear: Builtin = {
  names: ['clear', 'reset'],
  about: 'empties the terminal (Ctrl L)',
  run: async (_args, { shell }) => {
    shell.host.clear();
    return 0;
  },
};
