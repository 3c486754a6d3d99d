import { textOf, unzipped, zipOf, ZipError, type ZipEntry } from './zip';
import { LESSON_FILES, type LessonFiles } from '../format/lesson';

/** Lessons as they travel: a folder, or a zip of one. What comes is anybody's. */

export const ARCHIVE_LIMITS = { entries: 200, bytes: 2_000_000 };
/** A zip is no larger than what is in it, but for the lists of what that is. */
export const ARCHIVE_BYTES_LIMIT = ARCHIVE_LIMITS.bytes + 100_000;
/** Folders around a lesson's files. */
const DEPTH_LIMIT = 4;
const NAME_LIMIT = 200;
const SLUG_LIMIT = 60;

/** A file with its path, `/` between folders. */
export type PathedFile = ZipEntry;

/** The texts of a lesson and what it is called; other files of its folder are left alone. */
export interface LessonTexts {
  readonly slug: string;
  readonly files: LessonFiles;
}

/** The zip of a lesson: its folder with its files. */
export function lessonArchive({ slug, files }: LessonTexts): Uint8Array {
  const encoder = new TextEncoder();
  const entries = LESSON_FILES.flatMap((name): ZipEntry[] =>
    files[name] === undefined ? [] : [{ name: `${slug}/${name}`, bytes: encoder.encode(files[name]) }],
  );
  return zipOf(entries);
}

/** The lesson in a zip; why there is none, in words. `name` is the archive's own. */
export async function readLessonArchive(name: string, bytes: Uint8Array): Promise<LessonTexts | { problem: string }> {
  if (bytes.length > ARCHIVE_BYTES_LIMIT)
    return {
      problem: `${name} cannot be opened: it has ${bytes.length} bytes, and ${ARCHIVE_BYTES_LIMIT} are the most.`,
    };
  try {
    return lessonIn(await unzipped(bytes, ARCHIVE_LIMITS), name.replace(/\.zip$/i, ''));
  } catch (error) {
    if (error instanceof ZipError) return { problem: `${name} cannot be opened: ${error.message}.` };
    throw error;
  }
}

/** The lesson in the files of a folder; why there is none, in words. `name` stands in where its folder has no name. */
export function lessonIn(files: readonly PathedFile[], name: string): LessonTexts | { problem: string } {
  try {
    for (const file of files) checkPath(file.name);
    const told = files.filter(({ name: path }) => !isHidden(path));
    const homes = told
      .filter(({ name: path }) => /(^|\/)lesson\.md$/.test(path))
      .map(({ name: path }) => folderOf(path));
    const [home, ...more] = homes;
    if (home === undefined) return { problem: `${name} holds no lesson: there is no lesson.md in it.` };
    if (more.length > 0)
      return { problem: `${name} holds ${homes.length} files lesson.md. One lesson can be opened at a time.` };
    return { slug: slugOf(home.split('/').at(-2) ?? name), files: textsIn(told, home) };
  } catch (error) {
    if (error instanceof ZipError) return { problem: `${name} cannot be opened: ${error.message}.` };
    throw error;
  }
}

function textsIn(files: readonly PathedFile[], home: string): LessonFiles {
  const texts: Record<string, string> = {};
  let bytes = 0;
  for (const name of LESSON_FILES) {
    const [file, ...more] = files.filter((one) => one.name === home + name);
    if (!file) continue;
    if (more.length > 0) throw new ZipError(`it holds ${home + name} twice`);
    bytes += file.bytes.length;
    if (bytes > ARCHIVE_LIMITS.bytes) throw new ZipError(`its texts have more than ${ARCHIVE_LIMITS.bytes} bytes`);
    texts[name] = textOf(file.bytes, home + name);
  }
  return texts;
}

/** The folder of a path with its `/`; empty at the top. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** What systems put beside files without being asked. */
const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

/** Nothing here is written to a disk, yet whoever unpacks the same archive elsewhere shall not be led out of its folder. */
function checkPath(path: string): void {
  const told = JSON.stringify(path.slice(0, NAME_LIMIT));
  const parts = path.replace(/\/$/, '').split('/');
  if (path.length > NAME_LIMIT) throw new ZipError(`${told}… is too long a name`);
  if (/[\\:\u0000-\u001f\u007f]/.test(path)) throw new ZipError(`${told} is no name of a file`);
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new ZipError(`${told} leads out of the lesson's folder`);
  if (parts.length > DEPTH_LIMIT) throw new ZipError(`${told} lies in more than ${DEPTH_LIMIT - 1} folders`);
}

/** A name as lessons have them: small letters, digits and dashes. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, SLUG_LIMIT);
  return slug === '' ? 'lesson' : slug;
}
