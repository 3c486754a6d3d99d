import type { Builtin, BuiltinIo } from '../builtin';
import { ToolError } from '../tool';

export const xargs: Builtin = {
  names: ['xargs'],
  about: 'runs a command with the words it reads: -n NUMBER at once, -I {} in their place, -r not without words',
  run: async (args, io) => {
    const { most, place, needed, command } = readLine(args);
    const text = await io.stdin.text();
    const words = place === undefined ? text.split(/\s+/).filter(Boolean) : text.split('\n').filter(Boolean);
    if (words.length === 0) return needed || place !== undefined ? 0 : runOne(command, io);
    let code = 0;
    for (let at = 0; at < words.length; at += most) {
      const group = words.slice(at, at + most);
      const line =
        place === undefined ? [...command, ...group] : command.map((word) => word.replaceAll(place, group[0]!));
      if ((await runOne(line, io)) !== 0) code = 123;
      if (io.signal.aborted) return 130;
    }
    return code;
  },
};

const runOne = (line: readonly string[], { shell, stdout, stderr, signal }: BuiltinIo): Promise<number> =>
  shell.runWords(line, { stdout, stderr }, signal);

function readLine(args: readonly string[]): {
  most: number;
  place: string | undefined;
  needed: boolean;
  command: string[];
} {
  const words = [...args];
  let most = Infinity;
  let place: string | undefined;
  let needed = false;
  while (words[0]?.startsWith('-')) {
    const word = words.shift()!;
    const valued = /^-([nLI])(.*)$/.exec(word);
    if (word === '-r' || word === '--no-run-if-empty') needed = true;
    else if (valued) {
      const value = valued[2] === '' ? (words.shift() ?? '') : valued[2]!;
      if (valued[1] === 'I') [place, most] = [value, 1];
      else most = Number(value);
      if (!(most >= 1)) throw new ToolError(`${word} takes a number`);
    } else throw new ToolError(`unrecognized option '${word}'`);
  }
  return { most, place, needed, command: words.length > 0 ? words : ['echo'] };
}
