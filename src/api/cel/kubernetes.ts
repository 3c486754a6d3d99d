import type { Environment } from '@marcbachmann/cel-js';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../quantity';
import { CelError, type CelValue } from './values';

/** What Kubernetes adds to the language. Models k8s.io/apiserver/pkg/cel/library. */

/** A quantity in an expression. */
export class CelQuantity {
  constructor(readonly quantity: Quantity) {}

  toString(): string {
    return formatQuantity(this.quantity);
  }
}

/** A parsed URL in an expression. */
class CelUrl {
  constructor(readonly url: URL) {}
}

type Numbers = readonly (bigint | number)[];

const fail = (why = 'no such overload'): never => {
  throw new CelError(why);
};

function extreme(name: string, values: Numbers, better: (left: never, right: never) => boolean): CelValue {
  if (values.length === 0) return fail(`${name} called on empty list`);
  return values.reduce((best, one) => (better(one as never, best as never) ? one : best));
}

function sum(values: Numbers): CelValue {
  if (values.every((one) => typeof one === 'bigint')) return values.reduce((total, one) => total + one, 0n);
  return values.reduce<number>((total, one) => total + Number(one), 0);
}

/** Like what comes of comparing JSON, but an int equals the double of the same value. */
function equal(left: unknown, right: unknown): boolean {
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    const keys = Object.keys(left);
    const other = right as Record<string, unknown>;
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => equal((left as Record<string, unknown>)[key], other[key]))
    );
  }
  const numbers = [left, right].every((one) => typeof one === 'bigint' || typeof one === 'number');
  return numbers ? Number(left) === Number(right) : left === right;
}

function lists(environment: Environment): void {
  environment
    .registerFunction('list.sum(): dyn', (values: Numbers) => sum(values))
    .registerFunction('list.min(): dyn', (values: Numbers) => extreme('min', values, (left, right) => left < right))
    .registerFunction('list.max(): dyn', (values: Numbers) => extreme('max', values, (left, right) => left > right))
    .registerFunction('list.isSorted(): bool', (values: Numbers) =>
      values.every((one, index) => index === 0 || values[index - 1]! <= one),
    )
    .registerFunction('list.indexOf(dyn): int', (values: CelValue[], one: CelValue) =>
      BigInt(values.findIndex((item) => equal(item, one))),
    )
    .registerFunction('list.lastIndexOf(dyn): int', (values: CelValue[], one: CelValue) =>
      BigInt(values.findLastIndex((item) => equal(item, one))),
    );
}

function texts(environment: Environment): void {
  environment
    .registerFunction('string.replace(string, string): string', (text: string, part: string, by: string) =>
      text.replaceAll(part, () => by),
    )
    .registerFunction('string.find(string): string', (text: string, pattern: string) => found(text, pattern)[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => found(text, pattern))
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => [...text][Number(at)] ?? '');
}

function found(text: string, pattern: string): string[] {
  try {
    return [...text.matchAll(new RegExp(pattern, 'g'))].map(([match]) => match);
  } catch {
    return fail(`illegal regex: ${pattern}`);
  }
}

const quantityIn = (text: string): Quantity =>
  parseQuantity(text) ?? fail(`quantities must match the regular expression, got ${text}`);

function quantities(environment: Environment): void {
  const whole = ({ quantity }: CelQuantity): bigint => quantity.nano / 1_000_000_000n;
  environment
    .registerType('kubernetes.Quantity', { ctor: CelQuantity, fields: {} } as never)
    .registerFunction('quantity(string): kubernetes.Quantity', (text: string) => new CelQuantity(quantityIn(text)))
    .registerFunction('quantity(int): kubernetes.Quantity', (n: bigint) => new CelQuantity(quantityIn(String(n))))
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('kubernetes.Quantity.asInteger(): int', whole)
    .registerFunction(
      'kubernetes.Quantity.isInteger(): bool',
      (one: CelQuantity) => one.quantity.nano % 1_000_000_000n === 0n,
    )
    .registerFunction(
      'kubernetes.Quantity.asApproximateFloat(): double',
      (one: CelQuantity) => Number(one.quantity.nano) / 1e9,
    )
    .registerFunction('kubernetes.Quantity.sign(): int', ({ quantity: { nano } }: CelQuantity) =>
      nano > 0n ? 1n : nano < 0n ? -1n : 0n,
    )
    .registerFunction(
      'kubernetes.Quantity.compareTo(kubernetes.Quantity): int',
      (left: CelQuantity, right: CelQuantity) => BigInt(compareQuantities(left.quantity, right.quantity)),
    )
    .registerFunction(
      'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool',
      (left: CelQuantity, right: CelQuantity) => compareQuantities(left.quantity, right.quantity) < 0,
    )
    .registerFunction(
      'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool',
      (left: CelQuantity, right: CelQuantity) => compareQuantities(left.quantity, right.quantity) > 0,
    )
    .registerFunction(
      'kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity',
      (left: CelQuantity, right: CelQuantity) => new CelQuantity(addQuantities(left.quantity, right.quantity)),
    )
    .registerFunction(
      'kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity',
      (left: CelQuantity, right: CelQuantity) =>
        new CelQuantity(addQuantities(left.quantity, { ...right.quantity, nano: -right.quantity.nano })),
    )
    .registerFunction('string(kubernetes.Quantity): string', String)
    .registerOperator(
      'kubernetes.Quantity == kubernetes.Quantity',
      (left: CelQuantity, right: CelQuantity) => compareQuantities(left.quantity, right.quantity) === 0,
    );
}

/** Absolute URLs, and paths that start with a slash. Models net/url ParseRequestURI. */
function urlIn(text: string): URL | undefined {
  const base = text.startsWith('/') ? 'http://unused.invalid' : undefined;
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

function urls(environment: Environment): void {
  const part = (name: string, of: (url: URL) => string): Environment =>
    environment.registerFunction(`kubernetes.URL.${name}(): string`, ({ url }: CelUrl) => of(url));
  environment
    .registerType('kubernetes.URL', { ctor: CelUrl, fields: {} } as never)
    .registerFunction('isURL(string): bool', (text: string) => urlIn(text) !== undefined)
    .registerFunction(
      'url(string): kubernetes.URL',
      (text: string) => new CelUrl(urlIn(text) ?? fail(`invalid URL: ${text}`)),
    );
  const own = (url: URL, value: string): string => (url.hostname === 'unused.invalid' ? '' : value);
  part('getScheme', (url) => own(url, url.protocol.slice(0, -1)));
  part('getHost', (url) => own(url, url.host));
  part('getHostname', (url) => own(url, url.hostname));
  part('getPort', ({ port }) => port);
  part('getEscapedPath', ({ pathname }) => pathname);
}

/** Adds Kubernetes' functions to an environment. */
export function registerKubernetes(environment: Environment): Environment {
  lists(environment);
  texts(environment);
  quantities(environment);
  urls(environment);
  return environment;
}
