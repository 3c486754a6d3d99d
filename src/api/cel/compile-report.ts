/** What cel-go's compiler says of a text that is no expression: the place, the reason, the line. */

interface Fault {
  readonly code?: string;
  readonly summary?: string;
  readonly message: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: { readonly op?: string; readonly args?: unknown };
}

const MISSING =
  "mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
/** What operators are called where none fits. */
const OPERATORS: Readonly<Record<string, string>> = { in: '@in', '!_': '!_', '-_': '-_', '[]': '_[_]', '?:': '_?_:_' };

export function reportOf(source: string, error: unknown): string {
  const { at, words } = faultOf(source, error as Fault);
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1);
  const shown = source.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${words}\n | ${shown}\n | ${'.'.repeat(column)}^`;
}

function faultOf(source: string, { code, summary, message, range, node }: Fault): { at: number; words: string } {
  const at = Math.min(range?.start ?? 0, source.length);
  const said = summary ?? message;
  const undeclared = (name: string): string => `undeclared reference to '${name}' (in container '')`;
  switch (code) {
    case 'unknown_variable':
      return { at, words: undeclared(said.slice(said.indexOf(':') + 1).trim()) };
    case 'no_matching_overload': {
      const [, name = ''] = /'(?:[\w<>, ]*\.)?(\w+)\(/.exec(said) ?? [];
      const place = source.indexOf(`${name}(`, at);
      return { at: place < 0 ? at : place + name.length, words: undeclared(name) };
    }
    case 'no_such_overload':
      return operatorFault(source, at, said, node?.op ?? '');
    case 'unexpected_token':
    case 'expected_token':
      return { at, words: `Syntax error: ${said.endsWith('EOF') ? MISSING : said}` };
    default:
      return { at, words: code === undefined || range === undefined ? said : `Syntax error: ${said}` };
  }
}

/** An operator whose sides do not fit: `int + string`. */
function operatorFault(source: string, at: number, said: string, op: string): { at: number; words: string } {
  const types = said.slice(said.indexOf(':') + 1).trim();
  const sides = types
    .split(` ${op} `)
    .map((type) => type.replace(/^[!-]/, '').replaceAll('<', '(').replaceAll('>', ')'));
  const sign = op.replace('_', '');
  const place = source.indexOf(sign, at);
  const words = `found no matching overload for '${OPERATORS[op] ?? `_${op}_`}' applied to '(${sides.join(', ')})'`;
  return { at: place < 0 ? at : place, words };
}
