import { fromArray, toArray } from './bytes';

/** Bytes in a text between two lines (RFC 7468). Models encoding/pem. */

export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly hasHeaders: boolean;
  /** What follows it. */
  readonly rest: string;
}

const BLOCK = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n([\s\S]*?)\n?-----END \1-----[ \t\r]*(?:\n|$)/;
const HEADERS = /^(?:[^:\n]+:[^\n]*\n)+\n?/;
const COLUMNS = 64;

/** The first block of a text; undefined where there is none. */
export function readPem(text: string): PemBlock | undefined {
  for (let rest = text; ;) {
    const found = BLOCK.exec(rest);
    if (!found) return undefined;
    const [whole, type, body] = found as unknown as [string, string, string];
    rest = rest.slice(found.index + whole.length);
    const headers = HEADERS.exec(body)?.[0] ?? '';
    const base64 = body.slice(headers.length).replace(/[ \t\r\n]/g, '');
    const bytes = decoded(base64);
    if (bytes) return { type, bytes, hasHeaders: headers !== '', rest };
  }
}

function decoded(base64: string): Uint8Array | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return toArray(atob(base64));
}

export function writePem(type: string, bytes: Uint8Array): string {
  const lines = btoa(fromArray(bytes)).match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return `-----BEGIN ${type}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`;
}
