import { download } from '../files/download';
import { parseProgress, type Progress } from './progress';

/** More than this is no progress of Podium's. */
export const PROGRESS_FILE_LIMIT = 1_000_000;

/** What is known of all lessons, for a file; the runs themselves stay on this machine, with their clusters. */
export function progressText(progress: Progress): string {
  const entries = Object.entries(progress.all()).map(
    ([slug, { page, done, at }]) => [slug, { page, done, at }] as const,
  );
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}

/** Takes in what was saved elsewhere; what is done on either machine is done. Returns why it could not. */
export function mergeProgress(progress: Progress, text: string): string | undefined {
  const other = parseProgress(text);
  if (!other) return 'This file holds no progress of Podium’s lessons.';
  const all = new Map(Object.entries(progress.all()));
  for (const [slug, { past: _past, ...one }] of Object.entries(other)) {
    const own = all.get(slug);
    all.set(slug, own ? { ...own, done: own.done || one.done } : one);
  }
  progress.put(Object.fromEntries(all));
  return undefined;
}

export function saveProgress(progress: Progress): void {
  download('podium-progress.json', 'application/json', progressText(progress));
}

/** Takes in a file that a person has chosen. Returns why it could not; nothing where it could. */
export async function loadProgress(progress: Progress, file: File): Promise<string> {
  if (file.size > PROGRESS_FILE_LIMIT) return `${file.name} is too large for progress.`;
  return mergeProgress(progress, await file.text()) ?? '';
}
