import { describe, expect, it } from 'vitest';
import { YamlSheet, type SheetLine } from './yaml-sheet';

const lines = (...texts: string[]): SheetLine[] => texts.map((text) => ({ text, marks: '' }));

function opened(...texts: string[]): { sheet: HTMLElement; numbers: HTMLElement; show: (of: SheetLine[]) => void } {
  const [sheet, numbers] = [document.createElement('pre'), document.createElement('div')];
  const yaml = new YamlSheet(sheet, numbers);
  yaml.show(lines(...texts));
  return { sheet, numbers, show: (of) => yaml.show(of) };
}

/** Each edit of a text, from what to what. */
const EDITS: [name: string, before: string[], after: string[]][] = [
  ['a line is changed', ['a: 1', 'b: 2', 'c: 3'], ['a: 1', 'b: 4', 'c: 3']],
  ['a line comes first', ['a: 1'], ['# a file', 'a: 1']],
  ['a line comes last', ['a: 1'], ['a: 1', '']],
  ['one of two equal lines goes', ['- x', '- x', 'b: 2'], ['- x', 'b: 2']],
  ['an equal line is added', ['- x', 'b: 2'], ['- x', '- x', 'b: 2']],
  ['all is replaced', ['a: 1', 'b: 2'], ['kind: Pod']],
  ['all goes', ['a: 1', 'b: 2'], ['']],
];

describe('a sheet of YAML', () => {
  it.each(EDITS)('%s', (_name, before, after) => {
    const { sheet, numbers, show } = opened(...before);
    show(lines(...after));
    expect(sheet.textContent).toBe(after.map((line) => `${line}\n`).join(''));
    expect([...numbers.children].map((one) => one.textContent)).toEqual(after.map((_, at) => String(at + 1)));
    expect(sheet.innerHTML).toBe(opened(...after).sheet.innerHTML);
  });

  it('makes only lines anew that changed', () => {
    const { sheet, show } = opened('a: 1', 'b: 2', 'c: 3');
    const [first, second, third] = [...sheet.children];
    show(lines('a: 1', 'b: 4', 'x: 5', 'c: 3'));
    expect([...sheet.children].map((line) => line === first || line === third)).toEqual([true, false, false, true]);
    expect(second?.isConnected).toBe(false);
  });

  it('marks a line and its number, and says what is said of it', () => {
    const { sheet, numbers, show } = opened('a: 1', 'b: 2');
    show([
      { text: 'a: 1', marks: '' },
      { text: 'b: 2', marks: 'changed', words: 'asks for 2' },
    ]);
    expect([...numbers.children].map((one) => one.className)).toEqual(['', 'changed']);
    expect(sheet.children[1]!.outerHTML).toBe(
      '<span class="line changed"><span class="key">b</span>:<span class="number"> 2</span><span class="words">asks for 2</span>\n</span>',
    );
    show(lines('a: 1', 'b: 2'));
    expect(numbers.children[1]!.className).toBe('');
  });

  it('shows text, never markup', () => {
    const { sheet } = opened('name: <img src=x onerror=alert(1)>');
    expect(sheet.querySelector('img')).toBeNull();
    expect(sheet.textContent).toBe('name: <img src=x onerror=alert(1)>\n');
  });
});
