import { assert } from '../base/assert';

/**
 * Models k8s.io/apimachinery/pkg/api/resource Quantity: an exact decimal number with the notation it was written in.
 * `nano` is the value in billionths, rounded up as upstream rounds what is finer.
 */
export interface Quantity {
  readonly nano: bigint;
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

const NANO = 1_000_000_000n;
const MAX_NANO = ((1n << 63n) - 1n) * NANO;
const BINARY: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const SHAPE = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([eE])([+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/;

/** The pattern Kubernetes quotes when text is no quantity. */
export const QUANTITY_PATTERN =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const parsed = new Map<string, Quantity | undefined>();
const PARSED_LIMIT = 4096;

/** Parses a quantity; `undefined` for text that is none. Pure; a bounded memo makes it cheap on hot paths. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const source = typeof text === 'number' ? String(text) : text;
  const known = parsed.get(source);
  if (known !== undefined) return known;
  const quantity = parseText(source);
  if (parsed.size >= PARSED_LIMIT) parsed.clear();
  parsed.set(source, quantity);
  return quantity;
}

function parseText(text: string): Quantity | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, sign, digits = '', exponentMark, exponentDigits, suffix = ''] = match;
  const binary = BINARY[suffix];
  const exponent = exponentMark ? Number(exponentDigits) : (DECIMAL[suffix] ?? 0);
  if (Math.abs(exponent) > 1000) return undefined;
  const nano = scaled(digits, binary === undefined ? exponent : 0, binary ?? 0n);
  const capped = nano > MAX_NANO ? MAX_NANO : nano;
  const format = binary !== undefined ? 'BinarySI' : exponentMark ? 'DecimalExponent' : 'DecimalSI';
  return Object.freeze({ nano: sign === '-' ? -capped : capped, format });
}

/** Digits × 10^exponent × 2^shift in billionths, rounded up. */
function scaled(digits: string, exponent: number, shift: bigint): bigint {
  const [whole = '', fraction = ''] = digits.split('.');
  const power = exponent - fraction.length + 9;
  const value = BigInt(whole + fraction || '0') << shift;
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}

/** Parses what validation has accepted already. */
export function quantityOf(text: string | number): Quantity {
  const quantity = parseQuantity(text);
  assert(quantity, `not a quantity: ${text}`);
  return quantity;
}

const ceilDivide = (value: bigint, divisor: bigint): bigint =>
  value >= 0n ? (value + divisor - 1n) / divisor : value / divisor;

/** Whole units, rounded up: bytes, devices, Pods. */
export function wholeValue(text: string | number | undefined): number {
  return text === undefined ? 0 : Number(ceilDivide(quantityOf(text).nano, NANO));
}

/** Thousandths, rounded up: CPU millicores. */
export function milliValue(text: string | number | undefined): number {
  return text === undefined ? 0 : Number(ceilDivide(quantityOf(text).nano, 1_000_000n));
}

/** The canonical text: the largest suffix without a fraction. Models Quantity.CanonicalizeBytes. */
export function formatQuantity(quantity: Quantity): string {
  const negative = quantity.nano < 0n;
  const nano = negative ? -quantity.nano : quantity.nano;
  const text = quantity.format === 'BinarySI' ? formatBinary(nano) : formatDecimal(nano, quantity.format);
  return negative ? `-${text}` : text;
}

function formatBinary(nano: bigint): string {
  if (nano % NANO !== 0n || nano < 1024n * NANO) return formatDecimal(nano, 'DecimalSI');
  let value = nano / NANO;
  let suffix = '';
  for (const name of Object.keys(BINARY)) {
    if (value % 1024n !== 0n) break;
    value /= 1024n;
    suffix = name;
  }
  return `${value}${suffix}`;
}

function formatDecimal(nano: bigint, format: Quantity['format']): string {
  if (nano === 0n) return '0';
  let value = nano;
  let exponent = -9;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'DecimalExponent') return exponent === 0 ? String(value) : `${value}e${exponent}`;
  const suffix = Object.keys(DECIMAL).find((name) => DECIMAL[name] === exponent) ?? '';
  return `${value}${suffix}`;
}

/** The text as the API server stores it: canonical, where it is a quantity at all. */
export function canonicalQuantity(text: string | number): string | undefined {
  const quantity = parseQuantity(text);
  return quantity && formatQuantity(quantity);
}

/** The sum, in the notation of the first operand. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  return { nano: left.nano + right.nano, format: left.nano === 0n ? right.format : left.format };
}

/** Negative, zero or positive. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0;
}
