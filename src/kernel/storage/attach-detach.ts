import { holds } from '../../api/conditions';
import { hashText } from '../../base/random';
import {
  objectKey,
  type Draft,
  type Node,
  type PersistentVolume,
  type Pod,
  type VolumeAttachment,
} from '../../api/objects';
import { isRefusal } from '../../api/status';
import { Controller } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { DISK_DRIVER } from '../images/csi-drivers';
import type { StorageParts } from './parts';

interface AttachDetachExtra {
  /** Since when a disk is not wanted on a node any more: `volume|node` → virtual milliseconds. */
  unwantedMs: Map<string, number>;
  /** The nodes whose Pods were told that their disk is elsewhere, by volume. */
  told: Map<string, Set<string>>;
  /** Disks that a Node object held mounted when it was deleted: `volume|node`. */
  left: Set<string>;
}

/** A disk that a dead node still holds is taken from it by force after so long. */
const FORCE_DETACH_MS = 360_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** The name under which kubelets and the controller speak of a disk. */
const uniqueName = (handle: string): string => `kubernetes.io/csi/${DISK_DRIVER}^${handle}`;

/** Brings disks to the nodes whose Pods need them, and away. Models pkg/controller/volume/attachdetach. */
export class AttachDetachController extends Controller<AttachDetachExtra> {
  constructor(parts: StorageParts) {
    super('attachdetach-controller', parts, { unwantedMs: new Map(), told: new Map(), left: new Set() });
    const { informers } = parts;
    informers.on('pods', (event) => this.#onPod(event));
    informers.on('nodes', (event) => this.#onNode(event));
    informers.on('volumeattachments', (event) => {
      const name = event.object.spec.source.persistentVolumeName;
      if (name) this.enqueue(name, event);
    });
    informers.on('persistentvolumeclaims', (event) => {
      const { volumeName } = event.object.spec;
      if (volumeName && event.previous?.spec.volumeName !== volumeName) this.enqueue(volumeName, event);
    });
    informers.on('persistentvolumes', (event) => {
      if (event.type === 'ADDED' && event.object.spec.csi?.driver === DISK_DRIVER) this.enqueue(event.key, event);
    });
  }

  #onPod(event: StoreEvent<Pod>): void {
    const { spec, status, metadata } = event.object;
    if (!spec.nodeName || !spec.volumes?.length) return;
    const before = event.previous;
    const moved = before?.spec.nodeName !== spec.nodeName || isEnded(before) !== isEnded({ status });
    if (event.type === 'MODIFIED' && !moved) return;
    for (const claim of claimsOf(event.object)) {
      const volume = this.parts.informers.get('persistentvolumeclaims', metadata.namespace, claim)?.spec.volumeName;
      if (volume) this.enqueue(volume, event);
    }
  }

  /** What a node mounts, its health and its taints decide about detaching. */
  #onNode(event: StoreEvent<Node>): void {
    const { object: node, previous } = event;
    const same =
      previous?.status.volumesInUse === node.status.volumesInUse &&
      previous?.spec.taints === node.spec.taints &&
      previous?.status.volumesAttached === node.status.volumesAttached &&
      previous !== undefined &&
      isHealthy(previous) === isHealthy(node);
    if (event.type === 'MODIFIED' && same) return;
    for (const attachment of this.parts.informers.by('volumeattachments', 'node', node.metadata.name)) {
      const name = attachment.spec.source.persistentVolumeName;
      if (!name) continue;
      const key = `${name}|${node.metadata.name}`;
      if (event.type === 'DELETED' && isMounted(node, name)) this.state.left.add(key);
      else this.state.left.delete(key);
      this.enqueue(name, event);
    }
  }

  protected override reconcile(name: string): void {
    const volume = this.parts.informers.byKey('persistentvolumes', name);
    const attachments = this.parts.informers.by('volumeattachments', 'volume', name);
    const wanted = volume ? this.#podsByNode(volume) : new Map<string, Pod[]>();
    if (wanted.size === 0) this.state.told.delete(name);
    for (const attachment of attachments) {
      const { nodeName } = attachment.spec;
      const pods = wanted.get(nodeName);
      if (!pods) this.#detach(name, attachment);
      else this.#keep(name, attachment, pods);
    }
    for (const [nodeName, pods] of wanted) {
      if (!attachments.some((attachment) => attachment.spec.nodeName === nodeName)) {
        this.#attach(volume!, nodeName, pods, attachments);
      }
    }
  }

