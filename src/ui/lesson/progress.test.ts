import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../files/page-storage';
import { parseProgress, Progress } from './progress';
import { loadProgress, mergeProgress, progressText, PROGRESS_FILE_LIMIT } from './progress-file';

const past = { beganMs: 60_000, openings: [{ page: 1, atMs: 60_000, after: 0 }], answers: {} };

describe('progress in lessons', () => {
  it('is kept by lesson, and what was done once stays done', () => {
    const progress = new Progress(memoryStorage());
    expect(progress.of('03-break-it')).toBeUndefined();
    progress.keep('03-break-it', { page: 5, done: true, past }, 10);
    progress.keep('03-break-it', { page: 1, done: false, past }, 20);
    expect(progress.of('03-break-it')).toEqual({ page: 1, done: true, past, at: 20 });
    expect(progress.of('constructor')).toBeUndefined();
  });

  it('takes in what was saved elsewhere, without the runs, which are on that machine', () => {
    const [here, there] = [new Progress(memoryStorage()), new Progress(memoryStorage())];
    here.keep('a', { page: 2, done: false, past }, 1);
    there.keep('a', { page: 4, done: true }, 2);
    there.keep('b', { page: 3, done: false, past }, 2);
    expect(mergeProgress(here, progressText(there))).toBeUndefined();
    expect(progressText(there)).not.toContain('beganMs');
    expect(here.all()).toEqual({ a: { page: 2, done: true, past, at: 1 }, b: { page: 3, done: false, at: 2 } });
  });

  it.each([
    'no JSON',
    '[]',
    '"text"',
    'null',
    '{"a":1}',
    '{"a":{"page":"1","done":true,"at":1}}',
    '{"a":{"page":-1,"done":true,"at":1}}',
    '{"a":{"page":1.5,"done":true,"at":1}}',
    '{"a":{"page":1,"done":true,"at":1e300}}',
    '{"a":{"page":1e999,"done":true,"at":1}}',
    '{"../x":{"page":1,"done":true,"at":1}}',
    '{"a":{"page":1,"done":true,"at":1,"past":{}}}',
  ])('says so of what is none: %s', (text) => {
    expect(parseProgress(text)).toBeUndefined();
    const progress = new Progress(memoryStorage());
    expect(mergeProgress(progress, text)).toBeDefined();
    expect(progress.all()).toEqual({});
  });

  it('takes a lesson of any name for what it is', () => {
    const progress = new Progress(memoryStorage());
    expect(mergeProgress(progress, '{"__proto__":{"page":2,"done":true,"at":1}}')).toBeUndefined();
    expect(Object.entries(progress.all())).toEqual([['__proto__', { page: 2, done: true, at: 1 }]]);
  });

  it('says so of a file that is too large, and leaves it unread', async () => {
    const file = new File([' '.repeat(PROGRESS_FILE_LIMIT + 1)], 'ada.json');
    expect(await loadProgress(new Progress(memoryStorage()), file)).toBe('ada.json is too large for progress.');
  });
});
