/** How long a browser may take to fetch what it saves. */
const FETCHED_MS = 10_000;

/** Hands the browser a text to save as a file. */
export function download(name: string, type: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), FETCHED_MS);
}
