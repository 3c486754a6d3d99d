/** What the embedding page is told; nobody else hears it. */
export type ToHost = { type: 'podium-height'; height: number } | { type: 'podium-open'; url: string };

/** Tells the embedding page something, if an origin was configured for it. Returns whether there is one. */
export function tellHost(origin: string | undefined, message: ToHost): boolean {
  if (origin === undefined || window.parent === window) return false;
  window.parent.postMessage(message, origin);
  return true;
}
