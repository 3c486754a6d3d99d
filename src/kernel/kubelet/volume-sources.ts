import { claimNameOf } from '../../api/claim-names';
import type { PersistentVolume, Volume } from '../../api/objects';
import { DISK_DRIVER, FILES_DRIVER } from '../images/csi-drivers';
import { decodeAll, fieldValue } from './container-env';
import type { KubeletCore } from './core';
import type { PodRecord, VolumeRecord } from './state';

/** A volume that cannot be set up now. `unknown`: its claim does not even lead to a volume. */
export class MountProblem extends Error {
  constructor(
    message: string,
    readonly unknown = false,
  ) {
    super(message);
  }
}

type Item = { key: string; path: string };
type Place = VolumeRecord['place'];

/** The place of a volume that lives and dies with its Pod. */
export const IN_POD: Place = Object.freeze({ kind: 'pod' });

/** What stands behind a volume. */
export interface Backing {
  readonly place: Place;
  readonly files?: Map<string, string>;
  readonly readOnly: boolean;
  /** By which name the attach/detach controller knows it; empty where nothing is attached. */
  readonly uniqueName: string;
  /** The name in messages: the PersistentVolume's, where there is one. */
  readonly name: string;
}

/** Finds what stands behind a volume of a Pod. Throws MountProblem. */
export function backingOf(core: KubeletCore, record: PodRecord, volume: Volume): Backing {
  const local = (files: Map<string, string>, readOnly = true): Backing => ({
    place: IN_POD,
    files,
    readOnly,
    uniqueName: '',
    name: volume.name,
  });
  if (volume.configMap) return local(configFiles(core, record, volume.configMap.name ?? '', volume.configMap));
  if (volume.secret) return local(secretFiles(core, record, volume.secret.secretName ?? '', volume.secret));
  if (volume.projected) return local(projectedFiles(core, record, volume.projected));
  if (volume.downwardAPI) return local(downwardFiles(core, record, volume.downwardAPI.items ?? []));
  if (volume.hostPath) return { ...local(new Map(), false), place: { kind: 'host', path: volume.hostPath.path } };
  const claim = claimNameOf(record.name, volume);
  if (claim !== undefined) return claimBacking(core, record, claim, volume.persistentVolumeClaim?.readOnly === true);
  return local(new Map(), false);
}

function claimBacking(core: KubeletCore, record: PodRecord, name: string, readOnly: boolean): Backing {
  const volume = volumeOfClaim(core, record, name);
  if (typeof volume !== 'string') return volumeBacking(core, volume, readOnly);
  throw new MountProblem(`error processing PVC ${record.namespace}/${name}: ${volume}`, true);
}

/** The volume of a claim, or why there is none. Models getPVCExtractPV and getPVSpec. */
function volumeOfClaim(core: KubeletCore, record: PodRecord, name: string): PersistentVolume | string {
  const { client } = core.parts;
  const claim = client.get('persistentvolumeclaims', record.namespace, name);
  if (!claim) return `failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`;
  if (claim.metadata.deletionTimestamp) return 'PVC is being deleted';
  const volumeName = claim.spec.volumeName;
  if (claim.status.phase !== 'Bound') return 'PVC is not bound';
  if (!volumeName) return 'PVC has empty pvc.Spec.VolumeName';
  const volume = client.get('persistentvolumes', '', volumeName);
  if (!volume) return `failed to fetch PV ${volumeName} from API server: persistentvolumes "${volumeName}" not found`;
  const { claimRef } = volume.spec;
  if (!claimRef)
    return `found PV object ${volumeName} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`;
  if (claimRef.uid === claim.metadata.uid) return volume;
  return `found PV object ${volumeName} but its pv.Spec.ClaimRef.UID ${claimRef.uid ?? ''} does not point to claim.UID ${claim.metadata.uid}`;
}

