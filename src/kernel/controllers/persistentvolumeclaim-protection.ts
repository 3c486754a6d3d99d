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
    const { namespace = '', name } = event.object.metadata;
    for (const volume of event.object.spec.volumes ?? []) {
      const claim = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${name}-${volume.name}`);
      if (!claim) continue;
      const found = this.parts.informers.get('persistentvolumeclaims', namespace, claim);
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
