import { readLesson, type ReadLesson } from '../format/read-lesson';
import { GoalWatcher } from '../watch/goal-watcher';
import type { LessonFiles, Problem } from '../format/lesson';
import type { Play } from './play';

/** How a lesson's goals would have stood while the author played. */
export interface Trial {
  readonly problems: readonly Problem[];
  readonly goals: readonly TriedGoal[];
}

export interface TriedGoal {
  readonly id: string;
  /** It held when the lesson begins: then it asks for nothing. */
  readonly atStart: boolean;
  /** When it was first met; undefined where it never was. */
  readonly metAtMs: number | undefined;
  /** Whether it held at the end. */
  readonly atEnd: boolean;
  /** Why it is open, as it says at the start. */
  readonly because: string;
}

/** Plays what was played before the goals of some files. Nothing runs: what happened is told again. */
export function trialOf(play: Play, files: LessonFiles): Trial {
  const read = readLesson('trial', 1, files);
  if (!read.lesson) return { problems: read.problems, goals: [] };
  const watcher = watcherOf(play, read);
  const begun = watcher.state().goals;
  watcher.take(play.changes, play.endMs);
  const { goals } = watcher.state();
  return {
    problems: [],
    goals: goals.map(({ id, metAtMs }, index) => {
      const goal = read.lesson.goals[index]!;
      const holds = read.cel.holds(goal.check, watcher.reading());
      return { id, metAtMs, atStart: begun[index]!.met, atEnd: holds, because: begun[index]!.because };
    }),
  };
}

/** Why goals are open just before a moment of the play, by their ids; those that are met are left out. */
export function reasonsBefore(play: Play, files: LessonFiles, atMs: number): Record<string, string> {
  const read = readLesson('trial', 1, files);
  if (!read.lesson) return {};
  const watcher = watcherOf(play, read);
  const before = play.changes.filter((change) => change.atMs < atMs);
  watcher.take(before, Math.max(play.startMs, atMs - 1));
  const open = watcher.state().goals.filter(({ met }) => !met);
  return Object.fromEntries(open.map(({ id, because }) => [id, because]));
}

function watcherOf(
  { epochMs, startMs, start }: Play,
  { lesson, cel }: Extract<ReadLesson, { lesson: object }>,
): GoalWatcher {
  const watcher = new GoalWatcher(lesson, cel, epochMs, startMs);
  watcher.take(start, startMs);
  return watcher;
}
