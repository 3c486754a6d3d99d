import type { JsonMap } from '../../api/json';
import { DISK_DRIVER, FILES_DRIVER } from '../../kernel/images/csi-drivers';
import { list, map, nameOf, text } from './parts';

/** Volumes of drivers that only the dumped cluster had are made by those of the simulation. */

/** A class whose volumes come from another driver. */
export interface MovedClass {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const KNOWN = new Set([DISK_DRIVER, FILES_DRIVER, 'kubernetes.io/no-provisioner']);

export function withDrivers(manifests: readonly JsonMap[]): { manifests: JsonMap[]; moved: MovedClass[] } {
  const moved: MovedClass[] = [];
  const shared = sharedClasses(manifests);
  const settled = manifests.map((manifest) => {
    if (manifest['kind'] === 'PersistentVolume') return volumeHere(manifest);
    if (manifest['kind'] !== 'StorageClass' || KNOWN.has(text(manifest['provisioner']))) return manifest;
    const [name, from] = [nameOf(manifest), text(manifest['provisioner'])];
    const to = shared.has(name) ? FILES_DRIVER : DISK_DRIVER;
    moved.push({ name, from, to });
    /* Parameters and topologies are in the words of the driver that is not here. */
    const { parameters: _parameters, allowedTopologies: _topologies, ...rest } = manifest;
    return { ...rest, provisioner: to };
  });
  return { manifests: settled, moved };
}

/** Of claims and of a StatefulSet's claims: the class, and whether several nodes may mount what they get. */
export function claimsIn(manifests: readonly JsonMap[]): { name: string; shared: boolean }[] {
  const specs = manifests.flatMap(({ kind, spec }) => {
    if (kind === 'PersistentVolumeClaim') return [map(spec)];
    return kind === 'StatefulSet' ? list(map(spec)['volumeClaimTemplates']).map((claim) => map(claim['spec'])) : [];
  });
  return specs.map(({ storageClassName, accessModes }) => ({
    name: text(storageClassName),
    shared: Array.isArray(accessModes) && accessModes.some((mode) => /Many$/.test(text(mode))),
  }));
}

const sharedClasses = (manifests: readonly JsonMap[]): Set<string> =>
  new Set(claimsIn(manifests).flatMap(({ name, shared }) => (shared ? [name] : [])));

/** No driver here knows a volume that was made elsewhere: it is read as a network file system. */
function volumeHere(volume: JsonMap): JsonMap {
  const { csi, ...spec } = map(volume['spec']);
  if (csi === undefined) return volume;
  const { driver, volumeHandle } = map(csi);
  return { ...volume, spec: { ...spec, nfs: { server: text(driver), path: `/${text(volumeHandle)}` } } };
}
