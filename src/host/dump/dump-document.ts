import type { Json } from '../../api/objects';
import { presetOf } from '../../kernel/presets';
import { newDocument, type ClusterDocument } from '../document';
import type { Dump } from './dump';
import { keyOf } from './parts';

/** Whose nodes a cluster has that is opened without any. */
const NODES_OF = 'ml';

/**
 * A new cluster for what another one had: with its machines and Namespaces, and with what each preset's API holds, but
 * for what is among the manifests that are to come.
 */
export function dumpDocument({ machines, namespaces, manifests }: Dump): ClusterDocument {
  const preset = presetOf(NODES_OF);
  if ('problem' in preset) throw new Error(preset.problem);
  const coming = new Set(manifests.map(keyOf));
  const objects = (preset.objects as unknown as Json[]).filter((object) => !coming.has(keyOf(object as never)));
  const nodes = machines.length > 0 ? machines : (preset.nodes as unknown as Json[]);
  return newDocument({ nodes, objects: [...objects, ...namespaces] }, 1);
}
