import type { Target } from '../../lesson/format/lesson';
import type { Ref } from '../../scene/ref';
import type { ClusterView } from '../connection/cluster-view.svelte';

/** A component's name as pages write it, and as the stage has it. */
const CLUSTER_WIDE = new Set(['nodes', 'persistentvolumes', 'components']);

/** The things on the stage that a page points at; Pods whose names begin so for a name that ends in `*`. */
export function pointedRefs(
  { resource, name }: Extract<Target, { kind: 'stage' }>,
  namespace: string,
  { pods, frame }: Pick<ClusterView, 'pods' | 'frame'>,
): Ref[] {
  const refOf = (one: string): Ref => ({
    resource: resource as Ref['resource'],
    namespace: CLUSTER_WIDE.has(resource) ? '' : namespace,
    name: one,
  });
  if (!name.endsWith('*')) return [refOf(name)];
  if (resource !== 'pods') return [];
  const start = name.slice(0, -1);
  const shown = [...(frame?.pods.id ?? [])].flatMap((id) => pods.get(id) ?? []);
  return shown.filter((pod) => pod.namespace === namespace && pod.name.startsWith(start)).map((pod) => refOf(pod.name));
}
