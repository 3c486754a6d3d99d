import type { Json } from '../../../../api/objects';
import { evaluate } from '../jq/evaluate';
import type { Variables } from '../jq/evaluate';
import { JqSyntaxError, parseJq } from '../jq/parse';
import type { Filter } from '../jq/parse';
import { JqError, isRecord, isTrue } from '../jq/values';
import { ToolError, allLines, inputsOf } from '../tool';
import type { Tool, ToolIo } from '../tool';

interface Line {
  letters: Set<string>;
  variables: Record<string, Json>;
  program: string;
  files: string[];
}

export const jq: Tool = {
  name: 'jq',
  about: 'reads JSON: .a.b[0] .[] | select(…) map(…) length keys …; -r -c -s -n -e -S --arg',
  run: async (args, io) => {
    const line = readLine(args);
    const filter = compiled(line.program);
    const { inputs, missing } = inputsOf(line.files, 'jq', io);
    const values = line.letters.has('n') ? [null] : valuesIn((await allLines(inputs)).join('\n'));
    const code = printAll(line, filter, line.letters.has('s') ? [values] : values, io);
    return missing ? 2 : code;
  },
};

function readLine(args: readonly string[]): Line {
  const line: Line = { letters: new Set(), variables: {}, program: '.', files: [] };
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (word === '--arg' || word === '--argjson') {
      const [name, value] = [args[at + 1], args[at + 2]];
      if (name === undefined || value === undefined)
        throw new ToolError(`${word} takes two parameters (e.g. ${word} name value)`, 2);
      line.variables[name] = word === '--arg' ? value : (valuesIn(value)[0] ?? null);
      at += 2;
    } else if (word.startsWith('--')) line.letters.add(letterOf(word));
    else if (word.startsWith('-') && word.length > 1) for (const letter of word.slice(1)) line.letters.add(letter);
    else words.push(word);
  }
  const unknown = [...line.letters].find((letter) => !'rcsneSjMC'.includes(letter));
  if (unknown !== undefined) throw new ToolError(`Unknown arguments: -${unknown}`, 2);
  [line.program = '.', ...line.files] = words;
  return line;
}

function letterOf(word: string): string {
  const letter = LONG[word.slice(2)];
  if (letter === undefined) throw new ToolError(`Unknown arguments: ${word}`, 2);
  return letter;
}

const LONG: Record<string, string> = {
  'raw-output': 'r',
  'compact-output': 'c',
  slurp: 's',
  'null-input': 'n',
  'exit-status': 'e',
  'sort-keys': 'S',
  'join-output': 'j',
};

function compiled(program: string): Filter {
  try {
    return parseJq(program);
  } catch (thrown) {
    if (thrown instanceof JqSyntaxError) throw new ToolError(`error: ${thrown.message}\njq: 1 compile error`, 3);
    throw thrown;
  }
}

/** The JSON values of a text, one after the other. */
function valuesIn(text: string): Json[] {
  if (text.trim() === '') return [];
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  const values: Json[] = [];
  let rest = '';
  for (const line of text.split('\n')) {
    rest += `${line}\n`;
    /* A value can only end in a line that ends it. */
    if (!/[\]}"\w]\s*$/.test(line)) continue;
    const value = parsed(rest);
    if (value === undefined) continue;
    values.push(value);
    rest = '';
  }
  if (rest.trim() !== '') throw new ToolError('parse error: what comes in is no JSON; ask kubectl for -o json', 2);
  return values;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    /* Not a whole value yet. */
    return undefined;
  }
}

function printAll({ letters, variables }: Line, filter: Filter, inputs: readonly Json[], io: ToolIo): number {
  let code = 0;
  let last: Json | undefined;
  for (const input of inputs)
    try {
      for (const value of evaluate(filter, input, variables satisfies Variables)) {
        last = value;
        io.stdout(printed(value, letters));
      }
    } catch (thrown) {
      if (!(thrown instanceof JqError)) throw thrown;
      io.stderr(`jq: error: ${thrown.message}\n`);
      code = 5;
    }
  if (code === 0 && letters.has('e')) return last === undefined ? 4 : isTrue(last) ? 0 : 1;
  return code;
}

function printed(value: Json, letters: ReadonlySet<string>): string {
  const raw = letters.has('r') || letters.has('j');
  const end = letters.has('j') ? '' : '\n';
  if (raw && typeof value === 'string') return value + end;
  return JSON.stringify(letters.has('S') ? sorted(value) : value, undefined, letters.has('c') ? 0 : 2) + end;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key]!)]),
  );
}
