import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { parse } from 'yaml';

const FILE = fileURLToPath(new URL('../../../lessons/index.yaml', import.meta.url));
const MODULE = 'virtual:lesson-index';

interface Entry {
  slug: string;
  title: string;
  minutes?: number;
  coming?: boolean;
}

/**
 * `virtual:lesson-index`: the lessons in their order, read while building, since the first view has no room for a reader of
 * YAML. That the file is as it should be is for the lessons' own tests to say.
 */
export function lessonIndex(): Plugin {
  return {
    name: 'lesson-index',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      this.addWatchFile(FILE);
      const { chapters } = parse(readFileSync(FILE, 'utf8')) as { chapters: { title: string; lessons: Entry[] }[] };
      let number = 0;
      const numbered = chapters.map(({ title, lessons }) => ({
        title,
        lessons: lessons.map((entry) => ({ number: (number += 1), ...entry })),
      }));
      return `export default ${JSON.stringify(numbered)}`;
    },
  };
}
