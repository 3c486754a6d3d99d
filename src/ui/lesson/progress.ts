import type { PageStorage } from '../files/page-storage';

/** How far somebody has come in a lesson. */
export interface LessonProgress {
  /** The page that was open last. */
  page: number;
  /** Every goal was met once, or the questions to skip it were answered. */
  done: boolean;
  /** When it was worked on last, on the calendar. */
  at: number;
  /** What the run that is kept goes on from; undefined where none is kept. */
  past?: LessonPast;
}

/** What of a run is not in its cluster: when it began, which pages were opened when, what was predicted. */
export interface LessonPast {
  beganMs: number;
  openings: { page: number; atMs: number; after: number }[];
  answers: Record<string, { choice: string; atMs: number }>;
}

const KEY = 'lessons';

/** Progress in all lessons, by slug, on this machine. */
export class Progress {
  constructor(private readonly storage: PageStorage) {}

  all(): Record<string, LessonProgress> {
    return parseProgress(this.storage.get(KEY) ?? '') ?? {};
  }

  of(slug: string): LessonProgress | undefined {
    const all = this.all();
    return Object.hasOwn(all, slug) ? all[slug] : undefined;
  }

  /** What was done once stays done. */
  keep(slug: string, progress: Omit<LessonProgress, 'at'>, at: number): void {
    const done = progress.done || this.of(slug)?.done === true;
    this.storage.set(KEY, JSON.stringify({ ...this.all(), [slug]: { ...progress, done, at } }));
  }

  /** What is known of all lessons, for a file; the runs themselves stay on this machine, with their clusters. */
  text(): string {
    const entries = Object.entries(this.all()).map(([slug, { page, done, at }]) => [slug, { page, done, at }] as const);
    return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
  }

  /** Takes in what was saved elsewhere; what is done on either machine is done. Returns why it could not. */
  merge(text: string): string | undefined {
    const other = parseProgress(text);
    if (!other) return 'This file holds no progress of Podium’s lessons.';
    const all = this.all();
    for (const [slug, { past: _past, ...progress }] of Object.entries(other)) {
      const own = Object.hasOwn(all, slug) ? all[slug] : undefined;
      all[slug] = own ? { ...own, done: own.done || progress.done } : progress;
    }
    this.storage.set(KEY, JSON.stringify(all));
    return undefined;
  }
}

/** What a file or the storage says of progress; undefined where it says nothing that can be read. */
export function parseProgress(text: string): Record<string, LessonProgress> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value).filter(([slug, one]) => /^[\w-]{1,80}$/.test(slug) && isProgress(one));
    return entries.length > 0 || Object.keys(value).length === 0
      ? (Object.fromEntries(entries) as Record<string, LessonProgress>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isProgress(value: unknown): value is LessonProgress {
  const one = value as Partial<LessonProgress> | null;
  if (typeof one !== 'object' || one === null) return false;
  return (
    typeof one.page === 'number' && typeof one.done === 'boolean' && typeof one.at === 'number' && isPast(one.past)
  );
}

function isPast(past: unknown): boolean {
  if (past === undefined) return true;
  const { beganMs, openings, answers } = (past ?? {}) as Partial<LessonPast>;
  return typeof beganMs === 'number' && Array.isArray(openings) && typeof answers === 'object' && answers !== null;
}
