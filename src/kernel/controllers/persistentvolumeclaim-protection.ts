import { claimsOf } from '../../api/claim-names';
import { objectKey, type Pod } from '../../api/objects';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { withFinalizer } from './pod-control';

const FINALIZER = 'kubernetes.io/pvc-protection';

/** Lets a deleted claim go when no Pod uses it any more. Models pkg/controller/volume/pvcprotection. */
export class PersistentVolumeClaimProtection extends Controller {
  constructor(parts: ControllerParts) {
    super('persistentvolumeclaim-protection-controller', parts, {});
    parts.informers.on('persistentvolumeclaims', (event) => {
      if (event.type !== 'DELETED' && event.object.metadata.deletionTimestamp) this.enqueue(event.key, event);
    });
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  #onPod(event: StoreEvent<Pod>): void {
    if (event.type !== 'DELETED') return;
    for (const key of claimsOf(event.object)) {
      const found = this.parts.informers.byKey('persistentvolumeclaims', key);
      if (found?.metadata.deletionTimestamp) this.enqueue(objectKey(found), event);
    }
  }

  protected override reconcile(key: string): void {
    const { informers, client } = this.parts;
    const claim = informers.byKey('persistentvolumeclaims', key);
    if (!claim?.metadata.deletionTimestamp || !claim.metadata.finalizers?.includes(FINALIZER)) return;
    if (informers.by('pods', 'claim', key).some((pod) => pod.spec.nodeName)) return;
    client.update('persistentvolumeclaims', withFinalizer(claim, FINALIZER, false));
  }
}
