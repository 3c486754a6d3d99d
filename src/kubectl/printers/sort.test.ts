import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goSort } from './sort';
import { TabWriter, tableWriter } from './tab-writer';

describe('sorting as Go does', () => {
  it('puts equal elements where Go puts them', () => {
    const keys = [0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1];
    const items = keys.map((key, index) => ({ key, index }));
    goSort(items, (left, right) => left.key < right.key);
    expect(items.map(({ index }) => index)).toEqual([
      14, 7, 2, 29, 4, 25, 6, 18, 8, 20, 10, 15, 17, 13, 1, 0, 16, 12, 11, 19, 9, 21, 22, 23, 24, 5, 26, 27, 28, 3, 30,
    ]);
  });

  it('sorts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), (numbers) => {
        const sorted = [...numbers];
        goSort(sorted, (left, right) => left < right);
        expect(sorted).toEqual([...numbers].sort((left, right) => left - right));
      }),
      { seed: 11 },
    );
  });
});

describe('columns', () => {
  const laidOut = (text: string): string => {
    let out = '';
    const writer = new TabWriter((part) => (out += part), { minWidth: 0, padding: 2 });
    writer.write(text);
    writer.flush();
    return out;
  };

  it('end where no line has them', () => {
    expect(laidOut('a\tbb\tc\nlonger\tx\ty\nno tabs\nz\tw\n')).toBe('a       bb  c\nlonger  x   y\nno tabs\nz  w\n');
  });

  it('of a table keep their widths while rows stream in', () => {
    let out = '';
    const writer = tableWriter((part) => (out += part));
    writer.write('NAME\tAGE\nlong-name\t5m\n');
    writer.flush();
    writer.write('a\t1m\n');
    writer.flush();
    expect(out).toBe('NAME        AGE\nlong-name   5m\na           1m\n');
  });
});
