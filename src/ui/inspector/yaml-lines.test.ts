import { describe, expect, it } from 'vitest';
import { shownLines } from './yaml-lines';

const TEXT = `metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind":"Pod"}

    note: |
      first

      second
  name: a`;

describe('the lines of an object', () => {
  it('fold the copy that kubectl keeps, and nothing else', () => {
    expect(shownLines(TEXT, undefined).map(({ text }) => text)).toEqual([
      'metadata:',
      '  annotations:',
      '    kubectl.kubernetes.io/last-applied-configuration: …',
      '    note: |',
      '      first',
      '',
      '      second',
      '  name: a',
    ]);
  });

  it('take the origin of the line above where they have none, without its words', () => {
    const origins = new Map([
      [1, { is: 'declared' as const }],
      [6, { is: 'drift' as const, declared: 'other' }],
      [10, { is: 'filled' as const }],
    ]);
    const lines = shownLines(TEXT, origins).map(({ origin }) => [origin?.is, origin?.declared]);
    expect(lines.slice(3)).toEqual([
      ['drift', 'other'],
      ['drift', undefined],
      ['drift', undefined],
      ['drift', undefined],
      ['filled', undefined],
    ]);
  });
});
