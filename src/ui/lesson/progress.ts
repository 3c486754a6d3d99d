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
    this.put({ ...this.all(), [slug]: { ...progress, done, at } });
  }

  /** Puts other progress in the place of all there was. */
  put(all: Readonly<Record<string, LessonProgress>>): void {
    this.storage.set(KEY, JSON.stringify(all));
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

/** The farthest moment of the calendar, in ms. */
const LAST_MOMENT = 8.64e15;

function isProgress(value: unknown): value is LessonProgress {
  const one = value as Partial<LessonProgress> | null;
  if (typeof one !== 'object' || one === null || typeof one.done !== 'boolean') return false;
  const { at, page } = one;
  return (
    Number.isInteger(page) && page! >= 0 && typeof at === 'number' && Math.abs(at) <= LAST_MOMENT && isPast(one.past)
  );
}

function isPast(past: unknown): boolean {
  if (past === undefined) return true;
  const { beganMs, openings, answers } = (past ?? {}) as Partial<LessonPast>;
  return typeof beganMs === 'number' && Array.isArray(openings) && typeof answers === 'object' && answers !== null;
}
