import { taintText } from './keys';
import { volumeRef } from './navigation';
import { isOver, podHas, type NodeGlyph, type Picture, type PodGlyph } from './picture';
import { refKey, type Ref } from './ref';
import { nodeNote, podState, serviceTexts, volumeTexts } from './words';

/** Something that is otherwise in two pictures of one moment: where it stands in each, and in words. */
export interface Difference {
  left?: Ref;
  right?: Ref;
  /** Where it is to be seen, if that is not the thing itself: Pods without a node stand in the scheduler's box. */
  leftPlace?: Ref;
  rightPlace?: Ref;
  /** What it is. */
  name: string;
  leftWords: string;
  rightWords: string;
}

const ABSENT = 'not there';

/** Where differences are to be seen on one of the two stages. */
export function placesOf(differences: readonly Difference[], side: 'left' | 'right'): Ref[] {
  return differences.flatMap((one) => one[`${side}Place`] ?? one[side] ?? []);
}

/** What two pictures show differently, Pods first. Words are of each side, without saying which side that is. */
export function differencesOf(left: Picture, right: Picture): Difference[] {
  return [...podDifferences(left, right), ...nodeDifferences(left, right), ...restDifferences(left, right)];
}

function podDifferences(left: Picture, right: Picture): Difference[] {
  const differences: Difference[] = [];
  for (const [one, other] of pairs(left.pods, right.pods)) {
    if (one && other && one.key === other.key && one.node === other.node && one.phase === other.phase) continue;
    const sameName = !one || !other || one.key === other.key;
    const some = (one ?? other)!;
    differences.push({
      ...(one ? { left: podRef(one) } : {}),
      ...(other ? { right: podRef(other) } : {}),
      ...(one && waits(one) ? { leftPlace: SCHEDULER } : {}),
      ...(other && waits(other) ? { rightPlace: SCHEDULER } : {}),
      name: sameName ? nameIn(some.detail) : `${some.detail.ownerKind} ${some.detail.ownerName}`,
      leftWords: one ? podWords(one, sameName) : ABSENT,
      rightWords: other ? podWords(other, sameName) : ABSENT,
    });
  }
  return differences;
}

const SCHEDULER: Ref = { resource: 'components', namespace: '', name: 'kube-scheduler' };
const waits = (pod: PodGlyph): boolean => pod.node === '' && !isOver(pod);
const podRef = ({ detail }: PodGlyph): Ref => ({ resource: 'pods', namespace: detail.namespace, name: detail.name });

const nameIn = ({ namespace, name }: { namespace: string; name: string }): string =>
  namespace === 'default' ? name : `${namespace}/${name}`;

/** `Running on cpu-3`; a Pod that goes by another name there is named. */
function podWords(pod: PodGlyph, sameName: boolean): string {
  const state = podHas(pod, 'pulling') ? 'pulling its image' : podState(pod);
  const where = pod.node === '' ? state : `${state} on ${pod.node}`;
  return sameName ? where : `${nameIn(pod.detail)} ${where}`;
}

/**
 * Pods by name, and those that are left of each owner in the order of their names: what replaces a Pod is called
 * otherwise, and is still what stands in its place.
 */
function pairs(
  left: readonly PodGlyph[],
  right: readonly PodGlyph[],
): [one: PodGlyph | undefined, other: PodGlyph | undefined][] {
  const there = new Map(right.map((pod) => [pod.key, pod]));
  const paired: [PodGlyph | undefined, PodGlyph | undefined][] = [];
  const alone: PodGlyph[] = [];
  for (const pod of left) {
    const same = there.get(pod.key);
    if (same) paired.push([pod, same]);
    else alone.push(pod);
    there.delete(pod.key);
  }
  const others = new Map<string, PodGlyph[]>();
  for (const pod of there.values()) others.set(ownerOf(pod), [...(others.get(ownerOf(pod)) ?? []), pod]);
  for (const pod of alone) paired.push([pod, others.get(ownerOf(pod))?.shift()]);
  for (const rest of others.values()) for (const pod of rest) paired.push([undefined, pod]);
  return paired;
}

const ownerOf = ({ detail }: PodGlyph): string => `${detail.namespace}/${detail.ownerKind}/${detail.ownerName}`;

function nodeDifferences(left: Picture, right: Picture): Difference[] {
  const others = new Map(right.nodes.map((node) => [node.name, node]));
  const differences: Difference[] = [];
  const add = (name: string, one: NodeGlyph | undefined, other: NodeGlyph | undefined): void => {
    const [leftWords, rightWords] = [nodeWords(one, left.atMs), nodeWords(other, right.atMs)];
    if (leftWords === rightWords) return;
    const ref: Ref = { resource: 'nodes', namespace: '', name };
    differences.push({ ...(one ? { left: ref } : {}), ...(other ? { right: ref } : {}), name, leftWords, rightWords });
  };
  for (const node of left.nodes) {
    add(node.name, node, others.get(node.name));
    others.delete(node.name);
  }
  for (const node of others.values()) add(node.name, undefined, node);
  return differences;
}

/** Its state and its taints; not how full it is, which its Pods say. */
function nodeWords(node: NodeGlyph | undefined, atMs: number): string {
  if (!node) return ABSENT;
  const note = nodeNote(node, atMs).text.replace(/ [\d:]+$/, '');
  const state = node.state === 'Ready' ? 'Ready' : 'NotReady';
  return [state, note, ...node.detail.taints.map((taint) => `taint ${taintText(taint)}`)].filter(Boolean).join(', ');
}

function restDifferences(left: Picture, right: Picture): Difference[] {
  return [
    ...worded(left.volumes.map(wordedVolume), right.volumes.map(wordedVolume)),
    ...worded(left.services.map(wordedService), right.services.map(wordedService)),
  ];
}

const wordedVolume = (volume: Picture['volumes'][number]): Worded => ({
  ref: volumeRef(volume.key, volume.volume),
  words: volumeWords(volume),
});

/** Without its traffic, which is never the same. */
const wordedService = (service: Picture['services'][number]): Worded => ({
  ref: serviceRef(service.key),
  words: serviceTexts({ ...service, requestsPerSecond: 0, failuresPerSecond: 0 })[0]!,
});

function volumeWords(volume: Picture['volumes'][number]): string {
  if (volume.attachedTo.length > 0) return `attached to ${volume.attachedTo.join(', ')}`;
  return volume.bound ? 'attached to no node' : volumeTexts(volume)[0]!;
}

function serviceRef(key: string): Ref {
  const slash = key.indexOf('/');
  return { resource: 'services', namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

interface Worded {
  ref: Ref;
  words: string;
}

function worded(left: readonly Worded[], right: readonly Worded[]): Difference[] {
  const lefts = new Map(left.map((one) => [refKey(one.ref), one]));
  const rights = new Map(right.map((one) => [refKey(one.ref), one]));
  const differences: Difference[] = [];
  for (const key of new Set([...lefts.keys(), ...rights.keys()])) {
    const [one, other] = [lefts.get(key), rights.get(key)];
    if (one?.words === other?.words) continue;
    differences.push({
      ...(one ? { left: one.ref } : {}),
      ...(other ? { right: other.ref } : {}),
      name: (one ?? other)!.ref.name,
      leftWords: one?.words ?? ABSENT,
      rightWords: other?.words ?? ABSENT,
    });
  }
  return differences;
}