  /** The Pods that need a disk, by the node they are bound to. */
  #podsByNode(volume: PersistentVolume): Map<string, Pod[]> {
    const byNode = new Map<string, Pod[]>();
    const { claimRef, csi } = volume.spec;
    if (csi?.driver !== DISK_DRIVER || !claimRef) return byNode;
    for (const pod of this.parts.informers.by('pods', 'claim', `${claimRef.namespace}/${claimRef.name}`)) {
      const { nodeName } = pod.spec;
      if (!nodeName || isEnded(pod)) continue;
      byNode.set(nodeName, [...(byNode.get(nodeName) ?? []), pod]);
    }
    return byNode;
  }

  /** An attachment that is wanted: once it is there, node and Pods are told. */
  #keep(name: string, attachment: VolumeAttachment, pods: readonly Pod[]): void {
    const { nodeName } = attachment.spec;
    this.state.unwantedMs.delete(`${name}|${nodeName}`);
    if (!attachment.status?.attached || attachment.metadata.deletionTimestamp) return;
    if (!this.#report(nodeName, name, true)) return;
    const message = `AttachVolume.Attach succeeded for volume "${name}" `;
    for (const pod of pods) this.parts.recorder.event(subjectOf(pod), 'Normal', 'SuccessfulAttachVolume', message);
  }

  #attach(volume: PersistentVolume, nodeName: string, pods: readonly Pod[], others: readonly VolumeAttachment[]): void {
    const { name } = volume.metadata;
    if (others.length > 0 && !isShareable(volume)) {
      const told = this.state.told.get(name) ?? new Set();
      if (!told.has(nodeName)) this.#sayElsewhere(volume, pods, others);
      this.state.told.set(name, told.add(nodeName));
      return;
    }
    this.state.told.delete(name);
    const draft: Draft<VolumeAttachment> = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentName(name, nodeName) },
      spec: { attacher: DISK_DRIVER, nodeName, source: { persistentVolumeName: name } },
    };
    try {
      this.parts.client.create('volumeattachments', draft);
    } catch (error) {
      if (!isRefusal(error, 'AlreadyExists')) throw error;
    }
  }

  /** Models reconciler.reportMultiAttachError. */
  #sayElsewhere(volume: PersistentVolume, pods: readonly Pod[], others: readonly VolumeAttachment[]): void {
    const users = others.flatMap(({ spec }) => this.#podsByNode(volume).get(spec.nodeName) ?? []);
    for (const pod of pods) {
      const message = `Multi-Attach error for volume "${volume.metadata.name}" ${elsewhere(pod, users)}`;
      this.parts.recorder.event(subjectOf(pod), 'Warning', 'FailedAttachVolume', message);
    }
  }

  /** Takes a disk off a node that is done with it, or has been dead for long enough. Models reconciler.reconcile. */
  #detach(name: string, attachment: VolumeAttachment): void {
    if (attachment.metadata.deletionTimestamp) return;
    const { nodeName } = attachment.spec;
    const { clock, informers } = this.parts;
    const key = `${name}|${nodeName}`;
    const sinceMs = this.state.unwantedMs.get(key) ?? clock.nowMs;
    this.state.unwantedMs.set(key, sinceMs);
    const node = informers.byKey('nodes', nodeName);
    const mounted = node ? isMounted(node, name) && !isOutOfService(node) : this.state.left.has(key);
    if (mounted) {
      const leftMs = sinceMs + FORCE_DETACH_MS - clock.nowMs;
      if (leftMs > 0) return this.enqueueAfter(name, leftMs);
      if (node && isHealthy(node)) return;
    }
    this.state.unwantedMs.delete(key);
    this.state.left.delete(key);
    this.#report(nodeName, name, false);
    try {
      this.parts.client.remove('volumeattachments', '', attachment.metadata.name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  /** Shows a disk among the node's `volumesAttached`, or no more. Returns whether that was news. */
  #report(nodeName: string, name: string, attached: boolean): boolean {
    const disk = { name: uniqueName(name), devicePath: '' };
    let news = false;
    const change = (node: Node): Node => {
      const { volumesAttached = [], ...status } = node.status;
      news = volumesAttached.some((one) => one.name === disk.name) !== attached;
      if (!news) return node;
      const list = attached ? [...volumesAttached, disk] : volumesAttached.filter((one) => one.name !== disk.name);
      return { ...node, status: list.length > 0 ? { ...status, volumesAttached: list } : status };
    };
    try {
      this.parts.client.patch('nodes', '', nodeName, change, 'status');
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
    return news;
  }
}

function isEnded(pod: Pick<Pod, 'status'> | undefined): boolean {
  return pod?.status.phase === 'Succeeded' || pod?.status.phase === 'Failed';
}

function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const claim =
      volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${pod.metadata.name}-${volume.name}`);
    return claim ? [claim] : [];
  });
}

const isShareable = (volume: PersistentVolume): boolean =>
  (volume.spec.accessModes ?? []).some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');

const isHealthy = (node: Node): boolean => holds(node, 'Ready');

const isMounted = (node: Node, name: string): boolean => node.status.volumesInUse?.includes(uniqueName(name)) ?? false;

const isOutOfService = (node: Node): boolean => (node.spec.taints ?? []).some((taint) => taint.key === OUT_OF_SERVICE);

/** The name upstream takes from a hash of volume, driver and node. */
function attachmentName(volume: string, nodeName: string): string {
  const text = volume + DISK_DRIVER + nodeName;
  const words = Array.from({ length: 8 }, (_, index) => hashText(text, 0x811c9dc5 + index));
  return `csi-${words.map((word) => word.toString(16).padStart(8, '0')).join('')}`;
}

/** Where a disk is, in words that name no Pods of other namespaces. */
function elsewhere(pod: Pod, users: readonly Pod[]): string {
  if (users.length === 0) return "Volume is already exclusively attached to one node and can't be attached to another";
  const local = users.filter((user) => user.metadata.namespace === pod.metadata.namespace);
  const foreign = users.length - local.length;
  const others = `${foreign} pod(s) in different namespaces`;
  if (local.length === 0) return `Volume is already used by ${others}`;
  const names = local.map((user) => objectKey(user).split('/')[1]).join(', ');
  return `Volume is already used by pod(s) ${names}${foreign > 0 ? ` and ${others}` : ''}`;
}
