import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Library } from '../../lesson/library';

/** The lessons of a folder on the disk. */
export function libraryIn(folder: string): Promise<Library> {
  return Library.open((path) => readFile(join(folder, path), 'utf8').catch(() => undefined));
}
