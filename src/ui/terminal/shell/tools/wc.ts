import { allLines, inputsOf, readOptions } from '../tool';
import type { Tool } from '../tool';

const COLUMNS = ['l', 'w', 'm', 'c'] as const;

export const wc: Tool = {
  name: 'wc',
  about: 'counts: -l lines, -w words, -m characters, -c bytes',
  run: async (args, io) => {
    const line = readOptions(args, { alone: 'lwcm', long: { lines: 'l', words: 'w', chars: 'm', bytes: 'c' } });
    const asked = COLUMNS.filter((letter) => line.has(letter));
    const columns = asked.length > 0 ? asked : (['l', 'w', 'c'] as const);
    const { inputs, missing } = inputsOf(line.args, 'wc', io);
    const rows: { name: string; counts: number[] }[] = [];
    for (const input of inputs) {
      const text = (await allLines([input])).map((one) => `${one}\n`).join('');
      rows.push({ name: input.name, counts: columns.map((letter) => count(text, letter)) });
    }
    if (rows.length > 1)
      rows.push({ name: 'total', counts: columns.map((_letter, at) => sum(rows.map((row) => row.counts[at]!))) });
    const widest = Math.max(0, ...rows.flatMap((row) => row.counts.map((one) => String(one).length)));
    const width = columns.length === 1 && rows.length === 1 ? 0 : line.args.length > 0 ? widest : 7;
    for (const { name, counts } of rows) {
      const numbers = counts.map((one) => String(one).padStart(width)).join(' ');
      io.stdout(`${numbers}${name === '' ? '' : ` ${name}`}\n`);
    }
    return missing ? 1 : 0;
  },
};

function count(text: string, letter: (typeof COLUMNS)[number]): number {
  if (letter === 'l') return text.split('\n').length - 1;
  if (letter === 'w') return (text.match(/\S+/g) ?? []).length;
  return letter === 'm' ? [...text].length : new TextEncoder().encode(text).length;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
