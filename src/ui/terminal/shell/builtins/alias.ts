import type { Builtin } from '../builtin';
import { plainWords, quoted } from '../words';

export const alias: Builtin = {
  names: ['alias'],
  about: 'another name for a command: alias kgp="kubectl get pods"; alone, all of them',
  run: async (args, { shell, stdout, stderr }) => {
    const shown = (name: string, meaning: string): void => stdout(`alias ${name}=${quoted(meaning)}\n`);
    if (args.length === 0 || args[0] === '-p') for (const [name, meaning] of shell.aliases) shown(name, meaning);
    let code = 0;
    for (const word of args.filter((one) => one !== '-p')) {
      const sign = word.indexOf('=');
      if (sign > 0) {
        const meaning = word.slice(sign + 1);
        plainWords(meaning);
        shell.aliases.set(word.slice(0, sign), meaning);
        continue;
      }
      const meaning = shell.aliases.get(word);
      if (meaning !== undefined) shown(word, meaning);
      else {
        stderr(`alias: ${word}: not found\n`);
        code = 1;
      }
    }
    return code;
  },
};
