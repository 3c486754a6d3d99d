import { allLines, inputsOf, readOptions } from '../tool';
import type { Tool } from '../tool';
import { lineCount, withShortCount } from './head';

export const tail: Tool = {
  name: 'tail',
  about: 'the last lines: -n NUMBER, -n +NUMBER for all from there on',
  run: async (args, io) => {
    const line = readOptions(withShortCount(args), { alone: 'qv', valued: 'n', long: { lines: 'n' } });
    const count = lineCount(line);
    const fromStart = line.value('n')?.startsWith('+') ?? false;
    const { inputs, missing } = inputsOf(line.args, 'tail', io);
    for (const [index, input] of inputs.entries()) {
      if (inputs.length > 1) io.stdout(`${index > 0 ? '\n' : ''}==> ${input.name} <==\n`);
      const lines = await allLines([input]);
      const from = fromStart ? Math.max(0, count - 1) : Math.max(0, lines.length - Math.abs(count));
      for (const text of lines.slice(from)) io.stdout(`${text}\n`);
    }
    return missing ? 1 : 0;
  },
};
