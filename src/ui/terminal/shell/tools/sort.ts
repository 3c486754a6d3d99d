import { ToolError, allLines, inputsOf, readOptions } from '../tool';
import type { Tool, ToolLine } from '../tool';

export const sort: Tool = {
  name: 'sort',
  about: 'lines in order: -r -n -h -V -u -f -b -k FIELD -t SEPARATOR',
  run: async (args, io) => {
    const line = readOptions(args, {
      alone: 'rnhVufbs',
      valued: 'kt',
      long: {
        reverse: 'r',
        'numeric-sort': 'n',
        'human-numeric-sort': 'h',
        'version-sort': 'V',
        unique: 'u',
        'ignore-case': 'f',
        'ignore-leading-blanks': 'b',
        stable: 's',
        key: 'k',
        'field-separator': 't',
      },
    });
    const { inputs, missing } = inputsOf(line.args, 'sort', io);
    const keys = line.values('k').map((text) => keyOf(text, line));
    if (keys.length === 0) keys.push({ from: 0, to: Infinity, letters: lettersOf(line) });
    const separator = line.value('t');
    const compareKeys = (left: string, right: string): number => {
      for (const key of keys) {
        const order = compare(part(left, key, separator), part(right, key, separator), key.letters);
        if (order !== 0) return key.letters.includes('r') ? -order : order;
      }
      return 0;
    };
    const whole = (left: string, right: string): number =>
      line.has('u') || line.has('s') ? 0 : byText(left, right) * (line.has('r') ? -1 : 1);
    const lines = (await allLines(inputs)).sort((left, right) => compareKeys(left, right) || whole(left, right));
    for (const [index, text] of lines.entries())
      if (!line.has('u') || index === 0 || compareKeys(lines[index - 1]!, text) !== 0) io.stdout(`${text}\n`);
    return missing ? 2 : 0;
  },
};

interface Key {
  /** Fields from 0. */
  from: number;
  to: number;
  letters: string;
}

const lettersOf = (line: ToolLine): string => [...'rnhVfb'].filter((letter) => line.has(letter)).join('');

/** `2`, `2,3`, `2nr`, `2,2n`. */
function keyOf(text: string, line: ToolLine): Key {
  const match = /^(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text);
  if (!match || match[1] === '0') throw new ToolError(`invalid field specification '${text}'`, 2);
  const letters = (match[2] ?? '') + (match[4] ?? '');
  return {
    from: Number(match[1]) - 1,
    to: match[3] === undefined ? Infinity : Number(match[3]),
    letters: letters === '' ? lettersOf(line) : letters,
  };
}

/** The fields of a key. Without a separator the blanks before a field belong to it. */
function part(line: string, { from, to, letters }: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  const text = from === 0 && to === Infinity ? line : fields.slice(from, to).join(separator ?? '');
  return /[bnhV]/.test(letters) ? text.trimStart() : text;
}

function compare(left: string, right: string, letters: string): number {
  if (letters.includes('n')) return numeric(left) - numeric(right);
  if (letters.includes('h')) return human(left) - human(right);
  if (letters.includes('V')) return left.localeCompare(right, 'en', { numeric: true });
  return letters.includes('f') ? byText(left.toUpperCase(), right.toUpperCase()) : byText(left, right);
}

/** By code points, as in the C locale. */
const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const numeric = (text: string): number => Number(/^-?\d*\.?\d+/.exec(text)?.[0] ?? 0);

/** `2K` and `1Gi` by size. */
function human(text: string): number {
  const match = /^(-?\d*\.?\d+)([KMGTPE]?)/i.exec(text);
  return match ? Number(match[1]) * 1024 ** ' KMGTPE'.indexOf(match[2]!.toUpperCase() || ' ') : 0;
}
