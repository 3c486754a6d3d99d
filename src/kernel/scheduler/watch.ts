import type {
  ApiObject,
  CSINode,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  VolumeAttachment,
} from '../../api/objects';
import type { StoreEvent } from '../store/event';
import type { SchedulerCache } from './cache';
import { assignedPodChanges, nodeChanges, targetPodChanges, type ClusterEvent, type ClusterEventName } from './events';
import type { InformerLister } from './informer-lister';
import { inheritPodInfo } from './pod-info';
import type { QueuedPod, SchedulingQueue, Wake } from './queue';

/** What the watches keep up to date. Models pkg/scheduler/eventhandlers.go. */
export interface SchedulerViews {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly lister: InformerLister;
  /** Whether one of the profiles places this Pod. */
  isResponsible(pod: Pod): boolean;
  nowMs(): number;
  /** Called for a Pod that a PreEnqueue plugin holds back. */
  onGated(queued: QueuedPod): void;
}

/** What the scheduler sees of a Pod: finished ones it does not. */
function seen(pod: Pod | undefined): Pod | undefined {
  return pod && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' ? pod : undefined;
}

function clusterEvent(name: ClusterEventName, event: StoreEvent, before?: ApiObject, after?: ApiObject): ClusterEvent {
  return {
    name,
    object: `${event.resource}/${event.key}`,
    revision: event.revision,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  };
}

function move(
  { queue, nowMs }: SchedulerViews,
  name: ClusterEventName,
  event: StoreEvent,
  before?: ApiObject,
  after?: ApiObject,
): void {
  if (queue.unschedulableCount > 0) queue.move(clusterEvent(name, event, before, after), nowMs());
}

export function onPod(views: SchedulerViews, event: StoreEvent<Pod>): void {
  const before = seen(event.previous);
  const after = event.type === 'DELETED' ? undefined : seen(event.object);
  if (after?.spec.nodeName) onAssigned(views, event, before, after);
  else if (after) onWaiting(views, event, before, after);
  else if (before?.spec.nodeName) onGone(views, event, before);
  else if (before) onWaitingGone(views, event, before);
}

function onAssigned(views: SchedulerViews, event: StoreEvent, before: Pod | undefined, after: Pod): void {
  const { cache, queue } = views;
  cache.updatePod(after);
  if (before?.spec.nodeName) {
    if (queue.unschedulableCount === 0) return;
    for (const change of assignedPodChanges(before, after)) move(views, change, event, before, after);
    return;
  }
  queue.remove(after.metadata.uid);
  cache.dropNomination(after.metadata.uid);
  move(views, 'AssignedPodAdd', event, undefined, after);
}

function onGone(views: SchedulerViews, event: StoreEvent, before: Pod): void {
  views.cache.removePod(before);
  move(views, 'AssignedPodDelete', event, before);
}

/** A waiting Pod that is gone gives back what was assumed or nominated for it. */
function onWaitingGone(views: SchedulerViews, event: StoreEvent, before: Pod): void {
  const { cache, queue } = views;
  const { uid } = before.metadata;
  queue.remove(uid);
  const held = cache.isAssumed(uid) || cache.nominationOf(uid) !== undefined;
  cache.removePod(before);
  cache.dropNomination(uid);
  if (held) move(views, 'AssignedPodDelete', event, before);
}

function onWaiting(views: SchedulerViews, event: StoreEvent, before: Pod | undefined, after: Pod): void {
  const { cache, queue } = views;
  const { uid } = after.metadata;
  if (!views.isResponsible(after)) return;
  if (before) inheritPodInfo(before, after);
  if (cache.isAssumed(uid)) {
    if (after.metadata.deletionTimestamp) onWaitingGone(views, event, after);
    return;
  }
  noteNomination(views, event, before, after);
  const queued = queue.get(uid);
  const wake: Wake = { by: 'PodAdd', object: `pods/${event.key}`, revision: event.revision };
  if (!queued) {
    const added = queue.add(after, views.nowMs(), wake);
    if (added.where === 'gated') views.onGated(added);
    return;
  }
  queue.update(queued, after);
  if (queued.where === 'gated') queue.wake(queued, views.nowMs(), { ...wake, by: 'TargetPodUpdateGatesEliminated' });
  if (queued.where !== 'unschedulable' || !before) return;
  for (const change of targetPodChanges(before, after)) {
    if (queue.helps(queued, clusterEvent(change, event, before, after)))
      queue.wake(queued, views.nowMs(), { ...wake, by: change });
  }
}

/** Follows what the Pod's status says about its nominated node; what was nominated here is written a moment later. */
function noteNomination(views: SchedulerViews, event: StoreEvent, before: Pod | undefined, after: Pod): void {
  const { cache } = views;
  const old = before?.status.nominatedNodeName;
  const node = after.status.nominatedNodeName ?? (old ? undefined : cache.nominationOf(after.metadata.uid));
  if (node) cache.nominate(after, node);
  else cache.dropNomination(after.metadata.uid);
  if (old && old !== node) move(views, 'AssignedPodDelete', event, before);
}

export function onNode(views: SchedulerViews, event: StoreEvent<Node>): void {
  const { cache } = views;
  const { object, previous } = event;
  if (event.type === 'DELETED') {
    move(views, 'NodeDelete', event, object);
    cache.removeNode(object.metadata.name);
    return;
  }
  cache.setNode(object);
  if (!previous) move(views, 'NodeAdd', event, undefined, object);
  else for (const change of nodeChanges(previous, object)) move(views, change, event, previous, object);
}

export function onVolume(views: SchedulerViews, event: StoreEvent<PersistentVolume>): void {
  views.lister.seen('persistentvolumes', event.object);
  if (event.type === 'DELETED') return;
  move(views, event.previous ? 'PersistentVolumeUpdate' : 'PersistentVolumeAdd', event, event.previous, event.object);
}

export function onClaim(views: SchedulerViews, event: StoreEvent<PersistentVolumeClaim>): void {
  views.lister.seen('persistentvolumeclaims', event.object);
  if (event.type === 'DELETED') return;
  move(
    views,
    event.previous ? 'PersistentVolumeClaimUpdate' : 'PersistentVolumeClaimAdd',
    event,
    event.previous,
    event.object,
  );
}

export function onStorageClass(views: SchedulerViews, event: StoreEvent<StorageClass>): void {
  if (event.type === 'DELETED') return;
  move(views, event.previous ? 'StorageClassUpdate' : 'StorageClassAdd', event, event.previous, event.object);
}

export function onCsiNode(views: SchedulerViews, event: StoreEvent<CSINode>): void {
  if (event.type === 'DELETED') return;
  move(views, event.previous ? 'CSINodeUpdate' : 'CSINodeAdd', event, event.previous, event.object);
}

export function onAttachment(views: SchedulerViews, event: StoreEvent<VolumeAttachment>): void {
  if (event.type === 'DELETED') move(views, 'VolumeAttachmentDelete', event, event.object);
}
