import { isOver, nodeHas, type NodeGlyph, type Picture } from './picture';

/** Of more nodes than this nobody is told one by one. */
const FEW_NODES = 200;

/**
 * What a still stage waits for, in a sentence; empty where it waits for nothing. Nothing moves then, and the silence is
 * the story: a node that is not heard, a disk that is held, a Pod that fits nowhere.
 */
export function restingWords(picture: Picture): string {
  const down = picture.nodes.length > FEW_NODES ? [] : picture.nodes.filter((node) => isUnheard(node));
  const refused = picture.volumes.find((volume) => volume.refusedBy.length > 0 && volume.attachedTo.length > 0);
  if (refused)
    return `${refused.claim || refused.volume} is held by ${refused.attachedTo[0]}. ${refused.accessMode} means one node, so ${refused.refusedBy[0]} waits.`;
  const silent = down.find((node) => node.state === 'Ready');
  if (silent) return `${silent.name} is silent. 50 s of silence, then NotReady. 300 s more, then evicted.`;
  for (const node of down) {
    const pods = picture.podsOn(node.name).filter((pod) => !isOver(pod));
    if (pods.length === 0) continue;
    return pods.every((pod) => pod.phase === 'Terminating')
      ? `What ran on ${node.name} is replaced, not repaired. Nobody can confirm that it stopped there.`
      : `${node.name} is NotReady. Its Pods tolerate that for 300 s, then they are evicted.`;
  }
  const { unschedulable, fit, nodes } = picture.controlPlane.scheduler;
  const waiting = unschedulable > 0 ? picture.unplaced[0] : undefined;
  return waiting ? `${waiting.detail.name} is Pending: ${fit} of ${nodes} nodes fit.` : '';
}

const isUnheard = (node: NodeGlyph): boolean => node.state !== 'Ready' || nodeHas(node, 'off') || nodeHas(node, 'cut');
