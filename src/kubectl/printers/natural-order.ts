/**
 * The order of keys in YAML: letters after other characters, runs of digits by their number.
 * Models goyaml.v2 sorter.go keyList Less.
 */
export function compareNaturally(left: string, right: string): number {
  return before(left, right) ? -1 : before(right, left) ? 1 : 0;
}

const isLetter = (character: string): boolean => /\p{L}/u.test(character);
const isDigit = (character: string): boolean => /\p{Nd}/u.test(character);

function before(left: string, right: string): boolean {
  const a = [...left];
  const b = [...right];
  let digits = false;
  for (let index = 0; index < a.length && index < b.length; index++) {
    const x = a[index] ?? '';
    const y = b[index] ?? '';
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    if (isLetter(x) && isLetter(y)) return codeOf(x) < codeOf(y);
    if (isLetter(x) || isLetter(y)) return digits ? isLetter(x) : isLetter(y);
    return numbersBefore(a, b, index);
  }
  return a.length < b.length;
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

/** Compares from the first difference on, where neither character is a letter. */
function numbersBefore(a: string[], b: string[], index: number): boolean {
  const x = a[index] ?? '';
  const y = b[index] ?? '';
  if (x === '0' || y === '0') {
    for (let back = index - 1; back >= 0 && isDigit(a[back] ?? ''); back--) {
      if (a[back] !== '0') return compareRuns(a, b, index, 1n, 1n);
    }
    return compareRuns(a, b, index, isDigit(x) && x !== '0' ? 1n : 0n, isDigit(y) && y !== '0' ? 1n : 0n);
  }
  return compareRuns(a, b, index, 0n, 0n);
}

function compareRuns(a: string[], b: string[], start: number, seedA: bigint, seedB: bigint): boolean {
  const [numberA, endA] = run(a, start, seedA);
  const [numberB, endB] = run(b, start, seedB);
  if (numberA !== numberB) return numberA < numberB;
  if (endA !== endB) return endA < endB;
  return codeOf(a[start] ?? '') < codeOf(b[start] ?? '');
}

function run(text: string[], start: number, seed: bigint): [bigint, number] {
  let value = seed;
  let end = start;
  while (end < text.length && isDigit(text[end] ?? '')) {
    value = value * 10n + BigInt(codeOf(text[end] ?? '') - 48);
    end++;
  }
  return [value, end];
}
