import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Json } from '../../api/objects';
import { parseYamlDocument } from '../../base/yaml';
import { CliError } from '../errors';
import { goNumber } from '../format/go-json';
import type { JsonObject } from '../format/json';
import { isObject, setOwn } from '../format/json';
import { troubleText } from './yaml-trouble';
import { resolvePlain } from './yaml-values';

/**
 * One YAML 1.1 document as JSON, the way sigs.k8s.io/yaml converts it: keys become text, the last of equal keys wins,
 * aliases are expanded within bounds. `resolve` says what unquoted scalars mean. Throws a CliError with goyaml's words.
 */
export function yamlToJson(text: string, resolve: (plain: string) => Json = resolvePlain): Json {
  if (hasControlCharacters(text)) throw trouble('yaml: control characters are not allowed');
  const document = parsed(text);
  if (document.errors.length > 0) throw trouble(`yaml: ${troubleText(text, document.errors)}`);
  return new Converter(document, resolve).convert(document.contents, 0);
}

const trouble = (words: string): CliError => new CliError(`error converting YAML to JSON: ${words}`);

function parsed(text: string): Document {
  try {
    return parseYamlDocument(text, {
      schema: 'failsafe',
      version: '1.1',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      keepSourceTokens: false,
    }) as unknown as Document;
  } catch (thrown) {
    if (thrown instanceof RangeError) throw trouble('yaml: exceeded max depth of 10000');
    throw thrown;
  }
}

function hasControlCharacters(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || code === 0x7f || code === 0xfffe)
      return true;
  }
  return false;
}

const MAX_DEPTH = 10_000;

/** Walks a document's nodes, counting what aliases add, so that a small text cannot become a huge object. */
class Converter {
  private readonly document: Document;
  private readonly resolve: (plain: string) => Json;
  private readonly open = new Set<Node>();
  private decoded = 0;
  private aliased = 0;
  private aliasDepth = 0;

  constructor(document: Document, resolve: (plain: string) => Json) {
    this.document = document;
    this.resolve = resolve;
  }

  convert(node: unknown, depth: number): Json {
    if (depth > MAX_DEPTH) throw trouble('yaml: exceeded max depth of 10000');
    this.count();
    if (isAlias(node)) return this.alias(node.source, depth);
    if (isMap(node)) return this.map(node, depth);
    if (isSeq(node)) return node.items.map((item) => this.convert(item, depth + 1));
    if (isPair(node)) return this.map({ items: [node] } as unknown as YAMLMap, depth);
    return isScalar(node) ? scalar(node, this.resolve) : null;
  }

  private count(): void {
    this.decoded++;
    if (this.aliasDepth > 0) this.aliased++;
    const ratio = this.aliased / this.decoded;
    if (this.aliased > 100 && this.decoded > 1000 && ratio > allowedRatio(this.decoded)) {
      throw trouble('yaml: document contains excessive aliasing');
    }
  }

  private alias(name: string, depth: number): Json {
    const target = this.target(name);
    if (this.open.has(target)) throw trouble(`yaml: anchor '${name}' value contains itself`);
    this.open.add(target);
    this.aliasDepth++;
    const value = this.convert(target, depth + 1);
    this.aliasDepth--;
    this.open.delete(target);
    return value;
  }

  private target(name: string): Node {
    const alias = [...anchors(this.document)].find((node) => node.anchor === name);
    if (!alias) throw trouble(`yaml: unknown anchor '${name}' referenced`);
    return alias as unknown as Node;
  }

  private map(map: YAMLMap, depth: number): JsonObject {
    const object: JsonObject = {};
    const merged: JsonObject = {};
    for (const pair of map.items as Pair[]) {
      if (isMergeKey(pair.key)) this.merge(merged, pair.value, depth);
      else setOwn(object, this.key(pair.key, depth), this.convert(pair.value, depth + 1));
    }
    for (const [key, value] of Object.entries(merged)) if (!Object.hasOwn(object, key)) setOwn(object, key, value);
    return object;
  }

  private merge(into: JsonObject, source: unknown, depth: number): void {
    const value = this.convert(source, depth + 1);
    const wrong = trouble('yaml: map merge requires map or sequence of maps as the value');
    for (const part of Array.isArray(value) ? [...value].reverse() : [value]) {
      if (!isObject(part)) throw wrong;
      for (const [key, entry] of Object.entries(part)) setOwn(into, key, entry);
    }
  }

  private key(node: unknown, depth: number): string {
    const value = this.convert(node, depth + 1);
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return goNumber(value);
    if (typeof value === 'boolean') return String(value);
    throw trouble(
      `unsupported map key of type: ${value === null ? '%!s(<nil>)' : 'map'}, key: ${JSON.stringify(value)}`,
    );
  }
}

function* anchors(document: Document): Generator<{ anchor?: string }> {
  const stack: unknown[] = [document.contents];
  while (stack.length > 0) {
    const node = stack.pop();
    if (isScalar(node) || isMap(node) || isSeq(node)) if (node.anchor) yield node as { anchor?: string };
    if (isMap(node) || isSeq(node)) stack.push(...(node.items as unknown[]));
    if (isPair(node)) stack.push(node.key, node.value);
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === 'PLAIN' || key.type === undefined);
}

function scalar(node: { value: unknown; type?: string; tag?: string }, resolve: (plain: string) => Json): Json {
  const text = typeof node.value === 'string' ? node.value : '';
  const tag = node.tag?.replace(/^tag:yaml\.org,2002:|^!!/, '');
  if (tag === 'str') return text;
  if (tag === 'binary') return decodeBase64(text);
  if (node.type !== undefined && node.type !== 'PLAIN') return text;
  const value = node.value === null ? null : resolve(text);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new CliError(
      `error converting YAML to JSON: json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`,
    );
  }
  return value;
}

function decodeBase64(text: string): string {
  try {
    return atob(text.replace(/\s/g, ''));
  } catch {
    throw trouble('yaml: !!binary value contains invalid base64 data');
  }
}

/** How much of a document aliases may make up. Models goyaml.v2 allowedAliasRatio. */
function allowedRatio(count: number): number {
  if (count <= 400_000) return 0.99;
  if (count >= 4_000_000) return 0.1;
  return 0.99 - 0.89 * ((count - 400_000) / 3_600_000);
}
