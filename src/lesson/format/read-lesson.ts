import { LessonCel } from '../cel/lesson-cel';
import { GoalReader } from './read-goals';
import { readStart } from './read-start';
import { readPages } from './markdown';
import type { Glossary, IndexEntry, Lesson, LessonFiles, LessonIndex, Page, Problem } from './lesson';
import { YamlFields } from './yaml-fields';

/** Reads lessons from the texts of their files. The texts may be anybody's: what is wrong is told, never thrown. */

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?/;
const TEXT_LIMIT = 200_000;
export const PAGES_LIMIT = 8;
export const WORDS_LIMIT = 60;
const MINUTES_LIMIT = 60;
const GOAL_FIELDS = ['facts', 'goals', 'predictions', 'placements', 'recap', 'skip', 'retrieve'];

/** The lesson of a folder with what its expressions are evaluated by, or what is wrong with it. */
export type ReadLesson =
  | { readonly lesson: Lesson; readonly cel: LessonCel; readonly problems: readonly [] }
  | { readonly lesson?: undefined; readonly problems: readonly Problem[] };

/** Reads a lesson's folder. `number` is its place in the order. */
export function readLesson(slug: string, number: number, files: LessonFiles): ReadLesson {
  const problems: Problem[] = [];
  const textOf = (name: string): string => {
    const text = files[name];
    if (text === undefined) problems.push({ file: name, line: 1, message: 'this file is missing' });
    if ((text ?? '').length <= TEXT_LIMIT) return text ?? '';
    problems.push({ file: name, line: 1, message: `a file has at most ${TEXT_LIMIT} characters` });
    return '';
  };
  const cel = new LessonCel();
  const { front, pages } = readText(textOf('lesson.md'), problems);
  const lesson: Lesson = {
    slug,
    number,
    ...front,
    pages,
    ...readGoals(YamlFields.read(textOf('goal.yaml'), 'goal.yaml', problems), cel, pages.length),
    start: readStart(YamlFields.read(textOf('start.yaml'), 'start.yaml', problems)),
  };
  problems.sort((left, right) => left.file.localeCompare(right.file) || left.line - right.line);
  return problems.length > 0 ? { problems } : { lesson, cel, problems: [] };
}

function readText(
  text: string,
  problems: Problem[],
): { front: Pick<Lesson, 'title' | 'lead' | 'minutes'>; pages: Page[] } {
  const match = FRONT_MATTER.exec(text);
  const report = (line: number, message: string): void => void problems.push({ file: 'lesson.md', line, message });
  if (!match) {
    report(1, 'a lesson begins with its front matter between two lines of ---');
    return { front: { title: '', lead: '', minutes: 1 }, pages: [] };
  }
  const fields = YamlFields.read(match[1]!, 'lesson.md', problems, 2);
  fields.allow(['title', 'lead', 'minutes']);
  const front = {
    title: fields.text('title'),
    lead: fields.text('lead'),
    minutes: fields.number('minutes', [1, MINUTES_LIMIT]),
  };
  const pages = readPages(text.slice(match[0].length), match[0].split('\n').length, 'lesson.md', problems);
  if (pages.length === 0) report(1, 'a lesson has pages: lines that start with #');
  if (pages.length > PAGES_LIMIT) report(pages[PAGES_LIMIT]!.line, `a lesson has at most ${PAGES_LIMIT} pages`);
  for (const { words, line } of pages)
    if (words > WORDS_LIMIT) report(line, `a page has at most ${WORDS_LIMIT} words, this one ${words}`);
  return { front, pages };
}

function readGoals(
  root: YamlFields,
  cel: LessonCel,
  pages: number,
): Pick<Lesson, 'facts' | 'goals' | 'predictions' | 'placements' | 'recap' | 'skip' | 'retrieve'> {
  root.allow(GOAL_FIELDS);
  const reader = new GoalReader(cel, pages);
  return {
    facts: reader.facts(root),
    goals: reader.goals(root),
    predictions: reader.predictions(root),
    placements: reader.placements(root),
    recap: reader.recap(root),
    skip: reader.questions(root, 'skip'),
    retrieve: reader.questions(root, 'retrieve'),
  };
}

/** Reads lessons/index.yaml. */
export function readIndex(text: string): { index: LessonIndex; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const root = YamlFields.read(text, 'index.yaml', problems);
  root.allow(['chapters']);
  let number = 0;
  const entryOf = (item: YamlFields): IndexEntry => {
    item.allow(['slug', 'title', 'minutes', 'coming']);
    number += 1;
    const coming = item.flag('coming');
    return {
      slug: item.text('slug'),
      number,
      title: item.text('title'),
      minutes: item.number('minutes', [1, MINUTES_LIMIT], coming ? 10 : undefined),
      coming,
    };
  };
  const chapters = root.items('chapters').map((chapter) => {
    chapter.allow(['title', 'lessons']);
    return { title: chapter.text('title'), lessons: chapter.items('lessons').map(entryOf) };
  });
  return { index: { chapters }, problems };
}

/** Reads lessons/glossary.yaml: `id: {term, means}`. */
export function readGlossary(text: string): { glossary: Glossary; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const root = YamlFields.read(text, 'glossary.yaml', problems);
  const entries = root.keys().map((id) => {
    const item = root.at(id);
    item.allow(['term', 'means']);
    return [id, { term: item.text('term'), means: item.text('means') }] as const;
  });
  return { glossary: Object.fromEntries(entries), problems };
}
