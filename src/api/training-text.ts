/** Digits after the point at most, as numpy prints by default. */
const PRECISION = 8;
const LINE_WIDTH = 75;

/** A loss as the training program logs it: `0.0841`, `12.3400`, `3.21e-5`. */
export function formatLoss(loss: number): string {
  const plain = loss === 0 || (Math.abs(loss) >= 0.001 && Math.abs(loss) < 1e6);
  return plain ? loss.toFixed(4) : loss.toExponential(2);
}

/**
 * Numbers in brackets as a Python script would print an array: columns aligned, at most eight digits after the
 * point, lines broken at 75 characters. Models numpy.array2string with its defaults for 32-bit floats.
 */
export function formatArray(values: readonly number[]): string {
  const texts = align(values.map(Math.fround), usesExponent(values));
  let text = '[';
  let column = 1;
  for (const [index, value] of texts.entries()) {
    if (index > 0) {
      const breaks = column + 1 + value.length + 1 > LINE_WIDTH;
      text += breaks ? '\n ' : ' ';
      column = breaks ? 1 : column + 1;
    }
    text += value;
    column += value.length;
  }
  return `${text}]`;
}

/** numpy turns to exponents for numbers that are very large, very small, or very unlike each other. */
function usesExponent(values: readonly number[]): boolean {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  if (sizes.length === 0) return false;
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  return largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000;
}

function align(values: readonly number[], exponent: boolean): string[] {
  const parts = values.map((value) => (exponent ? exponentParts(value) : fixedParts(value)));
  const whole = Math.max(0, ...parts.map((part) => part.whole.length));
  const digits = Math.max(0, ...parts.map((part) => part.digits.length));
  return parts.map(({ whole: left, digits: right, power }) => {
    const tail = exponent ? right.padEnd(digits, '0') + power : right.padEnd(digits, ' ');
    return `${left.padStart(whole, ' ')}.${tail}`;
  });
}

function fixedParts(value: number): { whole: string; digits: string; power: string } {
  const [whole = '0', digits = ''] = shortest(value, (count) => value.toFixed(count)).split('.');
  return { whole, digits, power: '' };
}

function exponentParts(value: number): { whole: string; digits: string; power: string } {
  const [mantissa = '0', power = '+0'] = shortest(value, (count) => value.toExponential(count)).split('e');
  const [whole = '0', digits = ''] = mantissa.split('.');
  return { whole, digits, power: `e${power[0]}${power.slice(1).padStart(2, '0')}` };
}

/** The fewest digits that still name this 32-bit float, within the precision. */
function shortest(value: number, write: (digits: number) => string): string {
  for (let count = 0; count < PRECISION; count++) {
    const text = write(count);
    if (Math.fround(Number(text)) === value) return text;
  }
  return write(PRECISION);
}