function volumeBacking(core: KubeletCore, volume: PersistentVolume, readOnly: boolean): Backing {
  const name = volume.metadata.name;
  const { csi, hostPath, local } = volume.spec;
  if (!csi)
    return {
      place: { kind: 'host', path: hostPath?.path ?? local?.path ?? `/var/lib/volumes/${name}` },
      readOnly,
      uniqueName: '',
      name,
    };
  if (csi.driver !== DISK_DRIVER && csi.driver !== FILES_DRIVER) {
    throw new MountProblem(`driver name ${csi.driver} not found in the list of registered CSI drivers`);
  }
  const handle = csi.volumeHandle;
  const uniqueName = csi.driver === DISK_DRIVER ? `kubernetes.io/csi/${csi.driver}^${handle}` : '';
  if (!core.parts.volumes.exists(handle))
    throw new MountProblem(`rpc error: code = NotFound desc = volume ${handle} not found`);
  return { place: { kind: 'network', handle }, readOnly: readOnly || csi.readOnly === true, uniqueName, name };
}

interface KeyedSource {
  items?: Item[];
  optional?: boolean;
}

function configFiles(core: KubeletCore, record: PodRecord, name: string, source: KeyedSource): Map<string, string> {
  const found = core.parts.client.get('configmaps', record.namespace, name);
  if (!found) return absent(source, `configmap "${name}" not found`);
  return pick((found.data ?? {}) as Record<string, string>, source, 'configmap references non-existent config key');
}

function secretFiles(core: KubeletCore, record: PodRecord, name: string, source: KeyedSource): Map<string, string> {
  const found = core.parts.client.get('secrets', record.namespace, name);
  if (!found) return absent(source, `secret "${name}" not found`);
  return pick(decodeAll(found), source, 'references non-existent secret key');
}

function absent(source: KeyedSource, message: string): Map<string, string> {
  if (source.optional) return new Map();
  throw new MountProblem(message);
}

function pick(data: Record<string, string>, { items, optional }: KeyedSource, lack: string): Map<string, string> {
  if (!items) return new Map(Object.entries(data).map(([key, text]) => [rooted(key), text]));
  const files = new Map<string, string>();
  for (const { key, path } of items) {
    if (Object.hasOwn(data, key)) files.set(rooted(path), data[key]!);
    else if (!optional) throw new MountProblem(`${lack}: ${key}`);
  }
  return files;
}

type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

function downwardFiles(core: KubeletCore, record: PodRecord, items: readonly DownwardItem[]): Map<string, string> {
  const { labels, annotations } = record.pod.metadata;
  const all: Record<string, Record<string, string> | undefined> = {
    'metadata.labels': labels,
    'metadata.annotations': annotations,
  };
  return new Map(
    items.map(({ path, fieldRef }) => {
      const field = fieldRef?.fieldPath ?? '';
      const map = all[field];
      const text = map
        ? Object.entries(map)
            .map(([key, value]) => `${key}="${value}"`)
            .join('\n')
        : fieldValue(core, record, field);
      return [rooted(path), text];
    }),
  );
}

function projectedFiles(
  core: KubeletCore,
  record: PodRecord,
  projected: NonNullable<Volume['projected']>,
): Map<string, string> {
  const files = new Map<string, string>();
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) files.set(rooted(source.serviceAccountToken.path), `podium-token-${record.uid}`);
    const parts = [
      source.configMap && configFiles(core, record, source.configMap.name ?? '', source.configMap as KeyedSource),
      source.secret && secretFiles(core, record, source.secret.name ?? '', source.secret as KeyedSource),
      source.downwardAPI && downwardFiles(core, record, source.downwardAPI.items ?? []),
    ];
    for (const part of parts) for (const [path, text] of part ?? []) files.set(path, text);
  }
  return files;
}

/** So many paths are kept before all are forgotten. */
const PATHS_KEPT = 1024;
const rootedPaths = new Map<string, string>();

/** The path of a file in its volume: the same text for all volumes that have such a file. */
function rooted(path: string): string {
  let text = rootedPaths.get(path);
  if (text === undefined) {
    if (rootedPaths.size >= PATHS_KEPT) rootedPaths.clear();
    rootedPaths.set(path, (text = `/${path}`));
  }
  return text;
}
