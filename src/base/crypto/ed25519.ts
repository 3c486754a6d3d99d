import { inverse, joined, modulo, numberOf, power } from './numbers';
import { sha2 } from './sha2';

/** Whether a signature of RFC 8032 is right. */

const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = modulo(-121665n * inverse(121666n, PRIME), PRIME);
const ROOT_OF_MINUS_ONE = power(2n, (PRIME - 1n) / 4n, PRIME);
const BYTES = 32;

type Point = readonly [x: bigint, y: bigint, z: bigint];

const little = (bytes: Uint8Array): bigint => numberOf(bytes.slice().reverse());

function decoded(bytes: Uint8Array): Point | undefined {
  const packed = little(bytes);
  const [sign, y] = [packed >> 255n, packed & (2n ** 255n - 1n)];
  if (y >= PRIME) return undefined;
  const square = modulo((y * y - 1n) * inverse(D * y * y + 1n, PRIME), PRIME);
  let x = power(square, (PRIME + 3n) / 8n, PRIME);
  if ((x * x) % PRIME !== square) x = (x * ROOT_OF_MINUS_ONE) % PRIME;
  if ((x * x) % PRIME !== square || (x === 0n && sign === 1n)) return undefined;
  return [(x & 1n) === sign ? x : PRIME - x, y, 1n];
}

function added([x1, y1, z1]: Point, [x2, y2, z2]: Point): Point {
  const a = z1 * z2;
  const [b, c, d] = [modulo(a * a, PRIME), modulo(x1 * x2, PRIME), modulo(y1 * y2, PRIME)];
  const e = modulo(D * c * d, PRIME);
  const [f, g] = [modulo(b - e, PRIME), modulo(b + e, PRIME)];
  const cross = modulo((x1 + y1) * (x2 + y2) - c - d, PRIME);
  return [modulo(a * f * cross, PRIME), modulo(a * g * (d + c), PRIME), modulo(f * g, PRIME)];
}

function times(factor: bigint, point: Point): Point {
  let sum: Point = [0n, 1n, 1n];
  for (const bit of factor.toString(2)) {
    sum = added(sum, sum);
    if (bit === '1') sum = added(sum, point);
  }
  return sum;
}

export function verifyEd25519(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 2 * BYTES || key.length !== BYTES) return false;
  const [first, owner] = [decoded(signature.subarray(0, BYTES)), decoded(key)];
  const factor = little(signature.subarray(BYTES));
  if (!first || !owner || factor >= ORDER) return false;
  const challenge = little(sha2(joined(signature.subarray(0, BYTES), key, message), 512)) % ORDER;
  const base = decoded(Uint8Array.from({ length: BYTES }, (_, at) => (at === 0 ? 0x58 : 0x66)))!;
  const [left, right] = [times(factor, base), added(first, times(challenge, owner))];
  return (
    modulo(left[0] * right[2] - right[0] * left[2], PRIME) === 0n &&
    modulo(left[1] * right[2] - right[1] * left[2], PRIME) === 0n
  );
}
