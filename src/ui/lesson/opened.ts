import { hashText } from '../../base/random';
import type { LessonTexts } from '../../lesson/archive/lesson-archive';
import type { PageStorage } from '../files/page-storage';

/** A lesson that came from a zip or a folder: the last one is kept, so that its page can be loaded anew. */

const KEY = 'opened lesson';
const PREFIX = 'opened-';

/** Whether a lesson's name is that of one that was opened, and not of one that comes with Podium. */
export const wasOpened = (slug: string): boolean => slug.startsWith(PREFIX);

/** Keeps a lesson. Returns the name to open it by: the same texts have the same, so it goes on where it was left. */
export function keepOpened(storage: PageStorage, { slug, files }: LessonTexts): string {
  const name = `${PREFIX}${slug}-${hashText(JSON.stringify(files)).toString(16)}`;
  storage.set(KEY, JSON.stringify({ slug: name, files } satisfies LessonTexts));
  return name;
}

/** The lesson of such a name; undefined where another one was opened since. */
export function openedLesson(storage: PageStorage, name: string): LessonTexts | undefined {
  const text = storage.get(KEY);
  const kept = text === undefined ? undefined : (JSON.parse(text) as LessonTexts);
  return kept?.slug === name ? kept : undefined;
}
