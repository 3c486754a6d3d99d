import { ToolError, inputsOf, readOptions } from '../tool';
import type { Tool, ToolLine } from '../tool';

export const head: Tool = {
  name: 'head',
  about: 'the first lines: -n NUMBER, -NUMBER',
  run: async (args, io) => {
    const line = readOptions(withShortCount(args), { alone: 'qv', valued: 'n', long: { lines: 'n' } });
    const count = lineCount(line);
    const { inputs, missing } = inputsOf(line.args, 'head', io);
    for (const [index, input] of inputs.entries()) {
      if (inputs.length > 1) io.stdout(`${index > 0 ? '\n' : ''}==> ${input.name} <==\n`);
      const kept: string[] = [];
      let printed = 0;
      for await (const text of input.lines()) {
        if (count >= 0) {
          if (count > 0) io.stdout(`${text}\n`);
          if (++printed >= count) break;
        } else {
          kept.push(text);
          if (kept.length > -count) io.stdout(`${kept.shift()}\n`);
        }
      }
    }
    return missing ? 1 : 0;
  },
};

/** `-5` means `-n 5`. */
export function withShortCount(args: readonly string[]): string[] {
  return args.flatMap((word, at) => (/^-\d+$/.test(word) && args[at - 1] !== '-n' ? ['-n', word.slice(1)] : [word]));
}

export function lineCount(line: ToolLine): number {
  const text = line.value('n') ?? '10';
  if (!/^[+-]?\d+$/.test(text)) throw new ToolError(`invalid number of lines: '${text}'`);
  return Number(text);
}
