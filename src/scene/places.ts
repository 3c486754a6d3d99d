import { nodeOf } from './actors';
import type { Rect } from './geometry';
import { closeRectOf, type CloseUp } from './close-up';
import { fullestOf, speckGrid, speckRect } from './crowd';
import { cardOf, type StageLayout } from './layout';
import { volumeRef } from './navigation';
import { CARD, PILL } from './node-layout';
import type { Picture } from './picture';
import { refKey, sameRef, type Ref } from './ref';
import type { Story } from './story';
import { kindOf } from './captions';
import { nodeSentence, podSentence, serviceTexts, volumeSentence } from './words';

const COMPONENT_BOXES: Record<string, keyof StageLayout['boxes']> = {
  etcd: 'etcd',
  'kube-controller-manager': 'controllers',
  'kube-scheduler': 'scheduler',
};

/** Where a thing stands on the stage; undefined when it is not there. Pods without a node stand in the scheduler's box. */
export function rectOf(
  ref: Ref,
  layout: StageLayout,
  picture: Picture,
  closeUp: CloseUp | null = null,
): Rect | undefined {
  switch (ref.resource) {
    case 'pods': {
      const key = `${ref.namespace}/${ref.name}`;
      return closeRectOf(key, closeUp) ?? podRect(key, layout, picture);
    }
    case 'nodes':
      return cardOf(layout, ref.name);
    case 'services':
      return layout.services.find((box) => box.service.key === `${ref.namespace}/${ref.name}`);
    case 'components': {
      const box = COMPONENT_BOXES[ref.name];
      return box ? layout.boxes[box] : layout.trunk;
    }
    default: {
      const box = layout.volumes.find((one) => sameRef(volumeRef(one.volume.key, one.volume.volume), ref));
      return (
        box && { x: box.lidX - 22, y: box.y - 2, width: box.x + box.width - box.lidX + 22, height: box.height + 6 }
      );
    }
  }
}

/** Where the next Pod of a node would stand; of a card that shows no Pods in full, all of it. */
export function slotOf({ name }: Ref, layout: StageLayout): { rect: Rect; roomy: boolean } | undefined {
  const card = cardOf(layout, name);
  if (!card) return undefined;
  const { x, y, width, height, slotY } = card;
  if (layout.form !== 'map' || layout.level > 1) return { rect: { x, y, width, height }, roomy: false };
  const rect = { x: x + CARD.inset, y: slotY, width: width - 2 * CARD.inset, height: PILL.height };
  return { rect, roomy: true };
}

/** A Pod's box, or its speck, or the cell of its node. */
function podRect(key: string, layout: StageLayout, picture: Picture): Rect | undefined {
  const pod = picture.podWith(key);
  const card = pod && cardOf(layout, pod.node);
  if (!card) return undefined;
  if (layout.level < 3) return card.pods.find((one) => one.pod.key === key);
  if (layout.level === 4) return card;
  const place = picture.podsOn(pod.node).findIndex((one) => one.key === key);
  return speckRect(card, speckGrid(layout, fullestOf(picture)), place);
}

/** What stands at a point of the stage where no element of its own does: a Pod or a node of a crowd. */
export function refAt(x: number, y: number, layout: StageLayout, picture: Picture, each: boolean): Ref | undefined {
  const card = layout.nodes.find(
    (box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height,
  );
  if (!card || layout.level < 3) return undefined;
  const node: Ref = { resource: 'nodes', namespace: '', name: card.node.name };
  if (!each) return node;
  const { columns, pitch, size, left, top } = speckGrid(layout, fullestOf(picture));
  const [column, row] = [(x - card.x - left) / pitch, (y - card.y - top) / pitch];
  const within = (place: number): boolean => place >= 0 && (place % 1) * pitch <= size;
  if (!within(column) || !within(row) || column >= columns) return node;
  const pod = picture.podsOn(node.name)[Math.floor(row) * columns + Math.floor(column)];
  return pod ? { resource: 'pods', namespace: pod.detail.namespace, name: pod.detail.name } : node;
}

/** What a thing is, in a name and a sentence: the tooltip. */
export function describeRef(ref: Ref, picture: Picture): { title: string; text: string } {
  const key = `${ref.namespace}/${ref.name}`;
  const title = ref.name;
  const pod = ref.resource === 'pods' ? picture.podWith(key) : undefined;
  if (pod) {
    const owner = pod.detail.ownerKind === 'Pod' ? '' : ` ${pod.detail.ownerKind} ${pod.detail.ownerName}.`;
    return { title, text: podSentence(pod, picture.atMs) + owner };
  }
  const node = ref.resource === 'nodes' ? picture.nodes.find((one) => one.name === ref.name) : undefined;
  if (node) {
    return { title, text: `${nodeSentence(node, picture.podsOn(node.name).length, picture.atMs)}.` };
  }
  const service = ref.resource === 'services' ? picture.services.find((one) => one.key === key) : undefined;
  if (service) return { title, text: `${serviceTexts(service)[0]}.` };
  const volume = picture.volumes.find((one) => sameRef(volumeRef(one.key, one.volume), ref));
  if (volume) return { title, text: `${volumeSentence(volume)}.` };
  return COMPONENTS[ref.name] ?? { title, text: `${kindOf(ref.resource)}.` };
}

const COMPONENTS: Record<string, { title: string; text: string }> = {
  etcd: { title: 'etcd', text: 'Remembers every object. Only the API server speaks to it.' },
  'kube-apiserver': {
    title: 'API server',
    text: 'Every message runs through it. It checks, stores and tells whoever watches.',
  },
  'kube-controller-manager': {
    title: 'Controllers',
    text: 'Loops that compare what is wanted with what is there, and write the difference.',
  },
  'kube-scheduler': {
    title: 'Scheduler',
    text: 'Finds a node for each Pod without one, and writes its name. It sends nothing to nodes.',
  },
};

/** What changed within the last `withinMs` of story time: for those who see no motion. */
export function changedRefs(story: Story, storyMs: number, withinMs: number): Ref[] {
  const refs = new Map<string, Ref>();
  for (const { kind, row, endMs, to } of story.messagesBetween(storyMs - withinMs, storyMs)) {
    if (kind !== 'write' || endMs > storyMs || nodeOf(to) !== undefined) continue;
    const slash = row.key.indexOf('/');
    const ref: Ref = {
      resource: row.resource,
      namespace: row.key.slice(0, Math.max(0, slash)),
      name: row.key.slice(slash + 1),
    };
    refs.set(refKey(ref), ref);
  }
  return [...refs.values()];
}
