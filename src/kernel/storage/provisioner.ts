import { nextBetween } from '../../base/random';
import type { Draft, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import { Controller } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { Timer } from '../time/clock';
import { DISK_DRIVER } from '../images/csi-drivers';
import type { StorageParts } from './parts';

const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const MAKE_MS = [1000, 3000] as const;
const REMOVE_MS = [500, 1500] as const;
const RETRY_MS = 10_000;
const CLAIM = 'claim:';
const VOLUME = 'volume:';

/** Makes and removes volumes for one CSI driver. Models kubernetes-csi/external-provisioner. */
export class Provisioner extends Controller {
  readonly #driver: string;
  readonly #storage: StorageParts;

  constructor(driver: string, parts: StorageParts) {
    super(`csi-provisioner/${driver}`, parts, {});
    this.#driver = driver;
    this.#storage = parts;
    parts.informers.on('persistentvolumeclaims', (event) => {
      if (event.type !== 'DELETED' && this.#isAsked(event.object)) this.enqueue(CLAIM + event.key, event);
    });
    parts.informers.on('persistentvolumes', (event) => {
      if (event.type !== 'DELETED' && this.#isReleased(event.object)) this.enqueue(VOLUME + event.key, event);
    });
  }

  #isAsked(claim: PersistentVolumeClaim): boolean {
    return claim.metadata.annotations?.[PROVISIONER] === this.#driver && !claim.spec.volumeName;
  }

  #isReleased(volume: PersistentVolume): boolean {
    const { annotations, deletionTimestamp, finalizers } = volume.metadata;
    if (annotations?.[PROVISIONED_BY] !== this.#driver || !finalizers?.includes(FINALIZER)) return false;
    if (volume.status.phase === 'Bound') return false;
    return deletionTimestamp !== undefined || (reclaims(volume) && volume.status.phase === 'Released');
  }

  /** Begins what takes a while; the timer ends it. */
  protected override reconcile(key: string): void {
    const { clock, informers } = this.parts;
    if (clock.timer(this.name, 'make', key) || clock.timer(this.name, 'remove', key)) return;
    if (key.startsWith(VOLUME)) {
      const [low, high] = REMOVE_MS;
      return clock.after(nextBetween(this.state.random, low, high), this.name, 'remove', key);
    }
    const claim = informers.byKey('persistentvolumeclaims', key.slice(CLAIM.length));
    if (!claim || !this.#isAsked(claim) || !this.#isDue(claim)) return;
    if (this.parts.client.get('persistentvolumes', '', volumeName(claim))) return;
    const { namespace, name } = claim.metadata;
    const message = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
    this.parts.recorder.event(subjectOf(claim), 'Normal', 'Provisioning', message);
    const [low, high] = MAKE_MS;
    clock.after(
      nextBetween(this.state.random, low, high),
      this.name,
      'make',
      key,
      Number(claim.metadata.resourceVersion),
    );
  }

  /** A claim of a class that binds late waits for the scheduler's choice of a node. */
  #isDue(claim: PersistentVolumeClaim): boolean {
    const storageClass = this.#classOf(claim);
    if (!storageClass) return false;
    const late = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
    return !late || claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
  }

  #classOf(claim: PersistentVolumeClaim): StorageClass | undefined {
    return this.parts.informers.byKey('storageclasses', claim.spec.storageClassName ?? '');
  }

  protected override handleOwn(timer: Timer): void {
    const { informers } = this.parts;
    if (timer.kind === 'make') {
      const claim = informers.byKey('persistentvolumeclaims', timer.key.slice(CLAIM.length));
      this.parts.client.because([timer.data as number]);
      if (claim && this.#isAsked(claim)) this.#make(claim);
    } else {
      const volume = informers.byKey('persistentvolumes', timer.key.slice(VOLUME.length));
      if (volume && this.#isReleased(volume)) this.#remove(volume);
    }
  }

  #make(claim: PersistentVolumeClaim): void {
    const storageClass = this.#classOf(claim);
    if (!storageClass) return;
    const name = volumeName(claim);
    try {
      this.parts.client.create('persistentvolumes', this.#draft(claim, storageClass));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason !== 'AlreadyExists') return this.#sayFailed(claim, storageClass, error);
    }
    this.#storage.volumes.create(name);
    const message = `Successfully provisioned volume ${name}`;
    this.parts.recorder.event(subjectOf(claim), 'Normal', 'ProvisioningSucceeded', message);
  }

  /** A claim that no volume can be made for is tried again after a while. */
  #sayFailed(claim: PersistentVolumeClaim, storageClass: StorageClass, error: ApiError): void {
    const message = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error.message}`;
    this.parts.recorder.event(subjectOf(claim), 'Warning', 'ProvisioningFailed', message);
    this.enqueueAfter(`${CLAIM}${claim.metadata.namespace}/${claim.metadata.name}`, RETRY_MS);
  }

  #draft(claim: PersistentVolumeClaim, storageClass: StorageClass): Draft<PersistentVolume> {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const handle = volumeName(claim);
    const zone = this.#driver === DISK_DRIVER ? this.#zoneFor(claim) : undefined;
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: handle, annotations: { [PROVISIONED_BY]: this.#driver }, finalizers: [FINALIZER] },
      spec: {
        accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
        capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '1Gi' },
        claimRef: {
          kind: 'PersistentVolumeClaim',
          ...(namespace ? { namespace } : {}),
          name,
          uid,
          apiVersion: 'v1',
          resourceVersion,
        },
        csi: { driver: this.#driver, volumeHandle: handle, fsType: 'ext4' },
        ...(zone ? { nodeAffinity: zoneAffinity(zone) } : {}),
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName: storageClass.metadata.name,
        volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      },
    };
  }

  /** The zone of the node the scheduler chose; without a choice that of the first node that has one. */
  #zoneFor(claim: PersistentVolumeClaim): string | undefined {
    const { informers } = this.parts;
    const chosen = informers.byKey('nodes', claim.metadata.annotations?.[SELECTED_NODE] ?? '');
    if (chosen) return chosen.metadata.labels?.[ZONE_LABEL];
    for (const node of informers.all('nodes')) {
      const zone = node.metadata.labels?.[ZONE_LABEL];
      if (zone) return zone;
    }
    return undefined;
  }

  /** The bytes go where the volume's policy says so; then the object. */
  #remove(volume: PersistentVolume): void {
    const { name } = volume.metadata;
    if (reclaims(volume)) this.#storage.volumes.remove(volume.spec.csi?.volumeHandle ?? name);
    this.parts.client.because([Number(volume.metadata.resourceVersion)]);
    try {
      if (!volume.metadata.deletionTimestamp) this.parts.client.remove('persistentvolumes', '', name);
      this.parts.client.patch('persistentvolumes', '', name, withoutFinalizer);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

const volumeName = (claim: PersistentVolumeClaim): string => `pvc-${claim.metadata.uid}`;

const reclaims = (volume: PersistentVolume): boolean => volume.spec.persistentVolumeReclaimPolicy === 'Delete';

function zoneAffinity(zone: string): NonNullable<PersistentVolume['spec']['nodeAffinity']> {
  const matchExpressions = [{ key: ZONE_LABEL, operator: 'In' as const, values: [zone] }];
  return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}

function withoutFinalizer(volume: PersistentVolume): PersistentVolume {
  const { finalizers = [], ...metadata } = volume.metadata;
  const rest = finalizers.filter((one) => one !== FINALIZER);
  return { ...volume, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
}
