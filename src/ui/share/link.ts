import { LINKED } from '../page/route';

/**
 * A document as the fragment of an address: deflated, in base64url. The fragment never leaves the browser, so a link
 * shares a cluster without a server.
 */

const AT = '&at=';
/** What a link may unfold to; a manifest that explodes stops here. */
const TEXT_LIMIT = 50_000_000;

/** A text as it stands in a fragment. */
export async function packText(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await new Response(through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'))).arrayBuffer(),
  );
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The text that was packed, or the reason why there is none, in words. */
export async function unpackText(packed: string): Promise<{ text: string } | { problem: string }> {
  try {
    const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return await readText(through(bytes, new DecompressionStream('deflate-raw')));
  } catch {
    return { problem: 'This link is damaged: part of it is missing or was changed. Your own cluster is open instead.' };
  }
}

/** The fragment that holds a document, and where given the moment to look at, in virtual ms. */
export async function packFragment(text: string, atMs?: number): Promise<string> {
  return LINKED + (await packText(text)) + (atMs === undefined ? '' : `${AT}${Math.round(atMs)}`);
}

/** The document of a fragment and the moment to look at, or the reason why there is none, in words. */
export async function unpackFragment(fragment: string): Promise<{ text: string; atMs?: number } | { problem: string }> {
  const [packed = '', atMs] = fragment.slice(LINKED.length).split(AT);
  const unpacked = await unpackText(packed);
  if ('problem' in unpacked || atMs === undefined || !/^\d{1,12}$/.test(atMs)) return unpacked;
  return { ...unpacked, atMs: Number(atMs) };
}

function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(transform);
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<{ text: string } | { problem: string }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = stream.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode() };
    text += decoder.decode(value, { stream: true });
    if (text.length > TEXT_LIMIT) {
      await reader.cancel();
      return {
        problem:
          'This link unfolds to more than 50 MB, which no cluster of Podium needs. Your own cluster is open instead.',
      };
    }
  }
}

/** A short name under which a document that came from elsewhere is stored, beside the learner's own. */
export function nameOfDocument(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return `shared-${hash.toString(16).padStart(8, '0')}`;
}
