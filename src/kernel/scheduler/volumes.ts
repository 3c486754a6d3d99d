import { wholeValue } from '../../api/quantity';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/objects';
import { selectorMatches } from '../../api/selectors';
import { nodeSelectorMatches } from '../../api/node-affinity';

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** The claim's storage class; empty for none. */
export function classOf(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[CLASS_ANNOTATION] ?? claim.spec.storageClassName ?? '';
}

/** Whether volume controller and scheduler are both done with a claim. */
export function isFullyBound(claim: PersistentVolumeClaim): boolean {
  return Boolean(claim.spec.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** Whether the volume can be used on the node. Models component-helpers/storage/volume CheckNodeAffinity. */
export function isReachable(volume: PersistentVolume, node: Node): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return !required || nodeSelectorMatches(required, node);
}

/** Whether the volume is bound to this claim, or reserved for it. */
function isVolumeOf(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const reference = volume.spec.claimRef;
  if (!reference) return false;
  if (reference.name !== claim.metadata.name || reference.namespace !== claim.metadata.namespace) return false;
  return !reference.uid || reference.uid === claim.metadata.uid;
}

const sizeOf = (resources: unknown): number => wholeValue((resources as Record<string, string> | undefined)?.storage);

/** Bytes that a claim asks for. */
export const requestedBytes = (claim: PersistentVolumeClaim): number => sizeOf(claim.spec.resources?.requests);

/** The smallest volume that satisfies a claim on a node. Models component-helpers/storage/volume FindMatchingVolume. */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  node: Node,
  taken: ReadonlySet<string>,
): PersistentVolume | undefined {
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name) || !couldServe(volume, claim)) continue;
    const reachable = isReachable(volume, node);
    if (isVolumeOf(volume, claim)) return reachable ? volume : undefined;
    if (!reachable || !isOnOffer(volume, claim)) continue;
    if (!smallest || sizeOf(smallest.spec.capacity) > sizeOf(volume.spec.capacity)) smallest = volume;
  }
  return smallest;
}

function couldServe(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.spec.claimRef && !isVolumeOf(volume, claim)) return false;
  if (sizeOf(volume.spec.capacity) < requestedBytes(claim)) return false;
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
  if ((volume.spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')) return false;
  return volume.metadata.deletionTimestamp === undefined;
}

function isOnOffer(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.status?.phase !== 'Available') return false;
  if (claim.spec.selector && !selectorMatches(claim.spec.selector, volume.metadata.labels)) return false;
  if ((volume.spec.storageClassName ?? '') !== classOf(claim)) return false;
  const offered = volume.spec.accessModes ?? [];
  return (claim.spec.accessModes ?? []).every((mode) => offered.includes(mode));
}

/** Whether a class can make a volume for a Pod on this node. */
export function canProvision(storageClass: StorageClass, node: Node): boolean {
  if (!storageClass.provisioner || storageClass.provisioner === NO_PROVISIONER) return false;
  const terms = storageClass.allowedTopologies ?? [];
  if (terms.length === 0) return true;
  return terms.some(({ matchLabelExpressions = [] }) => {
    const labels = node.metadata.labels ?? {};
    return (
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
    );
  });
}
