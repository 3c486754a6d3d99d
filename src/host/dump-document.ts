import type { Json } from '../api/objects';
import type { JsonMap } from '../api/json';
import { presetOf } from '../kernel/presets';
import { newDocument, type ClusterDocument } from './document';

/** Whose nodes a cluster has that is opened without any. */
const NODES_OF = 'ml';

/**
 * A new cluster for what another one had: with these machines, and with what each preset's API holds, but for what is
 * among the manifests that are to come.
 */
export function dumpDocument(machines: readonly JsonMap[], manifests: readonly JsonMap[]): ClusterDocument {
  const preset = presetOf(NODES_OF);
  if ('problem' in preset) throw new Error(preset.problem);
  const nameOf = ({ kind, metadata }: { kind?: unknown; metadata?: unknown }): string =>
    `${String(kind)} ${String((metadata as { name?: unknown } | undefined)?.name)}`;
  const coming = new Set(manifests.map(nameOf));
  const objects = preset.objects.filter((object) => !coming.has(nameOf(object)));
  const nodes = machines.length > 0 ? machines : preset.nodes;
  return newDocument({ nodes: nodes as unknown as Json[], objects: objects as unknown as Json[] }, 1);
}
