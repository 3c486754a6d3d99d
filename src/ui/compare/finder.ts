import { differencesOf, placesOf, type Difference } from '../../scene/differences';
import { FramePicture } from '../../scene/frame-picture';
import type { ClusterView } from '../connection/cluster-view.svelte';

export { placesOf };

/** What two clusters show differently; none before both have shown something. */
export function differencesBetween(left: ClusterView, right: ClusterView): Difference[] {
  const [here, there] = [pictureOf(left), pictureOf(right)];
  return here && there ? differencesOf(here, there) : [];
}

function pictureOf({ frame, pods, nodes }: ClusterView): FramePicture | undefined {
  return frame && new FramePicture(frame, { pods, nodes });
}
