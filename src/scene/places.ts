import { nodeOf } from './actors';
import type { Rect } from './geometry';
import type { StageLayout } from './layout';
import { volumeRef } from './navigation';
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
export function rectOf(ref: Ref, layout: StageLayout): Rect | undefined {
  switch (ref.resource) {
    case 'pods': {
      const key = `${ref.namespace}/${ref.name}`;
      for (const node of layout.nodes) {
        const box = node.pods.find((one) => one.pod.key === key);
        if (box) return box;
      }
      return undefined;
    }
    case 'nodes':
      return layout.nodes.find((box) => box.node.name === ref.name);
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

/** What a thing is, in a name and a sentence: the tooltip. */
export function describeRef(ref: Ref, picture: Picture): { title: string; text: string } {
  const key = `${ref.namespace}/${ref.name}`;
  const title = ref.name;
  const pod = ref.resource === 'pods' ? picture.pods.find((one) => one.key === key) : undefined;
  if (pod) {
    const owner = pod.detail.ownerKind === 'Pod' ? '' : ` ${pod.detail.ownerKind} ${pod.detail.ownerName}.`;
    return { title, text: podSentence(pod, picture.atMs) + owner };
  }
  const node = ref.resource === 'nodes' ? picture.nodes.find((one) => one.name === ref.name) : undefined;
  if (node) {
    const pods = picture.pods.filter((one) => one.node === node.name).length;
    return { title, text: `${nodeSentence(node, pods, picture.atMs)}.` };
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
