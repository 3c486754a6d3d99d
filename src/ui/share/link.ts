/**
 * A document as the fragment of an address: deflated, in base64url. The fragment never leaves the browser, so a link
 * shares a cluster without a server.
 */

const KEY = '#cluster=';
/** What a link may unfold to; a manifest that explodes stops here. */
const TEXT_LIMIT = 50_000_000;

/** Whether an address's fragment holds a document. */
export function holdsDocument(fragment: string): boolean {
  return fragment.startsWith(KEY);
}

export async function packFragment(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await new Response(through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'))).arrayBuffer(),
  );
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return KEY + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The document of a fragment, or the reason why there is none, in words. */
export async function unpackFragment(fragment: string): Promise<{ text: string } | { problem: string }> {
  try {
    const binary = atob(fragment.slice(KEY.length).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return await readText(through(bytes, new DecompressionStream('deflate-raw')));
  } catch {
    return { problem: 'This link is damaged: part of it is missing or was changed. Your own cluster is open instead.' };
  }
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
