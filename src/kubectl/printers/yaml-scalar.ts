interface Place {
  /** Where the scalar begins on its line. */
  column: number;
  /** Where its further lines begin. */
  indent: number;
  /** Keys are never folded and never literal. */
  key: boolean;
}

const BEST_WIDTH = 80;

/** Text as a YAML scalar in the style goyaml.v2 chooses: plain, literal, or quoted. */
export function writeScalar(text: string, place: Place): string {
  const facts = analyse(text);
  if (text.includes('\n') && !place.key) return facts.block ? literal(text, place.indent) : doubleQuoted(text, place);
  if (text.includes('\n') || resolvesToOther(text)) return doubleQuoted(text, place);
  if (text === '') return '""';
  if (facts.plain) return folded(text, place);
  if (facts.single) return singleQuoted(text, place);
  return doubleQuoted(text, place);
}

const OTHER_WORDS = new Set(
  ['', '~', 'null', 'Null', 'NULL', '<<'].concat(
    ...['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false'].map((word) => [
      word,
      word.toUpperCase(),
      (word[0] ?? '').toUpperCase() + word.slice(1),
    ]),
  ),
);
const NUMBER = new RegExp(
  [
    '[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)',
    '[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?',
    '[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?',
    '[-+]?\\.(inf|Inf|INF)',
    '\\.(nan|NaN|NAN)',
  ]
    .map((pattern) => `^${pattern}$`)
    .join('|'),
);
const TIMESTAMP =
  /^\d{4}-(\d{1,2})-(\d{1,2})([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2})| \d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/;

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  return (
    match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 12 && Number(match[2]) >= 1 && Number(match[2]) <= 31
  );
}

/** Whether plain text would be read back as something else than text. */
function resolvesToOther(text: string): boolean {
  return text !== '' && (OTHER_WORDS.has(text) || NUMBER.test(text) || isTimestamp(text));
}

interface Facts {
  plain: boolean;
  single: boolean;
  block: boolean;
}

/** What styles a text allows. Models libyaml yaml_emitter_analyze_scalar. */
function analyse(text: string): Facts {
  const indicators = blockIndicators(text);
  const special = hasSpecial(text);
  const leading = /^ /.test(text);
  const trailing = / $/.test(text);
  const spaceBreak = / \n/.test(text);
  const breakSpace = /\n /.test(text);
  const leadingBreak = text.startsWith('\n');
  const trailingBreak = text.endsWith('\n');
  const plain = !(
    leading ||
    trailing ||
    leadingBreak ||
    trailingBreak ||
    breakSpace ||
    spaceBreak ||
    special ||
    indicators
  );
  const single = !(spaceBreak || special || breakSpace);
  const block = !(trailing || spaceBreak || special);
  return { plain: plain && !text.includes('\n'), single, block };
}

/** Whether a plain scalar would be read as structure. */
function blockIndicators(text: string): boolean {
  if (/^(---|\.\.\.)/.test(text)) return true;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return true;
  if (/^[?:](\s|$)/.test(text) || /^-(\s|$)/.test(text)) return true;
  return /:(\s|$)/.test(text) || /\s#/.test(text);
}

/** Characters that only double quotes can hold. */
function hasSpecial(text: string): boolean {
  return /[^\n\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(text);
}

function folded(text: string, place: Place): string {
  if (place.key) return text;
  return foldWords(text, place, (character) => character);
}

/** Breaks a line at a single space once it is past the best width. */
function foldWords(text: string, place: Place, escape: (character: string) => string): string {
  let out = '';
  let column = place.column;
  const characters = [...text];
  let spaces = false;
  characters.forEach((character, index) => {
    const next = characters[index + 1];
    const breakable =
      character === ' ' && !spaces && column > BEST_WIDTH && next !== undefined && next !== ' ' && index > 0;
    if (breakable) {
      out += `\n${' '.repeat(place.indent)}`;
      column = place.indent;
    } else {
      const written = escape(character);
      out += written;
      column += [...written].length;
    }
    spaces = character === ' ';
  });
  return out;
}

function singleQuoted(text: string, place: Place): string {
  const escape = (character: string): string => (character === "'" ? "''" : character);
  const shifted = { ...place, column: place.column + 1 };
  const body = place.key ? [...text].map(escape).join('') : foldWords(text, shifted, escape);
  return `'${body}'`;
}

const DOUBLE_ESCAPES: Record<string, string> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, place: Place): string {
  let out = '"';
  let column = place.column + 1;
  const characters = [...text];
  let spaces = false;
  characters.forEach((character, index) => {
    const inner = index > 0 && index < characters.length - 1;
    if (character === ' ' && !place.key && !spaces && column > BEST_WIDTH && inner) {
      const next = characters[index + 1];
      out += `\n${' '.repeat(place.indent)}${next === ' ' ? '\\' : ''}`;
      column = place.indent;
      spaces = true;
      return;
    }
    const written = escapeDouble(character);
    out += written;
    column += written.length;
    spaces = character === ' ';
  });
  return `${out}"`;
}

function escapeDouble(character: string): string {
  const short = DOUBLE_ESCAPES[character];
  if (short) return short;
  if (!hasSpecial(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** A block scalar with `|`; the hint says where leading spaces end and whether line ends are kept. */
function literal(text: string, indent: number): string {
  const leading = /^[ \n]/.test(text) ? String(2) : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const pad = ' '.repeat(Math.max(indent, 0));
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return `|${leading}${chomp}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`;
}
