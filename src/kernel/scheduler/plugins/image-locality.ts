import type { Pod } from '../../../api/objects';
import type { Cycle, Plugin } from '../framework/plugin';
import type { ImageState } from '../framework/snapshot';
import { MAX_SCORE } from '../normalize';

const MEGABYTE = 1024 * 1024;
const LEAST = 23 * MEGABYTE;
const MOST_A_CONTAINER = 1000 * MEGABYTE;

interface ScoreData {
  /** Images that some node has, with their size scaled by how many nodes have them. */
  readonly images: readonly { readonly state: ImageState; readonly share: number }[];
  readonly most: number;
}

/** Prefers nodes that have the Pod's images. Models plugins/imagelocality. */
export const imageLocality = (): Plugin<unknown, ScoreData> => ({
  name: 'ImageLocality',
  registrations: [],
  sign: (cycle) =>
    imagesOf(cycle.pod)
      .map((name) => `${name} ${shareOf(cycle, cycle.snapshot.image(name))}`)
      .join(),
  preScore(cycle) {
    const { pod, snapshot } = cycle;
    const images: { state: ImageState; share: number }[] = [];
    for (const name of imagesOf(pod)) {
      const state = snapshot.image(name);
      if (state) images.push({ state, share: shareOf(cycle, state) });
    }
    const containers = pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0);
    return { images, most: MOST_A_CONTAINER * containers };
  },
  score(_, { name }, { images, most }) {
    let sum = 0;
    for (const { state, share } of images) if (state.nodes.has(name)) sum += share;
    const bounded = Math.max(LEAST, Math.min(most, sum));
    return Math.trunc((MAX_SCORE * (bounded - LEAST)) / (most - LEAST));
  },
});

/** The size that counts: the more nodes have the image, the more. */
function shareOf({ snapshot }: Cycle, state: ImageState | undefined): number {
  return state ? Math.trunc(state.size * (state.nodes.size / snapshot.nodes.length)) : 0;
}

function imagesOf(pod: Pod): string[] {
  const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ image }) => image ?? '');
  for (const volume of pod.spec.volumes ?? []) if (volume.image?.reference) names.push(volume.image.reference);
  return names.map(withTag);
}

/** Only a missing tag is filled in; the registry is never. */
function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
