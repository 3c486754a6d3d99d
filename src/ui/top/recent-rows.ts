import type { PageStorage } from '../files/page-storage';

const KEY = 'palette';
const LIMIT = 20;

/** What was taken from the palette before, newest first, by `rowId`. */
export function readRecent(storage: PageStorage): string[] {
  try {
    const kept = JSON.parse(storage.get(KEY) ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.filter(isRowId).slice(0, LIMIT) : [];
  } catch {
    /* Not written by this page: nothing is recent. */
    return [];
  }
}

export function rememberRow(storage: PageStorage, id: string): void {
  storage.set(KEY, JSON.stringify([id, ...readRecent(storage).filter((one) => one !== id)].slice(0, LIMIT)));
}

function isRowId(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    const action = JSON.parse(value) as { do?: unknown; line?: unknown } | null;
    return typeof action?.do === 'string' && (action.do !== 'kubectl' || typeof action.line === 'string');
  } catch {
    /* Text of another kind. */
    return false;
  }
}
