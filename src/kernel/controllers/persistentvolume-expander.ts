import { askedSize, heldSize, isToGrow } from '../../api/claim-size';
import { objectKey, splitKey } from '../../api/objects';
import { compareQuantities } from '../../api/quantity';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';

/** Tells claims that are to grow that somebody else has to see to it. Models pkg/controller/volume/expand. */
export class PersistentVolumeExpander extends Controller {
  constructor(parts: ControllerParts) {
    super('persistentvolume-expander', parts, {});
    parts.informers.on('persistentvolumeclaims', (event) => {
      const { object, previous } = event;
      if (event.type === 'DELETED' || object.status.phase !== 'Bound') return;
      const grows =
        !previous ||
        compareQuantities(askedSize(object), askedSize(previous)) > 0 ||
        compareQuantities(heldSize(object), heldSize(previous)) > 0;
      if (grows) this.enqueue(objectKey(object), event);
    });
  }

  protected override reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const claim = this.parts.informers.get('persistentvolumeclaims', namespace, name);
    if (!claim || !isToGrow(claim)) return;
    const volume = this.parts.client.get('persistentvolumes', '', claim.spec.volumeName ?? '');
    if (volume?.spec.claimRef?.uid !== claim.metadata.uid) return;
    const message = 'waiting for an external controller to expand this PVC';
    this.parts.recorder.event(subjectOf(claim), 'Normal', 'ExternalExpanding', message);
  }
}
