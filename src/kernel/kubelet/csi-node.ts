import type { CSINode, Draft } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { MIGRATED_DRIVERS } from '../images/csi-drivers';
import type { KubeletCore } from './core';

const MIGRATED_PLUGINS = Object.keys(MIGRATED_DRIVERS).join(',');

/**
 * Says which CSI drivers run on the node and how many volumes each can attach; the scheduler's NodeVolumeLimits reads
 * it. Goes with the Node that owns it. Models pkg/volume/csi/nodeinfomanager.
 */
export function registerCsiNode(core: KubeletCore): void {
  const { client, conventions } = core.parts;
  if (!core.online || client.get('csinodes', '', core.nodeName)) return;
  client.because([]);
  const node = client.get('nodes', '', core.nodeName);
  if (!node) return;
  const draft: Draft<CSINode> = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: {
      name: core.nodeName,
      annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': MIGRATED_PLUGINS },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: core.nodeName, uid: node.metadata.uid }],
    },
    spec: {
      drivers: conventions.csiDrivers.map(({ name, topologyKeys, volumesOnNode }) => ({
        name,
        nodeID: core.nodeName,
        topologyKeys: [...topologyKeys],
        ...(volumesOnNode === null ? {} : { allocatable: { count: volumesOnNode } }),
      })),
    },
  };
  try {
    client.create('csinodes', draft);
  } catch (error) {
    if (!isRefusal(error, 'AlreadyExists')) throw error;
  }
}
