import { readGlossary, readIndex, readLesson, type ReadLesson } from './format/read-lesson';
import { LESSON_FILES, type Glossary, type LessonFiles, type LessonIndex, type Problem } from './format/lesson';

/** Reads a file of `lessons/` by its path there, such as `03-break-it/lesson.md`; undefined where there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>;

/** The lessons of a folder: index and glossary at once, each lesson when it is asked for. */
export class Library {
  private constructor(
    readonly index: LessonIndex,
    readonly glossary: Glossary,
    /** What is wrong with index and glossary. */
    readonly problems: readonly Problem[],
    private readonly readFile: ReadFile,
  ) {}

  static async open(readFile: ReadFile): Promise<Library> {
    const [indexText = '', glossaryText = ''] = await Promise.all(['index.yaml', 'glossary.yaml'].map(readFile));
    const { index, problems } = readIndex(indexText);
    const { glossary, problems: others } = readGlossary(glossaryText);
    return new Library(index, glossary, [...problems, ...others], readFile);
  }

  /** The texts of a lesson's files by name; those that are not there are left out. */
  async files(slug: string): Promise<LessonFiles> {
    const texts = await Promise.all(LESSON_FILES.map((name) => this.readFile(`${slug}/${name}`)));
    return Object.fromEntries(LESSON_FILES.flatMap((name, at) => (texts[at] === undefined ? [] : [[name, texts[at]]])));
  }

  async lesson(slug: string): Promise<ReadLesson> {
    return readLesson(slug, this.numberOf(slug), await this.files(slug));
  }

  numberOf(slug: string): number {
    const entries = this.index.chapters.flatMap(({ lessons }) => lessons);
    return entries.find((entry) => entry.slug === slug)?.number ?? entries.length + 1;
  }

  /** These lessons and another one, which no index names. */
  with({ slug, files }: { readonly slug: string; readonly files: LessonFiles }): Library {
    const own = `${slug}/`;
    const readFile: ReadFile = async (path) =>
      path.startsWith(own) ? files[path.slice(own.length)] : this.readFile(path);
    return new Library(this.index, this.glossary, this.problems, readFile);
  }

  /** The lesson before, where its end is the start of this one. */
  before(slug: string): string | undefined {
    const entries = this.index.chapters.flatMap(({ lessons }) => lessons);
    return entries[entries.findIndex((entry) => entry.slug === slug) - 1]?.slug;
  }
}
