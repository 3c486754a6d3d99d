import type { Builtin } from '../builtin';
import { ToolError } from '../tool';

export const vi: Builtin = {
  names: ['vi', 'vim', 'nano', 'edit', 'code'],
  about: 'opens a file in the editor of the page, and makes it if there is none',
  run: async (args, { shell, stdout }) => {
    const names = args.filter((word) => !word.startsWith('-') && !word.startsWith('+'));
    if (names.length === 0) throw new ToolError('which file? ls lists them');
    for (const name of names) {
      if (shell.host.readFile(name) === undefined) {
        const problem = shell.host.writeFile(name, '');
        if (problem !== undefined) throw new ToolError(`${name}: ${problem}`);
      }
      shell.host.openFile(name);
      stdout(`${name} is open in the editor, which saves as you type.\n`);
    }
    return 0;
  },
};
