import { inputsOf, readOptions } from '../tool';
import type { Tool } from '../tool';

export const cat: Tool = {
  name: 'cat',
  about: 'prints files of the editor: -n with numbers',
  run: async (args, io) => {
    const line = readOptions(args, { alone: 'n', long: { number: 'n' } });
    const { inputs, missing } = inputsOf(line.args, 'cat', io);
    let number = 0;
    for (const input of inputs)
      for await (const text of input.lines())
        io.stdout(`${line.has('n') ? `${String(++number).padStart(6)}\t` : ''}${text}\n`);
    return missing ? 1 : 0;
  },
};
