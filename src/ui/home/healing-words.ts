import { nodeOf } from '../../scene/actors';
import { isOver, type Picture, type PodGlyph } from '../../scene/picture';
import type { Message, Story } from '../../scene/story';
import { INVITATION } from './home-picture';

/** How far back in story time a Pod that was killed is still spoken of. */
const REMEMBERED_MS = 60_000;

const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/**
 * Keys of the Pods that the learner had deleted by a moment of the story. A frame tells of a Pod as it is at last; that
 * it was told to stop, somewhat before, is known from the write.
 */
export function deletedBy(story: Story, storyMs: number): Set<string> {
  const messages = story.messagesBetween(storyMs - REMEMBERED_MS, storyMs).filter((one) => isKill(one));
  return new Set(messages.filter((one) => one.endMs <= storyMs).map((one) => one.row.key));
}

/** Pods that a ReplicaSet counts: those that are not being stopped, and have not ended. */
export function counted(pods: readonly PodGlyph[], deleted: ReadonlySet<string>): PodGlyph[] {
  return pods.filter((pod) => pod.phase !== 'Terminating' && !isOver(pod) && !deleted.has(pod.key));
}

/** What happens to the Pods at a moment of the story, in one sentence, from what was written and read. */
export function healingSentence(story: Story, storyMs: number, picture: Picture, want: number): string {
  const moment = story.momentAt(storyMs);
  if (moment?.record.node !== undefined && storyMs >= moment.decidedMs && storyMs < moment.writeMs)
    return placing(moment.record.node);
  const messages = story
    .messagesBetween(storyMs - REMEMBERED_MS, storyMs)
    .filter((message) => message.row.resource === 'pods');
  const born = new Set(messages.filter(isBirth).map((message) => message.row.key));
  let [told, toldMs] = [INVITATION, -Infinity];
  for (const message of messages) {
    const sentence =
      message.startMs < toldMs
        ? undefined
        : sentenceOf(message, born, picture, () => replacing(story, storyMs, picture, want));
    if (sentence !== undefined) [told, toldMs] = [sentence, message.startMs];
  }
  return told;
}

const isKill = ({ row, kind, from }: Message): boolean =>
  kind === 'write' && from === 'learner' && row.resource === 'pods';
const isBirth = ({ row, from }: Message): boolean => from === 'controllers' && row.verb === 'create';

const placing = (node: string): string => `The scheduler finds it a node: ${node}.`;

/** The sentence on a message about a Pod; `undefined` for one that is no step of the healing. */
function sentenceOf(
  message: Message,
  born: ReadonlySet<string>,
  picture: Picture,
  replaced: () => string,
): string | undefined {
  const { row, kind, from, to } = message;
  const name = nameOf(row.key);
  if (isKill(message)) return `You deleted ${name}. Nobody repairs it.`;
  if (!born.has(row.key)) return undefined;
  if (kind === 'watch') {
    return nodeOf(to) === undefined ? undefined : `The kubelet on ${nodeOf(to)} sees its name and starts ${name}.`;
  }
  if (isBirth(message)) return replaced();
  if (from === 'scheduler') return row.node ? placing(row.node) : undefined;
  const pod = picture.pods.find((one) => one.key === row.key);
  if (pod?.phase !== 'Running') return undefined;
  return `${name} runs on ${pod.node}. New name, same count: that is self-healing.`;
}

function replacing(story: Story, storyMs: number, picture: Picture, want: number): string {
  const have = counted(picture.pods, deletedBy(story, storyMs)).length;
  if (have >= want) return `The ReplicaSet controller wants ${want} and has ${have} again.`;
  return `The ReplicaSet controller wants ${want} and has ${have}, so it asks for one more.`;
}
