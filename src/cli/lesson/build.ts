import { lessonArchive } from '../../lesson/archive/lesson-archive';
import { buildLesson, type Built } from '../../lesson/build/build';
import { UNWRITTEN } from '../../lesson/build/draft';
import { propose } from '../../lesson/build/propose';
import { markGoal, markStart } from '../../lesson/build/recorder';
import { control } from '../../lesson/script/hands';
import { LocalCluster } from './local-cluster';

/**
 * The lesson that a saved cluster makes: it starts at a virtual second of it, and its goals are all that Podium proposes
 * from what was done since. Words are the author's to write. Returns why there is none, in words.
 */
export async function lessonOf(
  document: string,
  startS: number,
  title: string,
): Promise<{ built: Built; zip: Uint8Array } | { problem: string }> {
  const cluster = await LocalCluster.open();
  try {
    await cluster.simulation.openText('lesson', document);
    await control(cluster.client, 'time', { rewindMs: startS * 1000 });
    const start = await markStart(cluster.client);
    if ('problem' in start) return start;
    await control(cluster.client, 'time', { live: 'main' });
    const play = await markGoal(cluster.client, start);
    if ('problem' in play) return play;
    const goals = propose(play).map((one) => ({ ...one, page: 1 }));
    if (goals.length === 0) return { problem: `since second ${startS} nothing has come that could be a goal` };
    const built = buildLesson(start, play, { ...UNWRITTEN, title, goals }, { files: {}, open: undefined });
    return { built, zip: lessonArchive(built) };
  } finally {
    cluster.close();
  }
}
