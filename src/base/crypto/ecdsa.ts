import { bytesOfNumber, inverse, joined, modulo, numberOf } from './numbers';
import { hmac, type HashSize } from './sha2';

/** Signatures over the curves of FIPS 186-4: y² = x³ − 3x + b. For a simulation: nothing here hides how long it takes. */

export interface Curve {
  readonly bits: number;
  readonly prime: bigint;
  readonly order: bigint;
  readonly b: bigint;
  readonly base: Point;
}
export type Point = readonly [x: bigint, y: bigint];
/** x = X/Z², y = Y/Z³; nothing at all where Z is 0. */
type Projected = readonly [x: bigint, y: bigint, z: bigint];

const hex = (digits: string): bigint => BigInt(`0x${digits}`);

export const P256: Curve = {
  bits: 256,
  prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  order: hex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  b: hex('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b'),
  base: [
    hex('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
    hex('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'),
  ],
};
export const P384: Curve = {
  bits: 384,
  prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  order: hex('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
  b: hex('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef'),
  base: [
    hex('aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7'),
    hex('3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f'),
  ],
};
export const P521: Curve = {
  bits: 521,
  prime: 2n ** 521n - 1n,
  order: 2n ** 521n - 1n - hex('5ae79787c40d069948033feb708f65a2fc44a36477663b851449048e16ec79bf6'),
  b: hex(
    '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
  ),
  base: [
    hex(
      'c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66',
    ),
    hex(
      '11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
    ),
  ],
};

const NOTHING: Projected = [1n, 1n, 0n];

function doubled([x, y, z]: Projected, { prime }: Curve): Projected {
  if (z === 0n) return NOTHING;
  const [delta, gamma] = [(z * z) % prime, (y * y) % prime];
  const beta = (x * gamma) % prime;
  const slope = (3n * (x - delta) * (x + delta)) % prime;
  const newX = modulo(slope * slope - 8n * beta, prime);
  return [newX, modulo(slope * (4n * beta - newX) - 8n * gamma * gamma, prime), modulo(2n * y * z, prime)];
}

function added(left: Projected, right: Projected, curve: Curve): Projected {
  if (left[2] === 0n) return right;
  if (right[2] === 0n) return left;
  const { prime } = curve;
  const [leftSquare, rightSquare] = [(left[2] * left[2]) % prime, (right[2] * right[2]) % prime];
  const [u, other] = [(left[0] * rightSquare) % prime, (right[0] * leftSquare) % prime];
  const [s, t] = [(left[1] * rightSquare * right[2]) % prime, (right[1] * leftSquare * left[2]) % prime];
  const [h, r] = [modulo(other - u, prime), modulo(t - s, prime)];
  if (h === 0n) return r === 0n ? doubled(left, curve) : NOTHING;
  const square = (h * h) % prime;
  const [cube, v] = [(square * h) % prime, (u * square) % prime];
  const x = modulo(r * r - cube - 2n * v, prime);
  return [x, modulo(r * (v - x) - s * cube, prime), (h * left[2] * right[2]) % prime];
}

function times(factor: bigint, [x, y]: Point, curve: Curve): Projected {
  let sum = NOTHING;
  for (const bit of factor.toString(2)) {
    sum = doubled(sum, curve);
    if (bit === '1') sum = added(sum, [x, y, 1n], curve);
  }
  return sum;
}

function flat([x, y, z]: Projected, { prime }: Curve): Point {
  const back = inverse(z, prime);
  return [(x * back * back) % prime, (y * back * back * back) % prime];
}

export const publicPoint = (secret: bigint, curve: Curve): Point => flat(times(secret, curve.base, curve), curve);

export const isOnCurve = ([x, y]: Point, { prime, b }: Curve): boolean =>
  x < prime && y < prime && modulo(y * y - x * x * x + 3n * x - b, prime) === 0n;

/** The leftmost bits of a hash, as many as the order has. */
function digestNumber(hash: Uint8Array, order: bigint): bigint {
  const spare = BigInt(Math.max(0, hash.length * 8 - order.toString(2).length));
  return numberOf(hash) >> spare;
}

export function verifyEcdsa(hash: Uint8Array, [r, s]: Point, key: Point, curve: Curve): boolean {
  const { order } = curve;
  if (r <= 0n || s <= 0n || r >= order || s >= order) return false;
  const back = inverse(s, order);
  const hashPart = times((digestNumber(hash, order) * back) % order, curve.base, curve);
  const sum = added(hashPart, times((r * back) % order, key, curve), curve);
  return sum[2] !== 0n && flat(sum, curve)[0] % order === r;
}

/** A signature that is a function of what is signed and by whom: its secret number is RFC 6979's. */
export function signEcdsa(hash: Uint8Array, secret: bigint, curve: Curve, size: HashSize): Point {
  const { order } = curve;
  const digest = digestNumber(hash, order);
  for (const candidate of candidates(secret, modulo(digest, order), curve, size)) {
    const r = flat(times(candidate, curve.base, curve), curve)[0] % order;
    const s = (inverse(candidate, order) * (digest + r * secret)) % order;
    if (r !== 0n && s !== 0n) return [r, s];
  }
  throw new Error('RFC 6979 has no end of candidates');
}

/** RFC 6979, 3.2. */
function* candidates(secret: bigint, digest: bigint, { order }: Curve, size: HashSize): Generator<bigint> {
  const bits = order.toString(2).length;
  const width = Math.ceil(bits / 8);
  const seed = joined(bytesOfNumber(secret, width), bytesOfNumber(digest, width));
  let key = new Uint8Array(size / 8);
  let value = new Uint8Array(size / 8).fill(1);
  const step = (...parts: Uint8Array[]): void => {
    key = new Uint8Array(hmac(key, joined(value, ...parts), size));
    value = new Uint8Array(hmac(key, value, size));
  };
  step(Uint8Array.of(0), seed);
  step(Uint8Array.of(1), seed);
  for (;;) {
    let drawn = new Uint8Array(0);
    while (drawn.length < width) {
      value = new Uint8Array(hmac(key, value, size));
      drawn = new Uint8Array(joined(drawn, value));
    }
    const candidate = numberOf(drawn) >> BigInt(drawn.length * 8 - bits);
    if (candidate > 0n && candidate < order) yield candidate;
    step(Uint8Array.of(0));
  }
}
