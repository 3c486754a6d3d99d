import type { Builtin } from '../builtin';
import { quoted } from '../words';

export const exportVariable: Builtin = {
  names: ['export'],
  about: 'NAME=VALUE gives $NAME a value, as without export',
  run: async (args, { shell, stdout }) => {
    if (args.length === 0) for (const [name, value] of shell.variables) stdout(`declare -x ${name}=${quoted(value)}\n`);
    for (const word of args) {
      const sign = word.indexOf('=');
      if (sign > 0) shell.variables.set(word.slice(0, sign), word.slice(sign + 1));
    }
    return 0;
  },
};
