import { bundledLessons } from '../../lesson/bundled';
import type { Glossary, Lesson } from '../../lesson/format/lesson';
import { browserStorage, type PageStorage } from '../files/page-storage';
import { Page } from '../page/page.svelte';
import LessonPane from './LessonPane.svelte';
import './lesson-page.css';
import { LessonSession } from './lesson-session.svelte';
import { openedLesson, wasOpened } from './opened';
import { Progress } from './progress';

/** A lesson and the page that it is worked on. */
export interface OpenLesson {
  readonly page: Page;
  readonly session: LessonSession;
  readonly glossary: Glossary;
  readonly lesson: Lesson;
  readonly Pane: typeof LessonPane;
}

/** Opens a lesson by its folder's name; the words why, where it cannot be opened. */
export async function openLesson(slug: string): Promise<OpenLesson | string> {
  const storage = browserStorage();
  const opened = openedLesson(storage, slug);
  const lessons = await bundledLessons(opened ? undefined : slug);
  const library = opened ? lessons.with(opened) : lessons;
  const read = await library.lesson(slug);
  if (!read.lesson) {
    const [first] = read.problems;
    if (wasOpened(slug)) return 'This lesson came from a file and is not kept any more. Open its file again.';
    const known = library.index.chapters.some(({ lessons }) => lessons.some((entry) => entry.slug === slug));
    return known && first ? `${first.file}, line ${first.line}: ${first.message}` : 'There is no such lesson.';
  }
  const { lesson, cel } = read;
  if (opened && 'previous' in lesson.start)
    return 'This lesson starts where another one ends, which is not in its file.';
  const files = Object.entries(lesson.start.files).map(([name, text]) => ({ name, text }));
  const page = new Page(filesApart(storage, slug), files.length > 0 ? files : [{ name: 'manifest.yaml', text: '' }]);
  const session = new LessonSession({ page, library, lesson, cel, progress: new Progress(storage) });
  return { page, session, glossary: library.glossary, lesson, Pane: LessonPane };
}

/** The page's storage, in which each lesson has files and a terminal's history of its own. */
function filesApart(storage: PageStorage, slug: string): PageStorage {
  const own = (key: string): string => (key === 'files' || key === 'history' ? `${key} ${slug}` : key);
  return {
    get saved() {
      return storage.saved;
    },
    get: (key) => storage.get(own(key)),
    set: (key, text) => storage.set(own(key), text),
    delete: (key) => storage.delete(own(key)),
  };
}
