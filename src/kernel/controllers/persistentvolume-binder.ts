import { objectKey, splitKey, type PersistentVolume, type PersistentVolumeClaim } from '../../api/objects';
import { equalJson } from '../../api/json';
import { isRefusal } from '../../api/status';
import { MIGRATED_DRIVERS } from '../images/csi-drivers';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { Timer } from '../time/clock';
import { bestMatch, bindsLate, classOfClaim, isBoundTo, mismatch, sameMode } from './persistentvolume-match';

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';

type VolumePhase = NonNullable<PersistentVolume['status']['phase']>;

/** What comes late is found at the next look at everything. */
const RESYNC_MS = 15_000;
const CLAIM = 'claim:';
const VOLUME = 'volume:';

/** Brings claims and volumes together, and lets volumes go. Models pkg/controller/volume/persistentvolume. */
export class PersistentVolumeBinder extends Controller {
  constructor(parts: ControllerParts) {
    super('persistentvolume-binder', parts, {});
    parts.informers.on('persistentvolumeclaims', (event) => {
      if (event.type !== 'DELETED') this.enqueue(CLAIM + event.key, event);
      const { volumeName } = event.object.spec;
      if (event.type === 'DELETED' && volumeName) this.enqueue(VOLUME + volumeName, event);
    });
    parts.informers.on('persistentvolumes', (event) => {
      const { claimRef } = event.object.spec;
      if (event.type !== 'DELETED') this.enqueue(VOLUME + event.key, event);
      else if (claimRef) this.enqueue(`${CLAIM}${claimRef.namespace}/${claimRef.name}`, event);
    });
  }

  override begin(): void {
    const { clock } = this.parts;
    if (!clock.timer(this.name, 'resync', '')) clock.after(RESYNC_MS, this.name, 'resync', '', undefined, true);
  }

  /** Only what is not settled needs another look. */
  protected override handleOwn(_timer: Timer): void {
    const { clock, informers } = this.parts;
    clock.after(RESYNC_MS, this.name, 'resync', '', undefined, true);
    for (const volume of informers.all('persistentvolumes')) {
      if (volume.status.phase !== 'Bound') this.enqueue(VOLUME + objectKey(volume));
    }
    for (const claim of informers.all('persistentvolumeclaims')) {
      if (claim.status.phase !== 'Bound') this.enqueue(CLAIM + objectKey(claim));
    }
  }

  /** Reads what is stored, not the cache: upstream's controller keeps what it wrote in stores of its own. */
  protected override reconcile(key: string): void {
    const { client } = this.parts;
    if (key.startsWith(CLAIM)) {
      const { namespace, name } = splitKey(key.slice(CLAIM.length));
      const claim = client.get('persistentvolumeclaims', namespace, name);
      if (claim?.metadata.annotations?.[BIND_COMPLETED]) this.#syncBound(claim);
      else if (claim) this.#syncUnbound(claim);
    } else {
      const volume = client.get('persistentvolumes', '', key.slice(VOLUME.length));
      if (volume) this.#syncVolume(volume);
    }
  }

