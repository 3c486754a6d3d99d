import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readLessonArchive } from '../../lesson/archive/lesson-archive';
import { Library } from '../../lesson/library';

/** The lessons of a folder on the disk. */
export function libraryIn(folder: string): Promise<Library> {
  return Library.open((path) => readFile(join(folder, path), 'utf8').catch(() => undefined));
}

/** A lesson on the disk, its folder or a zip of it, and the lessons around it; why it cannot be read, in words. */
export async function lessonAt(path: string): Promise<{ library: Library; slug: string } | { problem: string }> {
  const around = await libraryIn(dirname(resolve(path)));
  if (!path.endsWith('.zip')) return { library: around, slug: basename(resolve(path)) };
  const texts = await readLessonArchive(basename(path), new Uint8Array(await readFile(path)));
  return 'problem' in texts ? texts : { library: around.with(texts), slug: texts.slug };
}
