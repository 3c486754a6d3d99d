import { bytesOfNumber, joined, numberOf, power, sameBytes } from './numbers';
import { sha2, type HashSize } from './sha2';

/** What stands before a hash, saying which it is. */
const PREFIX: Readonly<Record<HashSize, readonly number[]>> = {
  256: [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20],
  384: [0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 0x30],
  512: [0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x40],
};

/** Whether a signature is right by RSASSA-PKCS1-v1_5 (RFC 8017). */
export function verifyRsa(
  message: Uint8Array,
  signature: Uint8Array,
  key: { readonly modulus: bigint; readonly exponent: bigint },
  size: HashSize,
): boolean {
  const length = Math.ceil(key.modulus.toString(16).length / 2);
  if (signature.length !== length) return false;
  const encoded = joined(Uint8Array.from(PREFIX[size]), sha2(message, size));
  if (encoded.length + 11 > length) return false;
  const filler = new Uint8Array(length - encoded.length - 3).fill(0xff);
  const wanted = joined(Uint8Array.of(0, 1), filler, Uint8Array.of(0), encoded);
  return sameBytes(bytesOfNumber(power(numberOf(signature), key.exponent, key.modulus), length), wanted);
}
