import { inputsOf, readOptions } from '../tool';
import type { Tool } from '../tool';

export const uniq: Tool = {
  name: 'uniq',
  about: 'leaves out lines that repeat: -c with counts, -d only such',
  run: async (args, io) => {
    const line = readOptions(args, { alone: 'cdu', long: { count: 'c', repeated: 'd', unique: 'u' } });
    const { inputs, missing } = inputsOf(line.args.slice(0, 1), 'uniq', io);
    let last: string | undefined;
    let count = 0;
    const print = (): void => {
      if (last === undefined || (line.has('d') && count < 2) || (line.has('u') && count > 1)) return;
      io.stdout(`${line.has('c') ? `${String(count).padStart(7)} ` : ''}${last}\n`);
    };
    for (const input of inputs)
      for await (const text of input.lines()) {
        if (text !== last) print();
        count = text === last ? count + 1 : 1;
        last = text;
      }
    print();
    return missing ? 1 : 0;
  },
};
