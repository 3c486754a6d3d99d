/** Bytes as text with a character for each of them, so that they are plain state like everything else. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** More arguments than this break a call. */
const CHUNK = 8192;

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : fromArray(encoder.encode(text));
}

/** The text that bytes stand for in UTF-8; what is none becomes U+FFFD. */
export function textOf(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : decoder.decode(toArray(bytes));
}

/** Bytes as a typed array. */
export function toArray(bytes: string): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) array[index] = bytes.charCodeAt(index);
  return array;
}

/** A typed array as bytes. */
export function fromArray(array: Uint8Array): string {
  let bytes = '';
  for (let at = 0; at < array.length; at += CHUNK) bytes += String.fromCharCode(...array.subarray(at, at + CHUNK));
  return bytes;
}
