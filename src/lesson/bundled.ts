import { Library } from './library';

/** The lessons that come with Podium. Each is a module of its own, which comes when the lesson is asked for. */
const TEXTS = import.meta.glob<string>(
  ['../../lessons/*.yaml', '../../lessons/*/lesson.md', '../../lessons/*/*.yaml', '../../lessons/*/*.txt'],
  { query: '?raw', import: 'default' },
);

let library: Promise<Library> | undefined;

/** Opens them; once. */
export function bundledLessons(): Promise<Library> {
  library ??= Library.open(async (path) => TEXTS[`../../lessons/${path}`]?.());
  return library;
}
