import { describe, expect, it } from 'vitest';
import { parseYamlDocument } from './yaml';

const nested = (depth: number): string[] => [
  `a: ${'['.repeat(depth)}${']'.repeat(depth)}`,
  `a: ${'{b: '.repeat(depth)}1${'}'.repeat(depth)}`,
  `${'- '.repeat(depth)}1`,
  `${'? '.repeat(depth)}1`,
  Array.from({ length: depth }, (_none, level) => `${' '.repeat(level)}a:`).join('\n'),
  Array.from({ length: depth / 2 }, (_none, level) => `${'  '.repeat(level)}- a:`).join('\n'),
];

describe('a deep YAML document', () => {
  it('is read where people could have written it', () => {
    for (const text of nested(400)) expect(parseYamlDocument(text, {}).errors).toEqual([]);
  });

  it('is refused, in each form, before the parser can run out of stack', () => {
    for (const depth of [4_000, 20_000]) {
      for (const text of depth === 4_000 ? nested(depth) : nested(depth).slice(0, 4))
        expect(() => parseYamlDocument(text, {})).toThrow(RangeError);
    }
  });

  it('is measured by its nesting, not by its brackets or its indentation', () => {
    const long = `text: |\n${'  [{ not nested\n'.repeat(5_000)}`;
    expect(parseYamlDocument(long, {}).errors).toEqual([]);
    expect(parseYamlDocument(`a:\n${' '.repeat(3_000)}b: 1`, {}).errors).toEqual([]);
    expect(parseYamlDocument(`[${'[1], '.repeat(3_000)}]`, {}).errors).toEqual([]);
  });
});
