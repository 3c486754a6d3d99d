import { isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { Json } from '../../api/objects';
import { parseYamlDocument } from '../../base/yaml';
import type { Problem } from './lesson';

/** Reads fields of a YAML file that somebody else wrote: whatever is wrong becomes a problem with its line. */
export class YamlFields {
  private constructor(
    readonly node: unknown,
    readonly file: string,
    readonly line: number,
    private readonly problems: Problem[],
    private readonly lines: LineCounter,
    private readonly firstLine: number,
  ) {}

  /** `firstLine` is the line of the file at which the text starts. */
  static read(text: string, file: string, problems: Problem[], firstLine = 1): YamlFields {
    const lines = new LineCounter();
    let node: unknown = null;
    try {
      const document = parseYamlDocument(text, { lineCounter: lines, maxAliasCount: 0 } as never);
      node = document.contents;
      for (const { message, pos } of document.errors)
        problems.push({
          file,
          line: lines.linePos(pos[0]).line + firstLine - 1,
          message: message.split('\n')[0] ?? '',
        });
    } catch (error) {
      problems.push({ file, line: firstLine, message: (error as Error).message });
    }
    return new YamlFields(node, file, firstLine, problems, lines, firstLine);
  }

  report(message: string, line = this.line): void {
    this.problems.push({ file: this.file, line, message });
  }

  /** Names the fields that may be there. */
  allow(names: readonly string[]): void {
    if (this.node === null) return;
    if (!isMap(this.node)) return this.report('there must be fields here');
    for (const { key } of this.node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!names.includes(name))
        this.report(`there is no field ${JSON.stringify(name)}; there are ${names.join(', ')}`, this.#lineOf(key));
    }
  }

  has(name: string): boolean {
    return isMap(this.node) && this.node.has(name);
  }

  keys(): string[] {
    return isMap(this.node) ? this.node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [];
  }

  at(name: string): YamlFields {
    const node = isMap(this.node) ? this.node.get(name, true) : undefined;
    return this.#below(node ?? null);
  }

  items(name: string): YamlFields[] {
    if (!this.has(name)) return [];
    const { node } = this.at(name);
    if (isSeq(node)) return node.items.map((item) => this.#below(item));
    this.report(`${name} must be a list`);
    return [];
  }

  text(name: string, fallback?: string): string {
    const value = this.#scalar(name);
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (fallback === undefined || value !== undefined) this.report(`${name} must be a text`);
    return fallback ?? '';
  }

  number(name: string, bounds: readonly [low: number, high: number], fallback?: number): number {
    const value = this.#scalar(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const [low, high] = bounds;
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
    this.report(`${name} must be a whole number from ${low} to ${high}`);
    return fallback ?? low;
  }

  flag(name: string): boolean {
    const value = this.#scalar(name);
    if (value !== undefined && typeof value !== 'boolean') this.report(`${name} must be true or false`);
    return value === true;
  }

  /** Everything here as plain data. */
  json(): Json {
    const { node } = this;
    if (node === null || typeof node !== 'object' || !('toJSON' in node)) return null;
    return (node as { toJSON(): Json }).toJSON();
  }

  /** The value itself, where it is a text. */
  get value(): string {
    if (isScalar(this.node) && typeof this.node.value === 'string') return this.node.value;
    this.report('this must be a text');
    return '';
  }

  #scalar(name: string): unknown {
    const { node } = this.at(name);
    if (node === null) return undefined;
    return isScalar(node) ? node.value : null;
  }

  #below(node: unknown): YamlFields {
    return new YamlFields(node, this.file, this.#lineOf(node), this.problems, this.lines, this.firstLine);
  }

  #lineOf(node: unknown): number {
    const range = (node as Node | null)?.range;
    return range ? this.lines.linePos(range[0]).line + this.firstLine - 1 : this.line;
  }
}
