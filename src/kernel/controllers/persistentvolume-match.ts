import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/objects';
import { wholeValue } from '../../api/quantity';
import { selectorMatches } from '../../api/selectors';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The name of a claim's class; empty where it wants none. Models GetPersistentVolumeClaimClass. */
export function classOfClaim(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[BETA_CLASS] ?? claim.spec.storageClassName ?? '';
}

/** The name of a volume's class; empty where it has none. */
function classOfVolume(volume: PersistentVolume): string {
  return volume.metadata.annotations?.[BETA_CLASS] ?? volume.spec.storageClassName ?? '';
}

/** Whether claims of a class are bound only once a Pod needs them. */
export function bindsLate(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

export const sizeOf = (volume: PersistentVolume): number => wholeValue(volume.spec.capacity?.['storage']);

const wantedSize = (claim: PersistentVolumeClaim): number => wholeValue(claim.spec.resources?.requests?.['storage']);

/** Whether a volume is reserved for, or bound to, this claim. Models IsVolumeBoundToClaim. */
export function isBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec;
  if (!claimRef || claimRef.name !== claim.metadata.name || claimRef.namespace !== claim.metadata.namespace)
    return false;
  return !claimRef.uid || claimRef.uid === claim.metadata.uid;
}

/** Why a volume cannot serve the claim that names it. Models checkVolumeSatisfyClaim. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion "${volume.metadata.name}"`;
  if (wantedSize(claim) > sizeOf(volume)) return 'requested PV is too small';
  if (classOfClaim(claim) !== classOfVolume(volume)) return 'storageClassName does not match';
  if ((claim.spec.volumeAttributesClassName ?? '') !== (volume.spec.volumeAttributesClassName ?? ''))
    return 'volumeAttributesClassName does not match';
  if (!sameMode(volume, claim)) return 'incompatible volumeMode';
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode';
}

const modeOf = (mode: string | undefined): string => mode ?? 'Filesystem';

/** Whether both are file systems, or both devices. */
export const sameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  modeOf(volume.spec.volumeMode) === modeOf(claim.spec.volumeMode);

function hasAccessModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const offered = volume.spec.accessModes ?? [];
  return (claim.spec.accessModes ?? []).every((mode) => offered.includes(mode));
}

/**
 * The volume for a claim: one reserved for it, else (unless its class binds late) the smallest of those free that offer
 * the fewest access modes besides. Models findByClaim and component-helpers FindMatchingVolume without a node.
 */
export function bestMatch(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  late: boolean,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (volume.spec.claimRef) {
      if (isReservedFor(volume, claim)) return volume;
      continue;
    }
    if (late || volume.status.phase !== 'Available' || mismatch(volume, claim) !== undefined) continue;
    if (claim.spec.selector && !selectorMatches(claim.spec.selector, volume.metadata.labels)) continue;
    if (!best || fitsCloser(volume, best)) best = volume;
  }
  return best;
}

const isReservedFor = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  isBoundTo(volume, claim) &&
  !volume.metadata.deletionTimestamp &&
  sameMode(volume, claim) &&
  hasAccessModes(volume, claim) &&
  sizeOf(volume) >= wantedSize(claim);

function fitsCloser(volume: PersistentVolume, other: PersistentVolume): boolean {
  const modes = modesOf(volume) - modesOf(other);
  return modes < 0 || (modes === 0 && sizeOf(volume) < sizeOf(other));
}

const modesOf = (volume: PersistentVolume): number => volume.spec.accessModes?.length ?? 0;
