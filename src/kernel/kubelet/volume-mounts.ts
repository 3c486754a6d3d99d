import type { Volume } from '../../api/objects';
import { emptyMap } from '../../base/shared-map';
import type { KubeletCore } from './core';
import { compileMachine, nextState, withTaken } from './compile-machine';
import type { PodRecord, VolumeRecord } from './state';
import { volumeMachine } from './volume.machine';
import { backingOf, IN_POD, MountProblem } from './volume-sources';

export const VOLUME = compileMachine(volumeMachine);
const MOUNTED = VOLUME.states.indexOf('mounted');
const ATTACHING = VOLUME.states.indexOf('attaching');

/** How often a Pod looks whether its volumes are there. */
const POLL_MS = 300;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;
const GIVE_UP_MS = 123_000;

/** How a Pod's volumes stand: all there, to be looked at again at a moment, or waited for too long. */
export type Mounting = { kind: 'mounted' } | { kind: 'waits'; untilMs: number } | { kind: 'failed' };

/** The name of the volume's state. */
export const volumeState = (volume: VolumeRecord): string => VOLUME.states[volume.state]!;

/** The volumes that some container mounts; the others nobody waits for. Models GetPodVolumeNames. */
function usedVolumes(record: PodRecord): Volume[] {
  const { volumes, containers, initContainers, ephemeralContainers } = record.pod.spec;
  if (!volumes) return [];
  const used = new Set<string>();
  for (const { volumeMounts, volumeDevices } of [
    ...containers,
    ...(initContainers ?? []),
    ...(ephemeralContainers ?? []),
  ]) {
    for (const { name } of volumeMounts ?? []) used.add(name);
    for (const { name } of volumeDevices ?? []) used.add(name);
  }
  return volumes.filter(({ name }) => used.has(name));
}

/** When the Pod is to look for the first time. */
export const firstLookMs = (nowMs: number): number => nowMs + POLL_MS;

/** Whether everything is mounted already. */
export function allMounted(record: PodRecord): boolean {
  return usedVolumes(record).every((volume) => record.volumes.get(volume.name)?.state === MOUNTED);
}

/**
 * Sets up what is not mounted yet. Models pkg/kubelet/volumemanager: WaitForAttachAndMount and the reconciler.
 */
export function mountVolumes(core: KubeletCore, record: PodRecord): Mounting {
  let untilMs = Infinity;
  const unknown = new Map<string, string>();
  for (const { name } of usedVolumes(record)) {
    const volume = volumeRecord(core, record, name);
    if (volume.state === MOUNTED) continue;
    const why = volume.retryMs <= core.nowMs ? setUp(core, record, volume) : undefined;
    if (why !== undefined) unknown.set(name, why);
    if (volume.state !== MOUNTED) untilMs = Math.min(untilMs, volume.retryMs);
  }
  if (untilMs === Infinity) return { kind: 'mounted' };
  if (unknown.size > 0) {
    sayUnknown(core, record, unknown);
    return { kind: 'failed' };
  }
  if (core.nowMs - record.volumesSinceMs >= GIVE_UP_MS) return { kind: 'failed' };
  const looks = Math.max(1, Math.ceil((untilMs - core.nowMs) / POLL_MS));
  return { kind: 'waits', untilMs: core.nowMs + looks * POLL_MS };
}

function volumeRecord(core: KubeletCore, record: PodRecord, name: string): VolumeRecord {
  let volume = record.volumes.get(name);
  if (!volume) {
    volume = {
      name,
      state: VOLUME.initial,
      taken: 0,
      place: IN_POD,
      files: emptyMap(),
      readOnly: false,
      uniqueName: '',
      failures: 0,
      retryMs: core.nowMs,
    };
    record.volumes.set(name, volume);
  }
  return volume;
}

function tell(volume: VolumeRecord, event: string): void {
  const next = nextState(VOLUME, volume.state, event);
  if (next < 0) return;
  volume.taken = withTaken(VOLUME, volume.taken, volume.state, event);
  volume.state = next;
}

