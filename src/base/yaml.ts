import { Lexer, parseDocument, Parser, type Document, type ParsedNode } from 'yaml';

type Options = NonNullable<Parameters<typeof parseDocument>[1]>;

/**
 * How deep a document may be nested. The parser calls itself for each level, and where the stack ends inside of a
 * regular expression the engine does not throw: it ends the whole process.
 */
const MAX_DEPTH = 1_200;

/** Parses one YAML document. Throws a RangeError where it is nested deeper than anything is that people write. */
export function parseYamlDocument(text: string, options: Options): Document.Parsed<ParsedNode> {
  if (depthBound(text) > MAX_DEPTH && isDeeper(text, MAX_DEPTH)) throw new RangeError('nested too deeply');
  return parseDocument(text, options);
}

/** No document is deeper than this: brackets that open, and twice the column at which a line's content starts. */
function depthBound(text: string): number {
  let brackets = 0;
  let column = 0;
  let indent = 0;
  let leading = true;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) brackets += 1;
    if (code === 0x0a) [column, leading] = [0, true];
    else if (leading) {
      column += 1;
      /* Space, tab, and the indicators of compact collections. */
      leading = code === 0x20 || code === 0x09 || code === 0x2d || code === 0x3f || code === 0x3a;
      indent = Math.max(indent, column);
    }
  }
  return brackets + 2 * indent;
}

/** Asks the parser of tokens, which keeps a stack of its own instead of calling itself. */
function isDeeper(text: string, limit: number): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme));
    /* A document, then a collection and what it holds for each level. */
    if (parser.stack.length > limit) return true;
  }
  return false;
}
