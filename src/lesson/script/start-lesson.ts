import type { Lesson, Problem, Start } from '../format/lesson';
import type { Library } from '../library';
import { LessonRun } from '../watch/lesson-run';
import type { Hands } from './hands';
import { ScriptPlayer } from './player';
import { newCluster, prepare } from './prepare';
import { readScript } from './script';

/** Brings a cluster to a lesson's start: its own, or the end of the lesson before, then what this one changes. */
export async function startLesson(library: Library, hands: Hands, lesson: Lesson, otherSeed = 0): Promise<void> {
  const { start } = lesson;
  if ('previous' in start) await playBefore(library, hands, lesson.slug, otherSeed);
  else await newCluster(hands, { preset: start.preset, seed: start.seed + otherSeed });
  await prepare(hands, start);
}

async function playBefore(library: Library, hands: Hands, slug: string, otherSeed: number): Promise<void> {
  const before = library.before(slug);
  const read = before === undefined ? undefined : await library.lesson(before);
  if (!before || !read?.lesson) throw new Error(`the lesson before ${slug} cannot be read`);
  await startLesson(library, hands, read.lesson, otherSeed);
  const problems: Problem[] = [];
  const steps = readScript((await library.files(before))['solution.txt'] ?? '', 'solution.txt', problems);
  const run = await LessonRun.begin(hands.client, read.lesson, read.cel);
  const problem = problems[0] ?? (await new ScriptPlayer(hands, run).play(steps, 'solution.txt'));
  if (problem) throw new Error(`${before}/${problem.file}:${problem.line}: ${problem.message}`);
}

/** The preset and seed that a lesson's cluster is made from: its own, or those of the lessons before it. */
export async function clusterOf(library: Library, lesson: Lesson): Promise<Pick<Start, 'preset' | 'seed'>> {
  const { start } = lesson;
  if (!('previous' in start)) return start;
  const before = library.before(lesson.slug);
  const read = before === undefined ? undefined : await library.lesson(before);
  if (!read?.lesson) throw new Error(`the lesson before ${lesson.slug} cannot be read`);
  return clusterOf(library, read.lesson);
}
