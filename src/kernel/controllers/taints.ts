import type { Node, Pod, Taint } from '../../api/objects';
import { tolerates } from '../../api/taints';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
export const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** The Node's taints that drive Pods out. */
export function noExecuteTaints(node: Node): Taint[] {
  return (node.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
}

/**
 * How long a Pod may stay on a node with these NoExecute taints, in milliseconds: 0 where it tolerates not all of
 * them, Infinity where it tolerates them for ever. Models getMinTolerationTime.
 */
export function tolerationMs(pod: Pod, taints: readonly Taint[]): number {
  let leastMs = Infinity;
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    const seconds = matching[0]!.tolerationSeconds;
    if (seconds !== undefined) leastMs = Math.min(leastMs, Math.max(0, seconds * 1000));
  }
  return leastMs;
}
