import { parseProgress, type LessonProgress } from '../lesson/progress';
import { PROGRESS_FILE_LIMIT } from '../lesson/progress-file';

/** What one student has handed in. */
export interface Student {
  name: string;
  file: string;
  lessons: ReadonlyMap<string, LessonProgress>;
}

/** As much of a File as is read. */
export type ChosenFile = Pick<File, 'name' | 'size' | 'text'>;

/** A lesson as a column: its number where it is one of Podium's. */
export interface LessonColumn {
  slug: string;
  number: number | undefined;
  title: string;
}

/** What the table can be sorted by: the student, how many lessons are done, when it was last, or a lesson. */
export type SortKey = 'student' | 'done' | 'last' | { lesson: string };

export const FILES_LIMIT = 200;
/** So many lessons from elsewhere have columns: those that most have opened. */
const FOREIGN_LIMIT = 12;

/** Reads files beside those there are. What is refused is said in words, and the rest is kept. */
export async function handIn(
  before: readonly Student[],
  files: readonly ChosenFile[],
): Promise<{ students: Student[]; refused: string[] }> {
  const students = [...before];
  const refused: string[] = [];
  for (const [index, file] of files.entries()) {
    if (students.length >= FILES_LIMIT) {
      refused.push(`There is room for ${FILES_LIMIT} files. ${files.length - index} were not read.`);
      break;
    }
    const lessons = await lessonsOf(file);
    if (typeof lessons === 'string') refused.push(lessons);
    else students.push({ name: freeName(studentOf(file.name), students), file: file.name, lessons });
  }
  return { students, refused };
}

/** The progress in a file, or why there is none. */
async function lessonsOf(file: ChosenFile): Promise<Student['lessons'] | string> {
  if (file.size > PROGRESS_FILE_LIMIT) return `${file.name} is too large for progress.`;
  let text: string;
  try {
    text = await file.text();
  } catch {
    return `${file.name} cannot be read: it may be a folder, or gone.`;
  }
  const progress = parseProgress(text);
  return progress ? new Map(Object.entries(progress)) : `${file.name} holds no progress of Podium’s lessons.`;
}

/** The student whom a file's name names: what is left of it without Podium's own words. */
export function studentOf(file: string): string {
  const base = file.replace(/\.json$/i, '');
  const own = base
    .replace(/podium-progress/i, ' ')
    .replaceAll(/[_\s]+/g, ' ')
    .replaceAll(/^[\s-]+|[\s-]+$/g, '');
  return /\p{L}/u.test(own) ? own : base;
}

/** Two files of one name are told apart by a number. */
function freeName(name: string, students: readonly Student[]): string {
  const taken = new Set(students.map((student) => student.name));
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}, ${count}`;
  return free;
}

/** The lessons as columns: Podium's own, then those from elsewhere that somebody has opened. */
export function columnsOf(
  own: readonly { slug: string; number: number; title: string }[],
  students: readonly Student[],
): LessonColumn[] {
  const known = new Set(own.map(({ slug }) => slug));
  const foreign = new Map<string, number>();
  for (const { lessons } of students)
    for (const slug of lessons.keys()) if (!known.has(slug)) foreign.set(slug, (foreign.get(slug) ?? 0) + 1);
  const most = [...foreign].sort(([, left], [, right]) => right - left).slice(0, FOREIGN_LIMIT);
  return [
    ...own.map(({ slug, number, title }) => ({ slug, number, title })),
    ...most.map(([slug]) => ({ slug, number: undefined, title: slug.replace(/^opened-(.+)-[0-9a-f]+$/, '$1') })),
  ];
}

export const doneCount = ({ lessons }: Student): number => [...lessons.values()].filter(({ done }) => done).length;

/** When a student worked last, in ms; nothing where no lesson was opened. */
export function lastAt({ lessons }: Student): number | undefined {
  const moments = [...lessons.values()].map(({ at }) => at);
  return moments.length === 0 ? undefined : Math.max(...moments);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** The students in an order; those that are equal in it, by name. */
export function sorted(students: readonly Student[], key: SortKey, falling: boolean): Student[] {
  const sign = falling ? -1 : 1;
  const value = (student: Student): number => {
    if (key === 'student') return 0;
    if (key === 'done') return doneCount(student);
    if (key === 'last') return lastAt(student) ?? -Infinity;
    const progress = student.lessons.get(key.lesson);
    return progress === undefined ? -1 : progress.done ? Infinity : progress.page;
  };
  const byName = (left: Student, right: Student): number => COLLATOR.compare(left.name, right.name);
  return [...students].sort((left, right) => {
    if (key === 'student') return sign * byName(left, right);
    const [one, other] = [value(left), value(right)];
    return one === other ? byName(left, right) : one < other ? -sign : sign;
  });
}

/** How far a lesson has come, in words; empty where it was not opened. */
export const stateWords = (progress: LessonProgress | undefined): string =>
  progress === undefined ? '' : progress.done ? 'done' : `page ${progress.page}`;

/** The table as text that spreadsheets read. */
export function csvOf(students: readonly Student[], columns: readonly LessonColumn[]): string {
  const time = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());
  const heads = columns.flatMap(({ number, title }) => {
    const name = number === undefined ? title : `${number} ${title}`;
    return [name, `${name}, when`];
  });
  const rows = students.map((student) => [
    student.name,
    student.file,
    String(doneCount(student)),
    time(lastAt(student)),
    ...columns.flatMap(({ slug }) => {
      const progress = student.lessons.get(slug);
      return [stateWords(progress), time(progress?.at)];
    }),
  ]);
  const lines = [['Student', 'File', 'Lessons done', 'Last worked', ...heads], ...rows];
  return `\uFEFF${lines.map((line) => line.map(csvField).join(',')).join('\r\n')}\r\n`;
}

/** A field that no spreadsheet takes for a formula: file names come from others. */
function csvField(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
