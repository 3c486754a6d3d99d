import type { Environment } from '@marcbachmann/cel-js';
import { CelError, jsonOf, type CelValue } from './values';
import type { Json } from '../objects';

/**
 * Objects that an expression makes: `Object{spec: Object.spec{replicas: 1}}`, and `JSONPatch{op: "add", …}`. The library has
 * no such literals, so that they become calls before it reads them. Models apiserver/pkg/cel/mutation.
 */

/** What was made, and under which type's name. */
export class CelObject {
  constructor(
    readonly typeName: string,
    readonly fields: Readonly<Record<string, CelValue>>,
  ) {}
}

/** One operation of a JSON patch. */
export class CelPatch extends CelObject {}

interface Optional {
  hasValue(): boolean;
  value(): CelValue;
}

/** A field with this mark is left out where its optional value is none. */
const OPTIONAL_MARK = '?';
const PATCH_FIELDS = ['op', 'path', 'from', 'value'];
/** What is not looked into: raw texts, texts and comments. */
const SKIPPED =
  /^(?:[rR]?[bB]?(?:"""[\s\S]*?"""|'''[\s\S]*?''')|[rR][bB]?(?:"[^"\n]*"|'[^'\n]*')|[bB]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\/[^\n]*)/;
const OPENING = /^(?:(Object(?:\s*\.\s*[A-Za-z_]\w*)*)|(JSONPatch))\s*\{/;
const ESCAPE_KEY = /^jsonpatch\s*\.\s*escapeKey\b/;
const WORD = /^[A-Za-z_]\w*/;
const FIELD = /^(\s*)(\?\s*)?(?:([A-Za-z_]\w*)|`([^`\n]*)`)\s*:/;

/** The expression with calls in place of such literals. */
export function withObjectCalls(source: string): string {
  const out: string[] = [];
  /** For each open bracket what closes it instead, and whether a field's name may come next. */
  const open: { close: string; fields: boolean }[] = [];
  let afterDot = false;
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const [skipped] = SKIPPED.exec(rest) ?? [];
    const begun: RegExpExecArray | null = skipped === undefined && !afterDot ? OPENING.exec(rest) : null;
    const called: RegExpExecArray | null = skipped === undefined && !afterDot ? ESCAPE_KEY.exec(rest) : null;
    const token: string = skipped ?? begun?.[0] ?? called?.[0] ?? WORD.exec(rest)?.[0] ?? source[at]!;
    at += token.length;
    afterDot = token === '.' || (afterDot && /\s/.test(token));
    if (begun) {
      out.push(begun[2] ? 'podium_JSONPatch({' : opening(begun[1]!.replace(/\s/g, '')));
      open.push({ close: '})', fields: true });
    } else out.push(called ? 'podium_escapeKey' : bracket(token, open));
    if (begun || (token === ',' && open.at(-1)?.fields)) at += field(source.slice(at), out);
  }
  return out.join('');
}

const opening = (typeName: string): string =>
  typeName === 'Object' ? 'podium_Object({' : `podium_part(${JSON.stringify(typeName)}, {`;

/** A bracket, noted; any other token as it is. */
function bracket(token: string, open: { close: string; fields: boolean }[]): string {
  if (token === '{' || token === '[' || token === '(') open.push({ close: '', fields: false });
  if (token !== '}' && token !== ']' && token !== ')') return token;
  return open.pop()?.close || token;
}

/** Reads a field's name and writes it as a key. Returns how far it went. */
function field(rest: string, out: string[]): number {
  const [token, space, mark, word, quoted] = FIELD.exec(rest) ?? [];
  if (token === undefined) return 0;
  out.push(space ?? '', JSON.stringify(`${mark ? OPTIONAL_MARK : ''}${word ?? quoted ?? ''}`), ':');
  return token.length;
}

function fieldsOf(map: Readonly<Record<string, CelValue>>): Record<string, CelValue> {
  const fields = Object.create(null) as Record<string, CelValue>;
  for (const [key, value] of Object.entries(map)) {
    if (!key.startsWith(OPTIONAL_MARK)) fields[key] = value;
    else if ((value as Optional).hasValue()) fields[key.slice(1)] = (value as Optional).value();
  }
  return fields;
}

function patchOf(map: Readonly<Record<string, CelValue>>): CelPatch {
  const fields = fieldsOf(map);
  for (const [key, value] of Object.entries(fields)) {
    if (!PATCH_FIELDS.includes(key)) throw new CelError(`unexpected JSONPatchType field: ${key}`);
    if (key !== 'value' && typeof value !== 'string')
      throw new CelError(`unexpected type ${typeof value} for JSONPatchType '${key}' field`);
  }
  return new CelPatch('JSONPatch', fields);
}

/** Adds the calls that the literals become, and what helps to write patches. */
export function registerObjects(environment: Environment): void {
  type Map = Readonly<Record<string, CelValue>>;
  environment
    .registerType('Object', { ctor: CelObject, fields: {} } as never)
    .registerType('JSONPatch', { ctor: CelPatch, fields: {} } as never)
    .registerFunction('podium_Object(map): Object', (map: Map) => new CelObject('Object', fieldsOf(map)))
    .registerFunction('podium_part(string, map): dyn', (name: string, map: Map) => new CelObject(name, fieldsOf(map)))
    .registerFunction('podium_JSONPatch(map): JSONPatch', patchOf)
    .registerFunction('podium_escapeKey(string): string', (key: string) =>
      key.replaceAll('~', '~0').replaceAll('/', '~1'),
    );
}

/** What was made, as JSON. Throws CelError where a part has another type's name than its place says. */
export function objectJson(made: CelValue, path?: string): Json {
  if (made instanceof CelObject) {
    const wanted = path ?? made.typeName;
    if (made.typeName !== wanted)
      throw new CelError(
        `type mismatch: unexpected type name ${JSON.stringify(made.typeName)}, expected ${JSON.stringify(wanted)}, which matches field name path from root Object type`,
      );
    return mapJson(made.fields, (key) => `${wanted}.${key}`);
  }
  if (Array.isArray(made)) return made.map((one) => objectJson(one as CelValue, path));
  return isPlain(made) ? mapJson(made, () => path) : jsonOf(made);
}

function mapJson(fields: Readonly<Record<string, CelValue>>, pathOf: (key: string) => string | undefined): Json {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, objectJson(value, pathOf(key))]));
}

function isPlain(value: CelValue): value is Readonly<Record<string, CelValue>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
