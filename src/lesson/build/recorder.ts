import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import type { ApiObject } from '../../api/objects';
import { PREPARER, STORY_PATH, type StoryView } from '../../api/story';
import { OBJECT_VIEWS } from '../views/names';
import type { Change } from '../watch/change';
import { Telling } from '../watch/telling';
import { declaredIn } from './declared';
import type { Deed, Play } from './play';
import { read } from './read';

/** Takes down what an author plays, by the door: everything at the first mark, and what was done and came of it at the second. */

/** What a cluster was started from. */
export interface Beginning {
  readonly preset?: string;
  readonly seed: number;
  readonly nodes: readonly JsonMap[];
  readonly objects: readonly JsonMap[];
}

/** How a cluster is at the first mark. */
export interface MarkedStart {
  readonly atMs: number;
  readonly beginning: Beginning;
  /** What was declared, as manifests. */
  readonly manifests: readonly JsonMap[];
  readonly nodes: readonly ApiObject[];
  /** What was done before. */
  readonly deeds: readonly Deed[];
  readonly telling: Telling;
  readonly story: Pick<StoryView, 'epoch' | 'revision' | 'inputs' | 'atMs'>;
}

const NAMESPACE = 'default';
const FROM_START = { revision: 0, inputs: 0, atMs: -1 };

/** Marks the start; why it cannot be, in words. */
export async function markStart(client: ApiClient): Promise<MarkedStart | { problem: string }> {
  const beginning = await read<Beginning>(client, '/podium/v1/beginning');
  if (beginning.preset === undefined)
    return { problem: 'This cluster came from a file. A lesson starts from one of the clusters that Podium has.' };
  const [story, manifests, deeds] = await Promise.all([
    storyAfter(client, FROM_START),
    declaredIn(client),
    deedsOf(client),
  ]);
  const telling = new Telling();
  telling.changes(story);
  const nodes = telling
    .all(story.atMs)
    .flatMap((change) => (change.kind === 'put' && change.view === 'nodes' ? [change.object] : []));
  return { atMs: story.atMs, beginning, manifests, nodes, deeds, telling, story };
}

/** What was played since the first mark; why that cannot be told, in words. */
export async function markGoal(client: ApiClient, start: MarkedStart): Promise<Play | { problem: string }> {
  let story = await storyAfter(client, start.story);
  let changes: Change[];
  if (story.epoch === start.story.epoch) changes = new Telling(start.telling).changes(story);
  else {
    story = await storyAfter(client, FROM_START);
    changes = new Telling().changes(story).filter(({ atMs }) => atMs > start.atMs);
  }
  const deeds = await deedsOf(client);
  if (story.atMs < start.atMs || deeds.length < start.deeds.length)
    return { problem: 'This is a moment before the start that you marked. Go on from there, or mark the start anew.' };
  if (!story.whole) return { problem: 'More has happened since the start than is remembered. Mark the start later.' };
  return {
    namespace: NAMESPACE,
    epochMs: story.epochMs,
    startMs: start.atMs,
    endMs: story.atMs,
    start: start.telling.all(start.atMs),
    changes,
    deeds: deeds.slice(start.deeds.length),
  };
}

function storyAfter(
  client: ApiClient,
  { revision, inputs, atMs }: Pick<StoryView, 'revision' | 'inputs' | 'atMs'>,
): Promise<StoryView> {
  return read<StoryView>(client, STORY_PATH, {
    resources: Object.values(OBJECT_VIEWS).join(','),
    namespace: NAMESPACE,
    since: String(revision),
    inputs: String(inputs),
    after: String(atMs),
    traffic: 'true',
  });
}

/** The journal's inputs that somebody has made. */
async function deedsOf(client: ApiClient): Promise<Deed[]> {
  const { inputs } = await read<{ inputs: (Deed & { client?: string })[] }>(client, '/podium/v1/journal');
  return inputs.filter(({ kind, client: agent }) => (kind as string) !== 'training' && agent !== PREPARER);
}