  /** Models syncUnboundClaim. */
  #syncUnbound(claim: PersistentVolumeClaim): void {
    if (claim.spec.volumeName) return this.#syncNamed(claim, claim.spec.volumeName);
    const { client } = this.parts;
    const className = classOfClaim(claim);
    const late = bindsLate(client.get('storageclasses', '', className));
    const volume = bestMatch(claim, client.list('persistentvolumes'), late);
    if (volume) return this.#bind(volume, claim);
    if (late && !claim.metadata.annotations?.[SELECTED_NODE]) this.#sayWaiting(claim);
    else if (className) return this.#provision(claim, className);
    else
      this.#say(
        claim,
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      );
    this.#setClaimStatus(claim, 'Pending');
  }

  /** Models the second half of syncUnboundClaim: the claim names its volume. */
  #syncNamed(claim: PersistentVolumeClaim, name: string): void {
    const volume = this.parts.client.get('persistentvolumes', '', name);
    if (!volume) return this.#setClaimStatus(claim, 'Pending');
    if (isBoundTo(volume, claim)) return this.#bind(volume, claim);
    if (volume.spec.claimRef) {
      this.#say(claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
      return this.#setClaimStatus(claim, 'Pending');
    }
    const why = mismatch(volume, claim);
    if (why === undefined) return this.#bind(volume, claim);
    this.#say(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`);
    this.#setClaimStatus(claim, 'Pending');
  }

  /** Models emitEventForUnboundDelayBindingClaim. */
  #sayWaiting(claim: PersistentVolumeClaim): void {
    const pods = this.parts.informers.by('pods', 'claim', objectKey(claim)).filter((pod) => !pod.spec.nodeName);
    const names = pods.map((pod) => pod.metadata.name);
    if (names.length === 0) {
      const message = 'waiting for first consumer to be created before binding';
      return this.#say(claim, 'Normal', 'WaitForFirstConsumer', message);
    }
    const message = `waiting for pod${names.length > 1 ? 's' : ''} ${names.join(',')} to be scheduled`;
    this.#say(claim, 'Normal', 'WaitForPodScheduled', message);
  }

  /** Models provisionClaim: asks the class's provisioner by annotations. */
  #provision(claim: PersistentVolumeClaim, className: string): void {
    const storageClass = this.parts.client.get('storageclasses', '', className);
    if (!storageClass) {
      const message = `storageclass.storage.k8s.io "${className}" not found`;
      return this.#say(claim, 'Warning', 'ProvisioningFailed', message);
    }
    const provisioner = MIGRATED_DRIVERS[storageClass.provisioner] ?? storageClass.provisioner;
    if (provisioner.startsWith('kubernetes.io/')) {
      const message = `no volume plugin matched name: ${provisioner}`;
      return this.#say(claim, 'Warning', 'ProvisioningFailed', message);
    }
    const annotations = { ...claim.metadata.annotations, [BETA_PROVISIONER]: provisioner, [PROVISIONER]: provisioner };
    if (!equalJson(annotations, claim.metadata.annotations)) {
      this.parts.client.update('persistentvolumeclaims', { ...claim, metadata: { ...claim.metadata, annotations } });
    }
    const message =
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
      'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
    this.#say(claim, 'Normal', 'ExternalProvisioning', message);
  }

  /** Models syncBoundClaim. */
  #syncBound(claim: PersistentVolumeClaim): void {
    const { volumeName } = claim.spec;
    if (!volumeName)
      return this.#lose(
        claim,
        'ClaimLost',
        'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
      );
    const volume = this.parts.client.get('persistentvolumes', '', volumeName);
    if (!volume)
      return this.#lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
    if (!volume.spec.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) return this.#bind(volume, claim);
    this.#lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  }

  #lose(claim: PersistentVolumeClaim, reason: string, message: string): void {
    if (claim.status.phase === 'Lost') return;
    this.#setClaimStatus(claim, 'Lost');
    this.#say(claim, 'Warning', reason, message);
  }

  /**
   * Writes both sides of a binding, each only where it is not written yet: one write a sync, so that others see the
   * volume bound before its claim. Models bind.
   */
  #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { client } = this.parts;
    const bound = volumeFor(volume, claim);
    const settled = claimFor(claim, volume);
    if (bound !== volume) client.update('persistentvolumes', bound);
    else if (this.#setVolumePhase(volume, 'Bound') === volume) {
      if (settled === claim) return this.#setClaimStatus(claim, 'Bound', volume);
      client.update('persistentvolumeclaims', settled);
    }
    this.enqueue(CLAIM + objectKey(claim));
  }

  #setClaimStatus(claim: PersistentVolumeClaim, phase: 'Pending' | 'Bound' | 'Lost', volume?: PersistentVolume): void {
    const { accessModes: _modes, capacity, ...rest } = claim.status;
    const kept = claim.status.phase === 'Bound' && capacity ? capacity : volume?.spec.capacity;
    const status = {
      ...rest,
      phase,
      ...(volume?.spec.accessModes ? { accessModes: volume.spec.accessModes } : {}),
      ...(volume && kept ? { capacity: kept } : {}),
    };
    if (!equalJson(status, claim.status))
      this.parts.client.updateStatus('persistentvolumeclaims', { ...claim, status });
  }

  /** Models updateVolumePhase. */
  #setVolumePhase(volume: PersistentVolume, phase: VolumePhase, message?: string): PersistentVolume {
    if (volume.status.phase === phase && volume.status.message === message) return volume;
    const lastPhaseTransitionTime =
      volume.status.phase === phase ? volume.status.lastPhaseTransitionTime : this.parts.clock.time;
    const status = {
      phase,
      ...(message ? { message } : {}),
      ...(lastPhaseTransitionTime ? { lastPhaseTransitionTime } : {}),
    };
    return this.parts.client.updateStatus('persistentvolumes', { ...volume, status });
  }

  /** Models syncVolume. */
  #syncVolume(volume: PersistentVolume): void {
    const { claimRef } = volume.spec;
    if (!claimRef?.uid) return void this.#setVolumePhase(volume, 'Available');
    const { namespace = '', name = '', uid } = claimRef;
    const claim = this.parts.client.get('persistentvolumeclaims', namespace, name);
    if (claim?.metadata.uid !== uid) return this.#release(volume);
    if (!claim.spec.volumeName) return this.#completeBinding(volume, claim);
    if (claim.spec.volumeName === volume.metadata.name) return void this.#setVolumePhase(volume, 'Bound');
    if (volume.metadata.annotations?.[PROVISIONED_BY] && reclaimsByDeletion(volume)) return this.#release(volume);
    this.#unbind(volume);
  }

  /** The claim does not know of its volume yet; what can never be bound is told to both. */
  #completeBinding(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    if (sameMode(volume, claim)) return this.enqueue(CLAIM + objectKey(claim));
    const [name, claimName] = [volume.metadata.name, claim.metadata.name];
    const toVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claimName}" due to incompatible volumeMode.`;
    this.parts.recorder.event(subjectOf(volume), 'Warning', 'VolumeMismatch', toVolume);
    const toClaim = `Cannot bind PersistentVolume "${name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`;
    this.#say(claim, 'Warning', 'VolumeMismatch', toClaim);
  }

  /** The claim is gone. Models the Released branch and reclaimVolume. */
  #release(volume: PersistentVolume): void {
    const { phase } = volume.status;
    const released = phase === 'Released' || phase === 'Failed' ? volume : this.#setVolumePhase(volume, 'Released');
    const policy = released.spec.persistentVolumeReclaimPolicy;
    if (policy === 'Recycle' && !isRecyclable(released)) {
      return this.#fail(released, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    }
    if (policy !== 'Delete' || isDeletedByOthers(released)) return;
    const message = whyNotDeletable(released);
    if (message === undefined) return this.#remove(released);
    this.#fail(released, 'VolumeFailedDelete', message);
  }

  /** Models updateVolumePhaseWithEvent: what has failed already is not told again. */
  #fail(volume: PersistentVolume, reason: string, message: string): void {
    if (volume.status.phase === 'Failed') return;
    this.#setVolumePhase(volume, 'Failed', message);
    this.parts.recorder.event(subjectOf(volume), 'Warning', reason, message);
  }

  #remove({ metadata: { name } }: PersistentVolume): void {
    try {
      this.parts.client.remove('persistentvolumes', '', name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  /** Models unbindVolume: a reservation made by a person stays, without the uid. */
  #unbind(volume: PersistentVolume): void {
    const { claimRef, ...spec } = volume.spec;
    const { uid: _, ...reservation } = claimRef!;
    const { [BOUND_BY_CONTROLLER]: ours, ...annotations } = volume.metadata.annotations ?? {};
    const metadata = { ...volume.metadata, annotations };
    const free = { ...volume, metadata, spec: ours ? spec : { ...spec, claimRef: reservation } };
    this.#setVolumePhase(this.parts.client.update('persistentvolumes', free), 'Available');
  }

  #say(claim: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.parts.recorder.event(subjectOf(claim), type, reason, message);
  }
}

