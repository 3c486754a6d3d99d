import { nextBetween } from '../../base/random';
import type { VolumeAttachment } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { Controller } from '../machinery/controller';
import type { Timer } from '../time/clock';
import { DISK_DRIVER } from '../images/csi-drivers';
import type { StorageParts } from './parts';

const FINALIZER = 'external-attacher/disk-podium-dev';
const ATTACH_MS = [2000, 4000] as const;
const DETACH_MS = [1000, 3000] as const;

/** Attaches disks to machines and takes them off, as VolumeAttachments ask. Models kubernetes-csi/external-attacher. */
export class CsiAttacher extends Controller {
  constructor(parts: StorageParts) {
    super(`csi-attacher/${DISK_DRIVER}`, parts, {});
    parts.informers.on('volumeattachments', (event) => {
      if (event.type !== 'DELETED' && event.object.spec.attacher === DISK_DRIVER) this.enqueue(event.key, event);
    });
  }

  protected override reconcile(name: string): void {
    const attachment = this.parts.informers.byKey('volumeattachments', name);
    if (!attachment) return;
    const { clock } = this.parts;
    const detaches = attachment.metadata.deletionTimestamp !== undefined;
    if (detaches) clock.cancel(this.name, 'attach', name);
    else if (attachment.status?.attached) return;
    const kind = detaches ? 'detach' : 'attach';
    if (clock.timer(this.name, kind, name)) return;
    const [low, high] = detaches ? DETACH_MS : ATTACH_MS;
    if (!detaches) this.#change(name, withFinalizer);
    clock.after(
      nextBetween(this.state.random, low, high),
      this.name,
      kind,
      name,
      Number(attachment.metadata.resourceVersion),
    );
  }

  protected override handleOwn(timer: Timer): void {
    this.parts.client.because([timer.data as number]);
    if (timer.kind === 'detach') return this.#change(timer.key, withoutFinalizer);
    this.#change(timer.key, (current) => ({ ...current, status: { attached: true } }), 'status');
  }

  #change(name: string, how: (current: VolumeAttachment) => VolumeAttachment, subresource?: 'status'): void {
    try {
      this.parts.client.patch('volumeattachments', '', name, how, subresource);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

function withFinalizer(attachment: VolumeAttachment): VolumeAttachment {
  const { finalizers = [] } = attachment.metadata;
  if (finalizers.includes(FINALIZER)) return attachment;
  return { ...attachment, metadata: { ...attachment.metadata, finalizers: [...finalizers, FINALIZER] } };
}

function withoutFinalizer(attachment: VolumeAttachment): VolumeAttachment {
  const { finalizers = [], ...metadata } = attachment.metadata;
  const rest = finalizers.filter((one) => one !== FINALIZER);
  return { ...attachment, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
}
