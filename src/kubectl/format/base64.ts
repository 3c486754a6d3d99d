/** How many bytes base64 text stands for. */
export function base64Length(text: string): number {
  const digits = text.replace(/[\s=]/g, '').length;
  return Math.floor((digits * 3) / 4);
}

/** Text as UTF-8 in base64. */
export function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** What base64 stands for, as UTF-8; empty where it is none. */
export function fromBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}
