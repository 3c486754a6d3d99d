import type { Builtin } from '../builtin';

export const history: Builtin = {
  names: ['history'],
  about: 'what was typed; a number for the last ones',
  run: async (args, { shell, stdout }) => {
    const lines = shell.host.history();
    const from = args[0] !== undefined && /^\d+$/.test(args[0]) ? Math.max(0, lines.length - Number(args[0])) : 0;
    for (const [index, line] of lines.entries())
      if (index >= from) stdout(`${String(index + 1).padStart(5)}  ${line}\n`);
    return 0;
  },
};
