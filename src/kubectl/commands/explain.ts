import type { KindSchema } from '../cluster/openapi';
import { referenceOf, schemaOfKind } from '../cluster/openapi';
import type { Mapping } from '../cluster/discovery';
import { splitGroupVersion } from '../cluster/discovery';
import type { Command } from '../command';
import { CliError, NoResourceError } from '../errors';
import { bool, text } from '../flags/flags';
import type { JsonObject } from '../format/json';
import { isObject, listAt, objectAt, sortedKeys, textAt } from '../format/json';
import { indentLines, wordWrap } from '../format/word-wrap';
import type { Session } from '../session';

const WIDTH = 76;

export const explainCommand: Command = {
  name: 'explain',
  completes: 'fields',
  usage:
    'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  short: 'Get documentation for a resource',
  long: 'Describes the fields of a kind: explain TYPE.FIELD.FIELD.',
  examples: `  kubectl explain job.spec.template.spec.containers`,
  outputs: ['plaintext', 'plaintext-openapiv2'],
  flags: [
    bool('recursive', 'Print all fields below as well.'),
    text('api-version', 'Another group and version of the kind.'),
    text('output', 'plaintext or plaintext-openapiv2.', { short: 'o', default: 'plaintext' }),
  ],
  run: explain,
};

async function explain(session: Session): Promise<void> {
  const { flags, args } = session;
  const [subject] = args;
  if (subject === undefined) {
    throw new CliError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  if (args.length > 1) throw new CliError('We accept only this format: explain RESOURCE\n');
  const { mapping, path } = await find(session, subject);
  const format = flags.text('output');
  if (format !== 'plaintext' && format !== 'plaintext-openapiv2') throw new CliError(`unrecognized format: ${format}`);
  const schema = await schemaOfKind(session, mapping);
  const { group, version, resource, kind } = mapping;
  if (!schema) throw new CliError(`couldn't find resource for "${group}/${version}, Resource=${resource}"`);
  session.print(`${group ? `GROUP:      ${group}\n` : ''}KIND:       ${kind}\nVERSION:    ${version}\n\n`);
  const explainer = new Explainer(schema);
  session.print(`${explainer.text(path, flags.bool('recursive'))}\n`);
}

async function find(session: Session, subject: string): Promise<{ mapping: Mapping; path: string[] }> {
  const [type = '', ...path] = subject.split('.');
  const version = session.flags.text('api-version');
  const mapping = await session.discovery.find(type);
  if (!mapping) throw new NoResourceError(type);
  if (version === '') {
    const qualified = await qualifiedMapping(session, type, path);
    return qualified ?? { mapping, path };
  }
  const [group, name] = splitGroupVersion(version);
  const { mappings } = await session.discovery.discovered();
  const other = mappings.find(
    (one) => one.group === group && one.version === name && one.resource === mapping.resource,
  );
  if (!other) throw new CliError(`couldn't find resource for "${group}/${name}, Resource=${mapping.resource}"`);
  return { mapping: other, path };
}

/** `jobs.batch.spec`: the longest beginning that names a resource with its group. */
async function qualifiedMapping(
  session: Session,
  type: string,
  path: string[],
): Promise<{ mapping: Mapping; path: string[] } | undefined> {
  const { mappings } = await session.discovery.discovered();
  for (let length = path.length; length > 0; length--) {
    const group = path.slice(0, length).join('.');
    const mapping = mappings.find(
      (one) => one.group === group && [one.resource, one.singular, ...one.shortNames].includes(type),
    );
    if (mapping) return { mapping, path: path.slice(length) };
  }
  return undefined;
}

/** Writes a schema as text. Models pkg/explain/v2 and its plaintext template. */
class Explainer {
  private readonly schema: KindSchema;

  constructor(schema: KindSchema) {
    this.schema = schema;
  }

  text(path: readonly string[], recursive: boolean): string {
    const { root } = this.schema;
    if (path.length === 0) return this.body(root, [root], recursive);
    let schema = root;
    for (const step of path) schema = this.child(schema, step);
    const name = path.at(-1) ?? '';
    const values = enumOf(schema).map((value) => `    ${value}\n`);
    const enums = values.length > 0 ? `ENUM:\n${values.join('')}` : '\n';
    return `FIELD: ${name} <${this.typeText(schema)}>\n${enums}\n${this.body(schema, this.chain(schema), recursive)}`;
  }

  private child(schema: JsonObject, step: string): JsonObject {
    const properties = objectAt(this.innermost(schema), 'properties') ?? {};
    const found = Object.hasOwn(properties, step) ? properties[step] : undefined;
    if (!isObject(found)) throw new CliError(`field "${step}" does not exist`);
    return found;
  }

  /** The object type inside lists, maps and references. */
  private innermost(schema: JsonObject): JsonObject {
    return this.chain(schema).at(-1) ?? schema;
  }

  /** A schema and all that it leads to: what it lists, maps or refers to. */
  private chain(schema: JsonObject): JsonObject[] {
    const chain = [schema];
    for (let current: JsonObject | undefined = schema; current && chain.length < 10;) {
      const ref = referenceOf(current);
      const inner: JsonObject | undefined =
        ref === undefined
          ? (objectAt(current, 'items') ?? objectAt(current, 'additionalProperties'))
          : this.schema.resolve(ref);
      if (inner) chain.push(inner);
      current = inner;
    }
    return chain;
  }

  private body(schema: JsonObject, chain: readonly JsonObject[], recursive: boolean): string {
    const described = chain.map((one) => textAt(one, 'description')).filter((words) => words !== '');
    const description = described.length === 0 ? '<empty>' : described.map((words) => `${words}\n`).join('');
    const head = `DESCRIPTION:\n${indentLines(wordWrap(description, WIDTH), 4)}\n`;
    const inner = this.innermost(schema);
    if (!objectAt(inner, 'properties')) return head;
    return `${head}FIELDS:\n${this.fields(inner, 1, recursive, [inner])}`;
  }

  private fields(schema: JsonObject, level: number, recursive: boolean, above: readonly JsonObject[]): string {
    const properties = objectAt(schema, 'properties') ?? {};
    const required = listAt(schema, 'required');
    return sortedKeys(properties)
      .map((key) => {
        const field = properties[key];
        return isObject(field) ? this.field(key, field, required.includes(key), level, recursive, above) : '';
      })
      .join('');
  }

  private field(
    name: string,
    field: JsonObject,
    required: boolean,
    level: number,
    recursive: boolean,
    above: readonly JsonObject[],
  ): string {
    const pad = '  '.repeat(level);
    const values = enumOf(field);
    const shown = values.length > ENUM_LIMIT ? [...values.slice(0, ENUM_LIMIT), '....'] : values;
    const lines = `${pad}${name}\t<${this.typeText(field)}>${required ? ' -required-' : ''}\n${values.length > 0 ? `${pad}enum: ${shown.join(', ')}\n` : ''}`;
    if (recursive) {
      const inner = this.innermost(field);
      return above.includes(inner) ? lines : lines + this.fields(inner, level + 1, true, [...above, inner]);
    }
    const description = textAt(field, 'description') || '<no description>';
    return `${lines}${indentLines(wordWrap(description, WIDTH), 4)}\n\n`;
  }

  /** `[]Container`, `map[string]Quantity`, `string`. */
  private typeText(schema: JsonObject): string {
    const items = objectAt(schema, 'items');
    if (items) return `[]${this.typeText(items)}`;
    const values = objectAt(schema, 'additionalProperties');
    if (values) return `map[string]${this.typeText(values)}`;
    const ref = referenceOf(schema);
    if (ref !== undefined) {
      const type = textAt(this.schema.resolve(ref), 'type');
      return type === '' || type === 'object' ? (ref.split('/').at(-1)?.split('.').at(-1) ?? 'Object') : type;
    }
    const type = textAt(schema, 'type');
    return type === '' || type === 'object' ? 'Object' : type;
  }
}

/** In lists of fields no more values are shown. */
const ENUM_LIMIT = 4;

const enumOf = (schema: JsonObject): string[] =>
  listAt(schema, 'enum').map((value) => (value === '' ? '""' : String(value)));
