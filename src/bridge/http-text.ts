import { STATUS_CODES } from 'node:http';

/** A request as it stands in the bytes of HTTP/1.1. */
export interface TextRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Whether the connection ends with the answer. */
  readonly last: boolean;
  /** How many bytes it took. */
  readonly size: number;
}

const HEAD_LIMIT = 64 * 1024;
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/;

/** The first request in the bytes of a connection; nothing as long as it is not whole, 'none' where it is no HTTP. */
export function readRequestText(bytes: Buffer): TextRequest | 'none' | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length > HEAD_LIMIT || !couldBeHttp(bytes) ? 'none' : undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const line = REQUEST_LINE.exec(first);
  if (!line) return 'none';
  const headers: Record<string, string> = {};
  for (const one of lines) {
    const colon = one.indexOf(':');
    if (colon > 0) headers[one.slice(0, colon).trim().toLowerCase()] = one.slice(colon + 1).trim();
  }
  const body = bodyOf(bytes.subarray(end + 4), headers);
  if (!body) return undefined;
  const asked = (headers['connection'] ?? '').toLowerCase();
  const last = asked.includes('close') || (line[3] === '0' && !asked.includes('keep-alive'));
  return { method: line[1]!, path: line[2]!, headers, body: body.text, last, size: end + 4 + body.size };
}

const couldBeHttp = (bytes: Buffer): boolean => /^[A-Z]{0,10}( |$)/.test(bytes.subarray(0, 11).toString('latin1'));

function bodyOf(bytes: Buffer, headers: Record<string, string>): { text: string; size: number } | undefined {
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return chunkedBody(bytes);
  const size = Number(headers['content-length'] ?? 0) || 0;
  return bytes.length < size ? undefined : { text: bytes.subarray(0, size).toString('utf8'), size };
}

function chunkedBody(bytes: Buffer): { text: string; size: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16) || 0;
    const next = end + 2 + size + 2;
    if (bytes.length < next) return undefined;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = next;
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), size: at };
  }
}

/** An answer as the bytes of HTTP/1.1. */
export function responseText(code: number, type: string, body: string, withBody: boolean, last: boolean): Buffer {
  const payload = Buffer.from(body);
  const lines = [`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`, `Content-Type: ${type}`];
  lines.push(`Content-Length: ${payload.length}`, `Connection: ${last ? 'close' : 'keep-alive'}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return withBody ? Buffer.concat([head, payload]) : head;
}
