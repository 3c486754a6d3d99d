import { askedSize, growing, grown, isToGrow, volumeSize } from '../../api/claim-size';
import { objectKey, splitKey, type PersistentVolume, type PersistentVolumeClaim } from '../../api/objects';
import { compareQuantities } from '../../api/quantity';
import { nextBetween } from '../../base/random';
import { DISK_DRIVER } from '../images/csi-drivers';
import { setClaimStatus } from '../machinery/claim-status';
import { Controller } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { Timer } from '../time/clock';
import type { StorageParts } from './parts';

const EXPAND_MS = [1000, 3000] as const;
const PENDING_MESSAGE = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';

/**
 * Makes the volumes of one CSI driver larger. A disk's file system then grows on the node, by its kubelet; a network
 * file system has grown at once. Models kubernetes-csi/external-resizer.
 */
export class Resizer extends Controller {
  readonly #driver: string;

  constructor(driver: string, parts: StorageParts) {
    super(`csi-resizer/${driver}`, parts, {});
    this.#driver = driver;
    parts.informers.on('persistentvolumeclaims', (event) => {
      if (event.type !== 'DELETED' && event.object.status.phase === 'Bound' && isToGrow(event.object))
        this.enqueue(event.key, event);
    });
  }

  /** Begins what takes a while; the timer ends it. */
  protected override reconcile(key: string): void {
    const { clock, recorder } = this.parts;
    if (clock.timer(this.name, 'expand', key)) return;
    const [claim, volume] = this.#pairOf(key);
    if (!claim || !volume || compareQuantities(volumeSize(volume), askedSize(claim)) >= 0) return;
    const storage = claim.spec.resources!.requests!['storage'] as string;
    setClaimStatus(this.parts.client, claim, (status) => ({
      ...growing(status, 'ControllerResizeInProgress', { type: 'Resizing', lastTransitionTime: clock.time }),
      allocatedResources: { ...status.allocatedResources, storage },
    }));
    const message = `External resizer is resizing volume ${volume.metadata.name}`;
    recorder.event(subjectOf(claim), 'Normal', 'Resizing', message);
    clock.after(nextBetween(this.state.random, ...EXPAND_MS), this.name, 'expand', key, storage);
  }

  /** The claim and its volume, where the driver is to make the volume larger. */
  #pairOf(key: string): [PersistentVolumeClaim?, PersistentVolume?] {
    const { namespace, name } = splitKey(key);
    const claim = this.parts.client.get('persistentvolumeclaims', namespace, name);
    if (!claim || claim.status.phase !== 'Bound' || !isToGrow(claim)) return [];
    const volume = this.parts.client.get('persistentvolumes', '', claim.spec.volumeName ?? '');
    if (volume?.spec.csi?.driver !== this.#driver || volume.spec.claimRef?.uid !== claim.metadata.uid) return [];
    return [claim, volume];
  }

  protected override handleOwn(timer: Timer): void {
    const { client, clock, recorder } = this.parts;
    const [claim, volume] = this.#pairOf(timer.key);
    if (!claim || !volume) return;
    const storage = timer.data as string;
    client.because([Number(claim.metadata.resourceVersion)]);
    client.patch('persistentvolumes', '', volume.metadata.name, (one) => ({
      ...one,
      spec: { ...one.spec, capacity: { ...one.spec.capacity, storage } },
    }));
    if (this.#driver === DISK_DRIVER && volume.spec.volumeMode !== 'Block') {
      const pending = {
        type: 'FileSystemResizePending',
        message: PENDING_MESSAGE,
        lastTransitionTime: clock.time,
      } as const;
      setClaimStatus(this.parts.client, claim, (status) => growing(status, 'NodeResizePending', pending));
      const message = 'Require file system resize of volume on node';
      recorder.event(subjectOf(claim), 'Normal', 'FileSystemResizeRequired', message);
    } else {
      setClaimStatus(this.parts.client, claim, (status) => grown(status, storage));
      recorder.event(subjectOf(claim), 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
    }
    this.enqueue(objectKey(claim));
  }
}