/** Returns why it is not even known what is to be mounted, where that is so. */
function setUp(core: KubeletCore, record: PodRecord, volume: VolumeRecord): string | undefined {
  const spec = record.pod.spec.volumes!.find((one) => one.name === volume.name)!;
  let name = volume.name;
  try {
    const backing = backingOf(core, record, spec);
    name = backing.name;
    volume.place = backing.place;
    volume.readOnly = backing.readOnly;
    if (volume.uniqueName !== backing.uniqueName) {
      volume.uniqueName = backing.uniqueName;
      core.after(0, 'nodeStatus', '');
    }
    tell(volume, backing.uniqueName ? 'ATTACHABLE' : 'LOCAL');
    if (volume.state === ATTACHING) {
      if (!isAttached(core, backing.uniqueName)) {
        volume.retryMs = core.nowMs + POLL_MS;
        return undefined;
      }
      tell(volume, 'ATTACHED');
    }
    tell(volume, 'mountBackOff');
    if (backing.files && volume.files.size === 0) volume.files = backing.files;
    tell(volume, 'MOUNTED');
  } catch (error) {
    if (!(error instanceof MountProblem)) throw error;
    if (error.unknown) return error.message;
    retryLater(core, record, volume, name, error);
  }
  return undefined;
}

function isAttached(core: KubeletCore, uniqueName: string): boolean {
  return core.node?.status.volumesAttached?.some((attached) => attached.name === uniqueName) ?? false;
}

function retryLater(
  core: KubeletCore,
  record: PodRecord,
  volume: VolumeRecord,
  name: string,
  problem: MountProblem,
): void {
  volume.retryMs = core.nowMs + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** volume.failures);
  tell(volume, 'LOCAL');
  tell(volume, 'FAILED');
  volume.failures += 1;
  core.podEvent(record, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${name}" : ${problem.message}`);
}

const API_ACCESS = 'kube-api-access-';

/** Whether the Pod has files that follow objects of the API, or disks that may grow. */
export function hasRefreshable(record: PodRecord): boolean {
  return (record.pod.spec.volumes ?? []).some(
    (one) => isRefreshable(one) || (record.volumes.get(one.name)?.uniqueName ?? '') !== '',
  );
}

function isRefreshable(volume: Volume): boolean {
  return (
    !!(volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI) &&
    !volume.name.startsWith(API_ACCESS)
  );
}

/** Reads ConfigMaps, Secrets and the like again. What is gone meanwhile stays as it was. */
export function refreshVolumes(core: KubeletCore, record: PodRecord): void {
  if (!core.online) return;
  for (const spec of record.pod.spec.volumes ?? []) {
    const volume = record.volumes.get(spec.name);
    if (volume?.state !== MOUNTED || !isRefreshable(spec)) continue;
    try {
      volume.files = backingOf(core, record, spec).files ?? volume.files;
    } catch (error) {
      if (!(error instanceof MountProblem)) throw error;
    }
  }
}

/** Claims that lead to no volume end the wait at once; that it took too long nobody is told. Models syncPod. */
function sayUnknown(core: KubeletCore, record: PodRecord, unknown: ReadonlyMap<string, string>): void {
  const pending = [...record.volumes.values()].filter((volume) => volume.state !== MOUNTED);
  const unattached = pending.filter((volume) => volume.state === ATTACHING);
  const list = (names: string[]): string => `[${names.sort().join(' ')}]`;
  const names = (volumes: VolumeRecord[]): string => list(volumes.map((volume) => volume.name));
  const message =
    `Unable to attach or mount volumes: unmounted volumes=${names(pending)}, unattached volumes=${names(unattached)}, ` +
    `failed to process volumes=${list([...unknown.keys()])}: ${[...unknown.values()].sort().join('; ')}`;
  core.podEvent(record, 'Warning', 'FailedMount', message);
}

/** Takes the Pod's volumes down. Returns whether any of them was attached to the machine. */
export function unmountVolumes(record: PodRecord): boolean {
  const wasAttached = [...record.volumes.values()].some((volume) => volume.uniqueName !== '');
  for (const volume of record.volumes.values()) tell(volume, 'UNWANTED');
  record.volumes.clear();
  return wasAttached;
}

/** The disks in use on the machine, by the names the attach/detach controller knows. */
export function volumesInUse(core: KubeletCore): string[] {
  const names = new Set<string>();
  for (const record of core.state.pods.values()) {
    for (const volume of record.volumes.values()) if (volume.uniqueName) names.add(volume.uniqueName);
  }
  return [...names].sort();
}
