import type { YAMLError } from 'yaml';

/** The words of goyaml for what is wrong with a text, with its line; without the prefix `yaml: `. */
export function troubleText(text: string, errors: readonly YAMLError[]): string {
  const [first, second] = errors;
  if (!first) return 'did not find expected node content';
  const rule = RULES.find(({ code, words }) => first.code === code && (!words || words.test(first.message)));
  const trouble = (rule?.trouble ?? unexpected)({
    text,
    from: first.pos[0],
    to: (second ?? first).pos[1],
    error: first,
  });
  return locate(trouble);
}

interface Site {
  text: string;
  from: number;
  to: number;
  error: YAMLError;
}

interface Trouble {
  words: string;
  /** Counted from 0. */
  line: number;
  /** goyaml counts lines from 1 in what its scanner finds and from 0 in what its parser finds. */
  by: 'scanner' | 'parser' | 'reader';
}

function locate({ words, line, by }: Trouble): string {
  if (line === 0 || by === 'reader') return words;
  return `line ${by === 'scanner' ? line + 1 : line}: ${words}`;
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length - 1;

const scanner =
  (words: string) =>
  (site: Site): Trouble => ({ words, line: lineOf(site.text, site.from), by: 'scanner' });
const parser =
  (words: string) =>
  (site: Site): Trouble => ({ words, line: lineOf(site.text, site.from), by: 'parser' });

interface Rule {
  code: string;
  words?: RegExp;
  trouble: (site: Site) => Trouble;
}

const RULES: Rule[] = [
  { code: 'RESOURCE_EXHAUSTION', trouble: () => ({ words: 'exceeded max depth of 10000', line: 0, by: 'reader' }) },
  { code: 'TAB_AS_INDENT', trouble: tab },
  { code: 'BLOCK_AS_IMPLICIT_KEY', trouble: mappingValue },
  { code: 'MULTILINE_IMPLICIT_KEY', trouble: multilineKey },
  { code: 'MISSING_CHAR', words: /^Missing closing/, trouble: openQuote },
  { code: 'MISSING_CHAR', words: /^Implicit map keys/, trouble: missingColon },
  { code: 'MISSING_CHAR', words: /^Sequence item/, trouble: misindented },
  { code: 'MISSING_CHAR', words: /^Flow map|\}$/, trouble: flow('}') },
  { code: 'MISSING_CHAR', words: /^Flow sequence|\]$/, trouble: flow(']') },
  { code: 'BAD_INDENT', words: /^Flow sequence/, trouble: flow(']') },
  { code: 'BAD_INDENT', words: /^Flow map/, trouble: flow('}') },
  { code: 'BAD_INDENT', trouble: misindented },
  { code: 'BAD_SCALAR_START', trouble: scanner('found character that cannot start any token') },
  { code: 'BAD_DQ_ESCAPE', trouble: scanner('found unknown escape character') },
  {
    code: 'UNEXPECTED_TOKEN',
    words: /block-seq-ind on same line/,
    trouble: scanner('block sequence entries are not allowed in this context'),
  },
  {
    code: 'UNEXPECTED_TOKEN',
    words: /^Block scalar header/,
    trouble: scanner('did not find expected comment or line break'),
  },
  { code: 'UNEXPECTED_TOKEN', words: /at node end/, trouble: afterNode },
  {
    code: 'UNEXPECTED_TOKEN',
    words: /flow-(seq|map)-end|comma/,
    trouble: parser('did not find expected node content'),
  },
];

function unexpected(site: Site): Trouble {
  return { words: 'did not find expected key', line: lineOf(site.text, site.from), by: 'parser' };
}

/** A tab after a plain scalar breaks its indentation; anywhere else it starts nothing. */
function tab({ text, from }: Site): Trouble {
  const before = text.slice(0, from).trimEnd();
  const afterScalar = before !== '' && !/[:\-,"'\]}|>]$/.test(before) && !/#[^\n]*$/.test(before);
  const words = afterScalar
    ? 'found a tab character that violates indentation'
    : 'found character that cannot start any token';
  return { words, line: lineOf(text, from), by: 'scanner' };
}

function mappingValue({ text, from, to, error }: Site): Trouble {
  const end = error.code === 'BLOCK_AS_IMPLICIT_KEY' && to > error.pos[1] + 1 ? to - 1 : from;
  return { words: 'mapping values are not allowed in this context', line: lineOf(text, end), by: 'scanner' };
}

/** A scalar over several lines before a colon: a forgotten colon inside a mapping, a stray one elsewhere. */
function multilineKey({ text, from, to }: Site): Trouble {
  const inMapping = /(^|\n)\s*[^\s#][^\n]*:(\s|$)/.test(text.slice(0, from));
  if (!inMapping)
    return { words: 'mapping values are not allowed in this context', line: lineOf(text, to - 1), by: 'scanner' };
  return { words: "could not find expected ':'", line: lineOf(text, from) + 1, by: 'scanner' };
}

function openQuote({ text }: Site): Trouble {
  return { words: 'found unexpected end of stream', line: lineOf(text, text.length), by: 'scanner' };
}

/** A key where the lines above hold a sequence at the same column, or one at a column of its own. */
function misindented({ text, from }: Site): Trouble {
  const lines = text.slice(0, from).split('\n');
  const offender = lines.length - 1;
  const column = indentOf(text.split('\n')[offender] ?? '');
  const above = lines.slice(0, offender).findLast((line) => line.trim() !== '' && indentOf(line) <= column) ?? '';
  const inSequence = indentOf(above) === column && above.trim().startsWith('- ');
  const words = inSequence ? "did not find expected '-' indicator" : 'did not find expected key';
  return { words, line: offender, by: 'parser' };
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

function missingColon({ text, from }: Site): Trouble {
  if (/^-(\s|$)/.test(text.slice(from, from + 2)) || /(^|\n)-\s+$/.test(text.slice(0, from))) {
    return { words: 'did not find expected key', line: lineOf(text, from), by: 'parser' };
  }
  const rest = text.slice(from).split('\n').slice(1);
  const ahead = rest.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const line = ahead < 0 ? lineOf(text, text.length) : lineOf(text, from) + 1 + ahead;
  return { words: "could not find expected ':'", line, by: 'scanner' };
}

function flow(end: string): (site: Site) => Trouble {
  return parser(`did not find expected ',' or '${end}'`);
}

function afterNode(site: Site): Trouble {
  const before = site.text.slice(0, site.from);
  if (/(^|\n)\.\.\.\s*$/.test(before))
    return { words: 'did not find expected <document start>', line: lineOf(site.text, site.from), by: 'parser' };
  const inSequence = /(^|\n)- [^\n]*\n$/.test(before);
  const words = inSequence ? "did not find expected '-' indicator" : 'did not find expected key';
  return { words, line: lineOf(site.text, site.from), by: 'parser' };
}
