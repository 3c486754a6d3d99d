import { STORY_PATH, type StoryView } from '../../api/story';
import { assert } from '../../base/assert';
import { bundledLessons } from '../../lesson/bundled';
import type { Lesson } from '../../lesson/format/lesson';
import type { LessonCel } from '../../lesson/cel/lesson-cel';
import { ScriptPlayer } from '../../lesson/script/player';
import { readScript } from '../../lesson/script/script';
import { OBJECT_VIEWS } from '../../lesson/views/names';
import { GoalWatcher } from '../../lesson/watch/goal-watcher';
import { LessonRun } from '../../lesson/watch/lesson-run';
import { Telling } from '../../lesson/watch/telling';
import { LocalCluster } from '../lesson/local-cluster';
import { startLesson } from '../../lesson/script/start-lesson';

const ROUNDS = 30;

/** What watching all goals of a lesson costs for each change of the cluster; the worst lesson's figures. */
export async function lessonGoals(): Promise<Record<string, string | number>> {
  const { index } = await bundledLessons();
  const written = index.chapters.flatMap(({ lessons }) => lessons).filter(({ coming }) => !coming);
  const rows = [];
  for (const { slug } of written) rows.push(await measure(slug));
  rows.sort((left, right) => right.microsecondsAChange - left.microsecondsAChange);
  return { lessons: rows.length, ...rows[0]! };
}

async function measure(slug: string) {
  const library = await bundledLessons();
  const { lesson, cel } = (await library.lesson(slug)) as { lesson?: Lesson; cel?: LessonCel };
  assert(lesson && cel, `lesson ${slug} cannot be read`);
  const steps = readScript((await library.files(slug))['solution.txt'] ?? '', 'solution.txt', []);
  const cluster = await LocalCluster.open();
  await startLesson(library, cluster, lesson);
  const run = await LessonRun.begin(cluster.client, lesson, cel);
  const problem = await new ScriptPlayer(cluster, run).play(steps, 'solution.txt');
  assert(!problem, `${slug}: ${problem?.message ?? ''}`);
  const story = await storyOf(cluster, lesson);
  cluster.close();
  return { worst: slug, ...costOf(lesson, cel, story, run.state.beganMs) };
}

async function storyOf({ client }: LocalCluster, lesson: Lesson): Promise<StoryView> {
  const query = { resources: Object.values(OBJECT_VIEWS).join(','), namespace: lesson.start.namespace };
  return (await client.request({ method: 'GET', path: STORY_PATH, query })).body as unknown as StoryView;
}

function costOf(lesson: Lesson, cel: LessonCel, story: StoryView, beganMs: number) {
  const told = new Telling().changes(story);
  const count = told.filter(({ atMs }) => atMs > beganMs).length;
  let cpuMicroseconds = 0;
  for (let round = 0; round < ROUNDS; round++) {
    /* Objects that are new, as those that come from a worker. */
    const changes = structuredClone(told);
    const before = changes.filter(({ atMs }) => atMs <= beganMs);
    const during = changes.filter(({ atMs }) => atMs > beganMs);
    const watcher = new GoalWatcher(lesson, cel, story.epochMs, beganMs);
    watcher.take(before, beganMs);
    const start = process.cpuUsage();
    watcher.take(during, story.atMs);
    const { user, system } = process.cpuUsage(start);
    if (round >= ROUNDS / 3) cpuMicroseconds += user + system;
  }
  const counted = Math.floor((ROUNDS * 2) / 3) * count;
  return { changes: count, microsecondsAChange: Math.round((10 * cpuMicroseconds) / counted) / 10 };
}
