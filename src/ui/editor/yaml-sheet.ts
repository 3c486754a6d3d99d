import { colourLine } from './yaml-colours';

/** One line of a sheet. `marks`: the classes that it and its number have; `words`: what is said of it behind it. */
export interface SheetLine {
  text: string;
  marks: string;
  words?: string | undefined;
}

/**
 * The coloured lines of a text and their numbers, made by hand: a component for each piece of each line costs ten times as
 * much, before the first view and at each key. Only lines that changed are made anew.
 */
export class YamlSheet {
  #shown: readonly SheetLine[] = [];

  constructor(
    private readonly sheet: HTMLElement,
    private readonly numbers: HTMLElement,
  ) {}

  show(lines: readonly SheetLine[]): void {
    const before = this.#shown;
    const shorter = Math.min(before.length, lines.length);
    let head = 0;
    while (head < shorter && same(before[head]!, lines[head]!)) head++;
    let tail = 0;
    while (tail < shorter - head && same(before.at(-1 - tail)!, lines.at(-1 - tail)!)) tail++;
    const next = this.sheet.children[before.length - tail] ?? null;
    for (let gone = before.length - tail - head; gone > 0; gone--) this.sheet.children[head]!.remove();
    const made = document.createDocumentFragment();
    made.append(...lines.slice(head, lines.length - tail).map(lineElement));
    this.sheet.insertBefore(made, next);
    this.#number(lines);
    this.#shown = lines;
  }

  #number(lines: readonly SheetLine[]): void {
    const { numbers } = this;
    while (numbers.childElementCount > lines.length) numbers.lastElementChild!.remove();
    const made = document.createDocumentFragment();
    for (let at = numbers.childElementCount; at < lines.length; at++) made.append(element('', String(at + 1)));
    numbers.append(made);
    for (const [at, { marks }] of lines.entries()) {
      const { marks: before = '' } = this.#shown[at] ?? {};
      if (marks !== before) numbers.children[at]!.className = marks;
    }
  }
}

const same = (left: SheetLine, right: SheetLine): boolean =>
  left.text === right.text && left.marks === right.marks && left.words === right.words;

function lineElement({ text, marks, words }: SheetLine): HTMLElement {
  const line = element(`line ${marks}`.trim(), '');
  for (const token of colourLine(text)) line.append(token.is === 'plain' ? token.text : element(token.is, token.text));
  if (words !== undefined) line.append(element('words', words));
  line.append('\n');
  return line;
}

function element(className: string, text: string): HTMLElement {
  const made = document.createElement('span');
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
