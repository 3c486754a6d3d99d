import { isOnCurve, P256, P384, P521, verifyEcdsa, type Curve, type Point } from '../../base/crypto/ecdsa';
import { verifyEd25519 } from '../../base/crypto/ed25519';
import { numberOf } from '../../base/crypto/numbers';
import { verifyRsa } from '../../base/crypto/rsa';
import { sha2, type HashSize } from '../../base/crypto/sha2';
import { DerReader, oidOf, TAG } from '../../base/der';

/** Public keys, and whether a signature is theirs. Models crypto/x509, and repeats its words. */

export type PublicKey =
  | { readonly kind: 'RSA'; readonly modulus: bigint; readonly exponent: bigint }
  | { readonly kind: 'ECDSA'; readonly curve: Curve; readonly point: Point }
  | { readonly kind: 'Ed25519'; readonly bytes: Uint8Array }
  | { readonly kind: 'unknown' };

/** What is wrong with what was signed. */
export class X509Error extends Error {}

const CURVES: Readonly<Record<string, Curve>> = {
  '1.2.840.10045.3.1.7': P256,
  '1.3.132.0.34': P384,
  '1.3.132.0.35': P521,
};

interface Algorithm {
  readonly name: string;
  readonly key: PublicKey['kind'];
  readonly size: HashSize;
}
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.11': { name: 'SHA256-RSA', key: 'RSA', size: 256 },
  '1.2.840.113549.1.1.12': { name: 'SHA384-RSA', key: 'RSA', size: 384 },
  '1.2.840.113549.1.1.13': { name: 'SHA512-RSA', key: 'RSA', size: 512 },
  '1.2.840.10045.4.3.2': { name: 'ECDSA-SHA256', key: 'ECDSA', size: 256 },
  '1.2.840.10045.4.3.3': { name: 'ECDSA-SHA384', key: 'ECDSA', size: 384 },
  '1.2.840.10045.4.3.4': { name: 'ECDSA-SHA512', key: 'ECDSA', size: 512 },
  '1.3.101.112': { name: 'Ed25519', key: 'Ed25519', size: 512 },
};
/** Those whose hashes can be made to collide. */
const INSECURE: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'SHA1-RSA',
  '1.2.840.10045.4.1': 'ECDSA-SHA1',
};

/** The key in a SubjectPublicKeyInfo. Throws DerError and X509Error. */
export function readPublicKey(info: Uint8Array): PublicKey {
  const parts = new DerReader(info).within(TAG.sequence);
  const algorithm = parts.within(TAG.sequence);
  const name = oidOf(algorithm.next(TAG.oid));
  const bytes = parts.next(TAG.bits).content.subarray(1);
  if (name === '1.2.840.113549.1.1.1') return rsaKey(bytes);
  if (name === '1.3.101.112') return { kind: 'Ed25519', bytes };
  if (name !== '1.2.840.10045.2.1') return { kind: 'unknown' };
  const curve = CURVES[oidOf(algorithm.next(TAG.oid))];
  if (!curve) throw new X509Error('x509: unsupported elliptic curve');
  const width = Math.ceil(curve.bits / 8);
  const point: Point = [numberOf(bytes.subarray(1, 1 + width)), numberOf(bytes.subarray(1 + width))];
  if (bytes[0] !== 4 || bytes.length !== 1 + 2 * width || !isOnCurve(point, curve))
    throw new X509Error('x509: failed to unmarshal elliptic curve point');
  return { kind: 'ECDSA', curve, point };
}

function rsaKey(bytes: Uint8Array): PublicKey {
  const parts = new DerReader(bytes).within(TAG.sequence);
  const [modulus, exponent] = [numberOf(parts.next(TAG.integer).content), numberOf(parts.next(TAG.integer).content)];
  if (modulus <= 0n) throw new X509Error('x509: RSA modulus is not a positive number');
  if (exponent <= 0n) throw new X509Error('x509: RSA public exponent is not a positive number');
  return { kind: 'RSA', modulus, exponent };
}

/** Throws X509Error where a signature is not the key's. */
export function checkSignature(oid: string, message: Uint8Array, signature: Uint8Array, key: PublicKey): void {
  const insecure = INSECURE[oid];
  if (insecure) throw new X509Error(`x509: cannot verify signature: insecure algorithm ${insecure}`);
  const algorithm = ALGORITHMS[oid];
  if (!algorithm) throw new X509Error('x509: cannot verify signature: algorithm unimplemented');
  if (algorithm.key !== key.kind)
    throw new X509Error(
      `x509: signature algorithm specifies an ${algorithm.key} public key, but have public key of type ${GO_TYPES[key.kind]}`,
    );
  if (!isSigned(algorithm.size, message, signature, key)) throw new X509Error(FAILURES[key.kind] ?? '');
}

const GO_TYPES: Readonly<Record<PublicKey['kind'], string>> = {
  RSA: '*rsa.PublicKey',
  ECDSA: '*ecdsa.PublicKey',
  Ed25519: 'ed25519.PublicKey',
  unknown: '<nil>',
};
const FAILURES: Readonly<Record<string, string>> = {
  RSA: 'crypto/rsa: verification error',
  ECDSA: 'x509: ECDSA verification failure',
  Ed25519: 'x509: Ed25519 verification failure',
};

function isSigned(size: HashSize, message: Uint8Array, signature: Uint8Array, key: PublicKey): boolean {
  if (key.kind === 'RSA') return verifyRsa(message, signature, key, size);
  if (key.kind === 'Ed25519') return verifyEd25519(message, signature, key.bytes);
  if (key.kind !== 'ECDSA') return false;
  const parts = new DerReader(signature).within(TAG.sequence);
  const pair: Point = [numberOf(parts.next(TAG.integer).content), numberOf(parts.next(TAG.integer).content)];
  return verifyEcdsa(sha2(message, size), pair, key.point, key.curve);
}
