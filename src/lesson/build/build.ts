import { slugOf } from '../archive/lesson-archive';
import type { LessonTexts } from '../archive/lesson-archive';
import { draftFiles, type Draft } from './draft';
import type { Play } from './play';
import type { MarkedStart } from './recorder';
import { scriptsOf } from './scripts';
import { startFile, type StartFiles } from './start-file';
import { trialOf } from './trial';

/** A lesson's folder, and what is still to be done on it, in words. */
export interface Built extends LessonTexts {
  readonly problems: readonly string[];
}

/** Writes the lesson of a play: texts as the author has them, its start, its goals, and the scripts that prove it. */
export function buildLesson(start: MarkedStart, play: Play, draft: Draft, editor: StartFiles): Built {
  const slug = slugOf(draft.title);
  const plain = draftFiles(draft);
  const trial = trialOf(play, plain);
  const scripts = scriptsOf(play, plain, trial.goals);
  const files = {
    ...draftFiles(draft, (goal) => scripts.codes.get(goal) ?? ''),
    'start.yaml': startFile(start, editor),
    ...scripts.files,
  };
  const standing = trial.goals.flatMap(({ id, atStart, metAtMs }) => {
    if (atStart) return [`Goal ${id} is met at the start.`];
    return metAtMs === undefined ? [`Goal ${id} was not met while you played.`] : [];
  });
  const unread = trial.problems.map(({ file, line, message }) => `${file}, line ${line}: ${message}`);
  return { slug, files, problems: [...unread, ...standing, ...scripts.problems] };
}
