import { Library } from './library';

/** The lessons that come with Podium. Each is a module of its own, which comes when the lesson is asked for. */
const TEXTS = import.meta.glob<string>(
  ['../../lessons/*.yaml', '../../lessons/*/lesson.md', '../../lessons/*/*.yaml', '../../lessons/*/*.txt'],
  { query: '?raw', import: 'default' },
);

let library: Promise<Library> | undefined;

const readFile = async (path: string): Promise<string | undefined> => TEXTS[`../../lessons/${path}`]?.();

/** Opens them; once. The texts of the lesson that is asked for next, if it is known, come at the same time. */
export function bundledLessons(next?: string): Promise<Library> {
  if (next !== undefined) readFile(`${next}/lesson.md`).catch(() => {}); /* Who reads it will be told. */
  library ??= Library.open(readFile);
  return library;
}
