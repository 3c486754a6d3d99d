import { readOptions } from '../tool';
import type { Tool } from '../tool';

export const ls: Tool = {
  name: 'ls',
  about: 'the files of the editor, which kubectl apply -f reads',
  run: async (args, io) => {
    const line = readOptions(args, { alone: 'la1hrt' });
    const all = io.fileNames();
    const asked = line.args.filter((name) => name !== '.' && name !== './');
    const missing = asked.filter((name) => !all.includes(name) && !all.some((file) => file.startsWith(`${name}/`)));
    for (const name of missing) io.stderr(`ls: cannot access '${name}': No such file or directory\n`);
    const shown =
      asked.length === 0
        ? all
        : all.filter((file) => asked.some((name) => file === name || file.startsWith(`${name}/`)));
    for (const name of shown) {
      const size = new TextEncoder().encode(io.readFile(name) ?? '').length;
      io.stdout(line.has('l') ? `-rw-r--r-- 1 learner learner ${String(size).padStart(6)} ${name}\n` : `${name}\n`);
    }
    return missing.length > 0 ? 2 : 0;
  },
};
