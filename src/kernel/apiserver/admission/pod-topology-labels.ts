import { Alike } from '../../../base/alike';
import type { Node, ObjectMeta, Pod } from '../../../api/objects';
import type { Core } from '../core';
import type { AdmissionPlugin } from './admission';

const TOPOLOGY_LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** Metadata with the labels of the node's place, where the node has them and the object does not. */
export function withTopologyLabels(core: Core, metadata: ObjectMeta, nodeName: string): ObjectMeta {
  const node = core.store.get('nodes', nodeName) as Node | undefined;
  const labels = { ...metadata.labels };
  for (const key of TOPOLOGY_LABELS) {
    const value = node?.metadata.labels?.[key];
    if (value !== undefined) labels[key] ??= value;
  }
  return Object.keys(labels).length > 0 ? { ...metadata, labels: alikeLabels.share(labels) } : { ...metadata };
}

/** Of Pods of one template in one zone. */
const alikeLabels = new Alike<NonNullable<ObjectMeta['labels']>>(16);

/** Models plugin/pkg/admission/podtopologylabels: a Pod that is bound as it is made gets its node's place at once. */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  resources: ['pods'],
  admit({ operation, object }, core) {
    const pod = object as Pod;
    if (operation !== 'create' || !pod.spec.nodeName) return object;
    return { ...pod, metadata: withTopologyLabels(core, pod.metadata, pod.spec.nodeName) };
  },
};
