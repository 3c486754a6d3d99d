import type { Json } from '../../api/objects';
import { isObject, sortedKeys } from '../format/json';
import { TEMPLATE_FUNCTIONS, isTrue, printed } from './functions';
import type { Command, Operand, Pipe, TemplateNode } from './parse';
import { parseTemplate } from './parse';
import { TemplateError } from './tokens';

type Control = Extract<TemplateNode, { pipe: Pipe; body: TemplateNode[] }>;

const FUNCTION_NAMES = new Set([...Object.keys(TEMPLATE_FUNCTIONS), 'and', 'or']);

class LoopExit extends Error {
  readonly kind: 'break' | 'continue';

  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}

/** A Go template over JSON data. Models Go's text/template as far as maps, lists and scalars go. */
export class GoTemplate {
  private readonly name: string;
  private readonly source: string;
  private readonly nodes: TemplateNode[];
  private readonly allowMissingKeys: boolean;

  /** Throws a TemplateError where the text cannot be parsed. */
  constructor(name: string, source: string, allowMissingKeys: boolean) {
    this.name = name;
    this.source = source;
    this.nodes = parseTemplate(name, source, FUNCTION_NAMES);
    this.allowMissingKeys = allowMissingKeys;
  }

  /** Writes the text piece by piece, so that what came before a failure is seen. Throws a TemplateError. */
  execute(data: Json, write: (text: string) => void): void {
    new Execution(this.name, this.source, write, this.allowMissingKeys, data).run(this.nodes, data);
  }
}

class Execution {
  private readonly name: string;
  private readonly source: string;
  private readonly write: (text: string) => void;
  private readonly allowMissingKeys: boolean;
  private variables: { name: string; value: Json | undefined }[];

  constructor(name: string, source: string, write: (text: string) => void, allowMissingKeys: boolean, data: Json) {
    this.name = name;
    this.source = source;
    this.write = write;
    this.allowMissingKeys = allowMissingKeys;
    this.variables = [{ name: '$', value: data }];
  }

  run(nodes: TemplateNode[], dot: Json | undefined): void {
    for (const node of nodes) this.step(node, dot);
  }

  private step(node: TemplateNode, dot: Json | undefined): void {
    switch (node.type) {
      case 'text':
        return this.write(node.text);
      case 'action': {
        const value = this.pipe(node.pipe, dot);
        if (node.pipe.declare.length === 0) this.write(printed(value));
        return;
      }
      case 'break':
      case 'continue':
        throw new LoopExit(node.type);
      default: {
        const depth = this.variables.length;
        if (node.type === 'range') this.range(node, dot);
        else this.choose(node, dot);
        this.variables.length = depth;
      }
    }
  }

  private choose(node: Control, dot: Json | undefined): void {
    const value = this.pipe(node.pipe, dot);
    if (isTrue(value)) this.run(node.body, node.type === 'with' ? value : dot);
    else this.run(node.otherwise, dot);
  }

  private range(node: Control, dot: Json | undefined): void {
    const value = this.pipe({ ...node.pipe, declare: [] }, dot);
    const entries = this.entries(value, node.pipe);
    if (entries.length === 0) return this.run(node.otherwise, dot);
    for (const [key, item] of entries) {
      const depth = this.variables.length;
      const [first, second] = node.pipe.declare;
      if (first) this.variables.push({ name: first, value: second ? key : item });
      if (second) this.variables.push({ name: second, value: item });
      try {
        this.run(node.body, item);
      } catch (thrown) {
        if (!(thrown instanceof LoopExit)) throw thrown;
        if (thrown.kind === 'break') return;
      } finally {
        this.variables.length = depth;
      }
    }
  }

  private entries(value: Json | undefined, pipe: Pipe): [Json, Json][] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((item, index) => [index, item]);
    if (isObject(value)) return sortedKeys(value).map((key) => [key, value[key] ?? null]);
    if (typeof value === 'number') return Array.from({ length: value }, (_item, index) => [index, index]);
    const at = pipe.commands.at(-1)?.[0]?.at ?? 0;
    throw this.fail({ text: pipe.text, at }, `range can't iterate over ${printed(value)}`);
  }

  /** Models text/template/parse ErrorContext: lines from 1, bytes from 0. */
  private fail({ text, at }: { text: string; at: number }, words: string): TemplateError {
    const lines = this.source.slice(0, at).split('\n');
    const column = new TextEncoder().encode(lines.at(-1)).length;
    const place = `${this.name}:${lines.length}:${column}`;
    return new TemplateError(`template: ${place}: executing "${this.name}" at <${text}>: ${words}`);
  }

  private pipe(pipe: Pipe, dot: Json | undefined): Json | undefined {
    let value: Json | undefined;
    pipe.commands.forEach((command, index) => {
      value = this.command(command, dot, index > 0 ? [value ?? null] : []);
    });
    for (const name of pipe.declare) {
      const known = pipe.assign ? this.variables.findLast((variable) => variable.name === name) : undefined;
      if (known) known.value = value;
      else this.variables.push({ name, value });
    }
    return value;
  }

  private command(command: Command, dot: Json | undefined, piped: Json[]): Json | undefined {
    const [first, ...rest] = command;
    if (!first) return undefined;
    if (first.type === 'function') return this.call(first, rest, dot, piped);
    if (rest.length > 0 || piped.length > 0) {
      if (first.type === 'value') throw this.fail(first, `can't give argument to non-function ${first.text}`);
      throw this.fail(first, `${first.text} is not a method but has arguments`);
    }
    return this.operand(first, dot);
  }

  private call(
    first: Extract<Operand, { type: 'function' }>,
    rest: Operand[],
    dot: Json | undefined,
    piped: Json[],
  ): Json | undefined {
    if (first.name === 'and' || first.name === 'or') {
      let value: Json | undefined;
      for (const operand of rest) {
        value = this.operand(operand, dot);
        if (isTrue(value) === (first.name === 'or')) return value;
      }
      return piped.length > 0 ? piped[0] : value;
    }
    const args = [...rest.map((operand) => this.operand(operand, dot) ?? null), ...piped];
    const called = TEMPLATE_FUNCTIONS[first.name];
    try {
      return called?.(args);
    } catch (thrown) {
      const text = [first, ...rest].map((operand) => operand.text).join(' ');
      throw this.fail({ text, at: first.at }, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  private operand(operand: Operand, dot: Json | undefined): Json | undefined {
    switch (operand.type) {
      case 'value':
        return operand.value;
      case 'dot':
        return dot;
      case 'fields':
        return this.fields(dot, operand.names, operand);
      case 'variable': {
        const variable = this.variables.findLast((one) => one.name === operand.name);
        return this.fields(variable?.value, operand.names, operand);
      }
      case 'pipe':
        return this.fields(this.pipe(operand.pipe, dot), operand.names, operand);
      case 'function':
        return this.call(operand, [], dot, []);
    }
  }

  private fields(start: Json | undefined, names: string[], of: Operand): Json | undefined {
    let current = start;
    for (const name of names) {
      if (current === undefined) {
        if (this.allowMissingKeys) return undefined;
        throw this.fail(of, `nil data; no entry for key ${JSON.stringify(name)}`);
      }
      if (current === null) throw this.fail(of, `nil pointer evaluating interface {}.${name}`);
      if (!isObject(current)) throw this.fail(of, `can't evaluate field ${name} in type interface {}`);
      if (Object.hasOwn(current, name)) current = current[name];
      else if (this.allowMissingKeys) current = undefined;
      else throw this.fail(of, `map has no entry for key ${JSON.stringify(name)}`);
    }
    return current;
  }
}
