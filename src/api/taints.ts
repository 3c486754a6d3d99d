import type { Node, Taint, Toleration } from './objects';

/** Whether one of the tolerations tolerates a taint. Models component-helpers/scheduling/corev1 ToleratesTaint. */
export function toleratesTaint(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  if (!tolerations) return false;
  for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}

/** Models Toleration.ToleratesTaint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  if (toleration.operator && toleration.operator !== 'Equal') return false;
  return (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint that keeps new Pods away and that no toleration covers. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
): Taint | undefined {
  if (!taints) return undefined;
  for (const taint of taints) {
    const keepsAway = taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
    if (keepsAway && !toleratesTaint(tolerations, taint)) return taint;
  }
  return undefined;
}

/** Whether taints are the same but for value and time. Models Taint.MatchTaint. */
const sameTaint = (left: Taint, right: Taint): boolean => left.key === right.key && left.effect === right.effect;

export function hasTaint(node: Node, key: string, effect: string): boolean {
  return (node.spec.taints ?? []).some((taint) => taint.key === key && taint.effect === effect);
}

/** The Node with some taints more and some less; the same Node where nothing changes. */
export function withTaints(node: Node, add: readonly Taint[], remove: readonly Taint[]): Node {
  const present = node.spec.taints ?? [];
  const kept = present.filter((taint) => !remove.some((one) => sameTaint(one, taint)));
  const fresh = add.filter((taint) => !present.some((one) => sameTaint(one, taint)));
  if (fresh.length === 0 && kept.length === present.length) return node;
  const taints = [...kept, ...fresh];
  const { taints: _, ...spec } = node.spec;
  return { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec };
}