const reclaimsByDeletion = (volume: PersistentVolume): boolean =>
  volume.spec.persistentVolumeReclaimPolicy === 'Delete';

const isRecyclable = ({ spec }: PersistentVolume): boolean => !!(spec.hostPath ?? spec.nfs);

/** Whether whoever provisioned a volume outside of the tree is to delete it. */
const isDeletedByOthers = ({ metadata: { annotations } }: PersistentVolume): boolean => {
  const by = annotations?.[PROVISIONED_BY];
  return !!by && !by.startsWith('kubernetes.io/');
};

/** A folder that may be deleted with its volume: it is there for tests. Models pkg/volume/hostpath hostPathDeleter. */
const DELETABLE_PATH = /\/tmp\/.+/;

/** Why no plugin of the controller's can delete what is on the volume. Models doDeleteVolume. */
function whyNotDeletable({ metadata: { name }, spec: { hostPath, nfs, local } }: PersistentVolume): string | undefined {
  const which = nfs || local ? 'deletable volume plugin' : 'volume plugin';
  if (!hostPath) return `error getting deleter volume plugin for volume "${name}": no ${which} matched`;
  if (DELETABLE_PATH.test(hostPath.path)) return undefined;
  return `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
}

/** The volume with its reference to the claim; the same volume where it has it. Models GetBindVolumeToClaim. */
function volumeFor(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  if (volume.spec.claimRef?.uid === uid) return volume;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    ...(namespace ? { namespace } : {}),
    name,
    uid,
    apiVersion: 'v1',
    resourceVersion,
  };
  const annotations = volume.spec.claimRef
    ? volume.metadata.annotations
    : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
  const metadata = annotations ? { ...volume.metadata, annotations } : volume.metadata;
  return { ...volume, metadata, spec: { ...volume.spec, claimRef } };
}

/** The claim with the name of its volume; the same claim where it has it. Models bindClaimToVolume. */
function claimFor(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const named = claim.spec.volumeName === volume.metadata.name;
  if (named && claim.metadata.annotations?.[BIND_COMPLETED]) return claim;
  const annotations = {
    ...claim.metadata.annotations,
    ...(named ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }),
    [BIND_COMPLETED]: 'yes',
  };
  return {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  };
}
