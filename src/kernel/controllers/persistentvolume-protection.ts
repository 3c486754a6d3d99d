import { Controller, type ControllerParts } from '../machinery/controller';
import { withFinalizer } from './pod-control';

const FINALIZER = 'kubernetes.io/pv-protection';

/** Lets a deleted volume go when no claim is bound to it. Models pkg/controller/volume/pvprotection. */
export class PersistentVolumeProtection extends Controller {
  constructor(parts: ControllerParts) {
    super('persistentvolume-protection-controller', parts, {});
    parts.informers.on('persistentvolumes', (event) => {
      if (event.type !== 'DELETED' && event.object.metadata.deletionTimestamp) this.enqueue(event.key, event);
    });
  }

  protected override reconcile(key: string): void {
    const volume = this.parts.informers.byKey('persistentvolumes', key);
    if (!volume?.metadata.deletionTimestamp || !volume.metadata.finalizers?.includes(FINALIZER)) return;
    if (volume.status.phase === 'Bound') return;
    this.parts.client.update('persistentvolumes', withFinalizer(volume, FINALIZER, false));
  }
}
