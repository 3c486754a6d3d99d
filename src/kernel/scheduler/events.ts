import type { ApiObject, Node, Pod } from '../../api/objects';
import { podInfo } from './pod-info';

/**
 * What happened in the cluster, as finely as the scheduler tells it apart. Models kube-scheduler/framework
 * ClusterEvent: an Assigned Pod is bound, the Target Pod is the waiting one itself.
 */
export type ClusterEventName =
  | 'AssignedPodAdd'
  | 'AssignedPodUpdateLabel'
  | 'AssignedPodUpdateScaleDown'
  | 'AssignedPodDelete'
  | 'TargetPodUpdateLabel'
  | 'TargetPodUpdateScaleDown'
  | 'TargetPodUpdateTolerations'
  | 'TargetPodUpdateGatesEliminated'
  | 'TargetPodUpdateSpec'
  | 'NodeAdd'
  | 'NodeDelete'
  | 'NodeUpdateAllocatable'
  | 'NodeUpdateLabel'
  | 'NodeUpdateTaint'
  | 'NodeUpdateDeclaredFeatures'
  | 'PersistentVolumeAdd'
  | 'PersistentVolumeUpdate'
  | 'PersistentVolumeClaimAdd'
  | 'PersistentVolumeClaimUpdate'
  | 'StorageClassAdd'
  | 'StorageClassUpdate'
  | 'CSINodeAdd'
  | 'CSINodeUpdate'
  | 'VolumeAttachmentDelete';

/** An event with the object's two versions; `before` is absent for additions, `after` for deletions. */
export interface ClusterEvent {
  readonly name: ClusterEventName;
  readonly before?: ApiObject;
  readonly after?: ApiObject;
  /** Such as `nodes/gpu-1`. */
  readonly object: string;
  readonly revision: number;
}

/** Deep equality of JSON values; shared parts are equal at once. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) =>
    sameJson((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  );
}

/** What a node's new version changes for scheduling. Models pkg/scheduler/framework NodeSchedulingPropertiesChange. */
export function nodeChanges(before: Node, after: Node): ClusterEventName[] {
  const changes: ClusterEventName[] = [];
  if (!sameJson(before.status?.allocatable, after.status?.allocatable)) changes.push('NodeUpdateAllocatable');
  if (!sameJson(before.metadata.labels, after.metadata.labels)) changes.push('NodeUpdateLabel');
  const taintsChanged = !sameJson(before.spec.taints ?? [], after.spec.taints ?? []);
  const cordonChanged = Boolean(before.spec.unschedulable) !== Boolean(after.spec.unschedulable);
  if (taintsChanged || cordonChanged) changes.push('NodeUpdateTaint');
  if (!sameJson(declaredFeatures(before), declaredFeatures(after))) changes.push('NodeUpdateDeclaredFeatures');
  return changes;
}

/** What the node's kubelet says it can do. */
export function declaredFeatures(node: Node): readonly string[] {
  return (node.status as { declaredFeatures?: string[] } | undefined)?.declaredFeatures ?? [];
}

function scaledDown(before: Pod, after: Pod): boolean {
  const old = podInfo(before).requests;
  const now = podInfo(after).requests;
  if (old === now) return false;
  if (now.cpu < old.cpu || now.memory < old.memory || now.ephemeralStorage < old.ephemeralStorage) return true;
  for (const [name, amount] of old.scalars) if ((now.scalars.get(name) ?? 0) < amount) return true;
  return false;
}

/** What a bound Pod's new version changes for other Pods. */
export function assignedPodChanges(before: Pod, after: Pod): ClusterEventName[] {
  const changes: ClusterEventName[] = [];
  if (!sameJson(before.metadata.labels, after.metadata.labels)) changes.push('AssignedPodUpdateLabel');
  if (scaledDown(before, after)) changes.push('AssignedPodUpdateScaleDown');
  return changes;
}

/** What a waiting Pod's new version changes for itself. Models framework PodSchedulingPropertiesChange. */
export function targetPodChanges(before: Pod, after: Pod): ClusterEventName[] {
  const changes: ClusterEventName[] = [];
  if (!sameJson(before.metadata.labels, after.metadata.labels)) changes.push('TargetPodUpdateLabel');
  if (before.spec === after.spec) return changes;
  if (scaledDown(before, after)) changes.push('TargetPodUpdateScaleDown');
  if (before.spec.schedulingGates?.length && !after.spec.schedulingGates?.length) {
    changes.push('TargetPodUpdateGatesEliminated');
  }
  if (!sameJson(before.spec.tolerations, after.spec.tolerations)) changes.push('TargetPodUpdateTolerations');
  if (changes.length === 0 && !sameJson(before.spec, after.spec)) changes.push('TargetPodUpdateSpec');
  return changes;
}
