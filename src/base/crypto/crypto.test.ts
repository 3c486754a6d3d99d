import { createHash, createHmac, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { P256, P384, P521, isOnCurve, publicPoint, signEcdsa, verifyEcdsa, type Curve, type Point } from './ecdsa';
import { verifyEd25519 } from './ed25519';
import { bytesOfNumber, joined, numberOf } from './numbers';
import { verifyRsa } from './rsa';
import { hmac, sha2, type HashSize } from './sha2';

/** What Node's OpenSSL says is right. */

const text = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7) % 256);
const base64 = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'base64url'));
const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte));

test.each<[HashSize, number]>(
  ([256, 384, 512] as const).flatMap((size) => [0, 1, 55, 56, 111, 112, 300].map((length) => [size, length] as never)),
)('SHA-%i of %i bytes', (size, length) => {
  const message = text(length);
  expect(Buffer.from(sha2(message, size))).toEqual(createHash(`sha${size}`).update(message).digest());
  for (const key of [text(3), text(200)])
    expect(Buffer.from(hmac(key, message, size))).toEqual(createHmac(`sha${size}`, key).update(message).digest());
});

describe.each<[name: string, curve: Curve, size: HashSize]>([
  ['P-256', P256, 256],
  ['P-384', P384, 384],
  ['P-521', P521, 512],
])('%s', (namedCurve, curve, size) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const { x, y, d } = privateKey.export({ format: 'jwk' }) as { x: string; y: string; d: string };
  const key: Point = [numberOf(base64(x)), numberOf(base64(y))];
  const width = Math.ceil(curve.bits / 8);
  const options = (of: KeyObject): { key: KeyObject; dsaEncoding: 'ieee-p1363' } => ({
    key: of,
    dsaEncoding: 'ieee-p1363',
  });

  test('has the public key of a secret one, on the curve', () => {
    expect(publicPoint(numberOf(base64(d)), curve)).toEqual(key);
    expect(isOnCurve(key, curve)).toBe(true);
    expect(isOnCurve([key[0], key[1] + 1n], curve)).toBe(false);
  });

  test('takes signatures of others, and others take its own, which are always the same', () => {
    const message = text(100);
    const theirs = new Uint8Array(sign(`sha${size}`, message, options(privateKey)));
    const pair = (bytes: Uint8Array): Point => [numberOf(bytes.subarray(0, width)), numberOf(bytes.subarray(width))];
    expect(verifyEcdsa(sha2(message, size), pair(theirs), key, curve)).toBe(true);
    expect(verifyEcdsa(sha2(text(101), size), pair(theirs), key, curve)).toBe(false);
    expect(verifyEcdsa(sha2(message, size), pair(flipped(theirs)), key, curve)).toBe(false);
    const mine = signEcdsa(sha2(message, size), numberOf(base64(d)), curve, size);
    expect(signEcdsa(sha2(message, size), numberOf(base64(d)), curve, size)).toEqual(mine);
    const packed = joined(...mine.map((part) => bytesOfNumber(part, width)));
    expect(verify(`sha${size}`, message, options(publicKey), packed)).toBe(true);
  });
});

test("RFC 6979's own example", () => {
  const secret = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n;
  const [r, s] = signEcdsa(sha2(new TextEncoder().encode('sample'), 256), secret, P256, 256);
  expect(r).toBe(0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n);
  expect(s).toBe(0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n);
});

test('Ed25519', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = base64((publicKey.export({ format: 'jwk' }) as { x: string }).x);
  const signature = new Uint8Array(sign(null, text(80), privateKey));
  expect(verifyEd25519(text(80), signature, key)).toBe(true);
  expect(verifyEd25519(text(81), signature, key)).toBe(false);
  expect(verifyEd25519(text(80), flipped(signature), key)).toBe(false);
});

test.each<HashSize>([256, 384, 512])('RSA with SHA-%i', (size) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string };
  const key = { modulus: numberOf(base64(n)), exponent: numberOf(base64(e)) };
  const signature = new Uint8Array(sign(`sha${size}`, text(80), privateKey));
  expect(verifyRsa(text(80), signature, key, size)).toBe(true);
  expect(verifyRsa(text(81), signature, key, size)).toBe(false);
  expect(verifyRsa(text(80), flipped(signature), key, size)).toBe(false);
});
