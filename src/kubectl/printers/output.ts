import { CliError, asError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { bool, text } from '../flags/flags';
import type { FlagValues } from '../flags/parse';
import { goJson, structJson } from '../format/go-json';
import { goQuote, goSyntax, goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { isObject, textAt } from '../format/json';
import { JsonPath } from '../format/json-path';
import { asStruct } from '../format/struct';
import type { KubectlIo } from '../io';
import { GoTemplate } from '../template/go-template';
import { toKyaml } from './kyaml';
import type { Printer, Sink } from './printer';
import { toYaml } from './yaml';

const TEMPLATE_FORMATS = ['go-template', 'go-template-file', 'template', 'templatefile'];
const JSON_PATH_FORMATS = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];
export const PLAIN_FORMATS = ['json', 'yaml', 'kyaml', 'name', ...TEMPLATE_FORMATS, ...JSON_PATH_FORMATS];

/** The flags of commands that print objects. Models genericclioptions.PrintFlags. */
export const PRINT_FLAGS: FlagSpec[] = [
  text('output', `Output format. One of: (${[...PLAIN_FORMATS].sort().join(', ')}).`, { short: 'o' }),
  text('template', 'Template, or the file that holds it, for -o=go-template and -o=go-template-file.'),
  bool('allow-missing-template-keys', 'Ignore fields and keys that a template names and an object lacks.', {
    default: 'true',
  }),
  bool('show-managed-fields', 'Keep managedFields in JSON and YAML.'),
];

/**
 * The printer that `-o` asks for; without it objects are named with what was done to them, `pod/a created`.
 * Throws for an unknown format.
 */
export function printerFor(flags: FlagValues, io: KubectlIo, operation: string): Printer {
  return choosePrinter(flags, io, operation, false);
}

/** The same for commands that hold objects as Go structs: JSON then has the order of their declaration. */
export function structPrinterFor(flags: FlagValues, io: KubectlIo, operation: string): Printer {
  return choosePrinter(flags, io, operation, true);
}

function choosePrinter(flags: FlagValues, io: KubectlIo, operation: string, typed: boolean): Printer {
  let format = flags.text('output');
  if (flags.text('template') !== '' && !flags.changed('output')) format = 'go-template';
  const printer =
    plainPrinter(format, flags, typed) ??
    (format === '' || format === 'name' ? namePrinter(format === 'name' ? '' : operation) : undefined) ??
    templatePrinter(format, flags, io);
  if (printer) return printer;
  throw unknownFormat(flags.text('output'), PLAIN_FORMATS);
}

export function unknownFormat(format: string, allowed: string[]): CliError {
  const formats = [...allowed].sort().join(',');
  return new CliError(
    `unable to match a printer suitable for the output format ${goQuote(format)}, allowed formats are: ${formats}`,
  );
}

/** JSON, YAML and KYAML. */
export function plainPrinter(format: string, flags: FlagValues, typed = false): Printer | undefined {
  const shown = (object: JsonObject): JsonObject => {
    const left = flags.bool('show-managed-fields') ? object : withoutManagedFields(object);
    return typed ? asStruct(left) : left;
  };
  const toJson = typed ? structJson : goJson;
  let printed = 0;
  switch (format.toLowerCase()) {
    case 'json':
      return writing((object, eventType) =>
        eventType ? `${toJson(event(shown(object), eventType))}\n` : `${toJson(shown(object), '    ')}\n`,
      );
    case 'yaml':
      return writing((object, eventType) => {
        const text = toYaml(eventType ? event(shown(object), eventType) : shown(object));
        return printed++ > 0 ? `---\n${text}` : text;
      });
    case 'kyaml':
      return writing((object, eventType) => toKyaml(eventType ? event(shown(object), eventType) : shown(object)));
    default:
      return undefined;
  }
}

const event = (object: JsonObject, type: string): JsonObject => ({ object, type });

function writing(render: (object: JsonObject, eventType: string) => string): Printer {
  return {
    print(object: JsonObject, out: Sink, eventType = ''): void {
      out.write(render(object, eventType));
    },
  };
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const items = Array.isArray(object['items'])
    ? { items: object['items'].map((item) => (isObject(item) ? withoutManagedFields(item) : item)) }
    : {};
  if (!isObject(object['metadata']) || !('managedFields' in object['metadata'])) return { ...object, ...items };
  const { managedFields: _dropped, ...metadata } = object['metadata'];
  return { ...object, ...items, metadata };
}

/** `pod/debug`, followed by what was done. */
export function namePrinter(operation: string): Printer {
  return writing((object) => {
    const items = Array.isArray(object['items']) ? object['items'].filter(isObject) : [object];
    return items.map((item) => `${nameOf(item)}${operation ? ` ${operation}` : ''}\n`).join('');
  });
}

/** `deployment.apps/web`. */
export function nameOf(object: JsonObject): string {
  const apiVersion = textAt(object, 'apiVersion');
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const kind = textAt(object, 'kind').toLowerCase() || '<unknown>';
  return `${group ? `${kind}.${group}` : kind}/${textAt(object, 'metadata', 'name') || '<unknown>'}`;
}

/** Go templates and JSONPath; undefined for other formats. Throws where there is no template or a wrong one. */
export function templatePrinter(format: string, flags: FlagValues, io: KubectlIo): Printer | undefined {
  const argument = flags.text('template');
  const equals = format.indexOf('=');
  const kind = argument === '' && equals >= 0 ? format.slice(0, equals) : format;
  if (!TEMPLATE_FORMATS.includes(kind) && !JSON_PATH_FORMATS.includes(kind)) return undefined;
  let template = argument === '' ? (equals >= 0 ? format.slice(equals + 1) : '') : argument;
  if (template === '') throw new CliError('template format specified but no template given');
  if (kind.endsWith('file')) {
    const text = io.readFile(template);
    if (text === undefined)
      throw new CliError(`error reading --template ${template}, open ${template}: no such file or directory`);
    template = text;
  }
  const lenient = flags.bool('allow-missing-template-keys');
  return JSON_PATH_FORMATS.includes(kind)
    ? jsonPathPrinter(template, lenient, kind === 'jsonpath-as-json')
    : goTemplatePrinter(template, lenient);
}

function jsonPathPrinter(template: string, allowMissingKeys: boolean, asJson: boolean): Printer {
  let path: JsonPath;
  try {
    path = new JsonPath(template, allowMissingKeys);
  } catch (thrown) {
    throw new CliError(`error parsing jsonpath ${template}, ${asError(thrown).message}`);
  }
  return writing((object) => {
    try {
      return asJson ? path.printAsJson(object) : path.print(object);
    } catch (thrown) {
      const more = `Error executing template: ${asError(thrown).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n`;
      throw new CliError(`error executing jsonpath ${goQuote(template)}: ${more}\n`);
    }
  });
}

function goTemplatePrinter(text: string, allowMissingKeys: boolean): Printer {
  let template: GoTemplate;
  try {
    template = new GoTemplate('output', text, allowMissingKeys);
  } catch (thrown) {
    throw new CliError(`error parsing template ${text}, ${asError(thrown).message}`);
  }
  return {
    print(object: JsonObject, out: Sink): void {
      try {
        template.execute(object, (part) => out.write(part));
      } catch (thrown) {
        const message = asError(thrown).message;
        out.write(`Error executing template: ${message}. Printing more information for debugging the template:\n`);
        out.write(`\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${goJson(object)}\n`);
        out.write(`\tobject given to template engine was:\n\t\t${goValue(object)}\n\n`);
        throw new CliError(`error executing template ${goQuote(text)}: ${message}`);
      }
    },
  };
}
