import { scaled } from '../../api/int-or-percent';
import type { Deployment, ReplicaSet } from '../../api/objects';
import { equalJson } from '../../api/json';

export const HASH_LABEL = 'pod-template-hash';
export const DESIRED_ANNOTATION = 'deployment.kubernetes.io/desired-replicas';
export const MAX_ANNOTATION = 'deployment.kubernetes.io/max-replicas';

/** The ReplicaSet with the Deployment's present template, if it exists, and all others. */
export interface Family {
  readonly latest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** Every ReplicaSet of a family. */
export function members(family: Family): ReplicaSet[] {
  return family.latest ? [...family.old, family.latest] : [...family.old];
}

export const wantedReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1;
export const specReplicas = (set: ReplicaSet): number => set.spec.replicas ?? 1;
export const availableReplicas = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;

/** What ReplicaSets want altogether. Models GetReplicaCountForReplicaSets. */
export const wantedByAll = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, set) => sum + specReplicas(set), 0);

/** What ReplicaSets have altogether. Models GetActualReplicaCountForReplicaSets. */
export const ownedByAll = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, set) => sum + (set.status?.replicas ?? 0), 0);

export const availableOfAll = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, set) => sum + availableReplicas(set), 0);

export const isRolling = (deployment: Deployment): boolean => deployment.spec.strategy?.type !== 'Recreate';

/** Oldest first, equal ones by name. Models ReplicaSetsByCreationTimestamp. */
export function byAge(left: ReplicaSet, right: ReplicaSet): number {
  const a = left.metadata.creationTimestamp;
  const b = right.metadata.creationTimestamp;
  if (a !== b) return a < b ? -1 : 1;
  return left.metadata.name < right.metadata.name ? -1 : 1;
}

/** maxSurge and maxUnavailable as numbers; both zero becomes one unavailable. Models ResolveFenceposts. */
function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const limits = deployment.spec.strategy?.rollingUpdate;
  const total = wantedReplicas(deployment);
  const surge = scaled(limits?.maxSurge, total, true);
  const unavailable = scaled(limits?.maxUnavailable, total, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? fenceposts(deployment).surge : 0;
}

export function maxUnavailable(deployment: Deployment): number {
  const total = wantedReplicas(deployment);
  if (!isRolling(deployment) || total === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, total);
}

/** How far the newest ReplicaSet may grow now. Models NewRSNewReplicas. */
export function replicasForLatest(deployment: Deployment, sets: readonly ReplicaSet[], present: number): number {
  const wanted = wantedReplicas(deployment);
  if (!isRolling(deployment)) return wanted;
  const room = wanted + maxSurge(deployment) - wantedByAll(sets);
  return room <= 0 ? present : present + Math.min(room, wanted - present);
}

/** Whether two templates are equal but for the label that tells ReplicaSets apart. Models EqualIgnoreHash. */
export function sameTemplate(set: ReplicaSet, deployment: Deployment): boolean {
  const own = set.spec.template;
  const wanted = deployment.spec.template;
  if (!own) return false;
  const { [HASH_LABEL]: _own, ...ownLabels } = own.metadata?.labels ?? {};
  const { [HASH_LABEL]: _wanted, ...wantedLabels } = wanted.metadata?.labels ?? {};
  return (
    equalJson(ownLabels, wantedLabels) &&
    equalJson(own.metadata?.annotations ?? {}, wanted.metadata?.annotations ?? {}) &&
    equalJson(own.spec, wanted.spec)
  );
}

/** Splits ReplicaSets into the one with the present template (the oldest, if there are several) and the others. */
export function familyOf(deployment: Deployment, sets: readonly ReplicaSet[]): Family {
  const latest = [...sets].sort(byAge).find((set) => sameTemplate(set, deployment));
  return { latest, old: sets.filter((set) => set !== latest) };
}

/** Models GetDesiredReplicasAnnotation; `undefined` where it is absent or no number. */
export function annotatedReplicas(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether the newest ReplicaSet has all that the Deployment wants. Models IsSaturated. */
export function isSaturated(deployment: Deployment, latest: ReplicaSet | undefined): boolean {
  if (!latest) return false;
  const wanted = wantedReplicas(deployment);
  return (
    specReplicas(latest) === wanted &&
    annotatedReplicas(latest, DESIRED_ANNOTATION) === wanted &&
    availableReplicas(latest) === wanted
  );
}

/** The share of a change of `toAdd` replicas that falls to one ReplicaSet. Models GetReplicaSetProportion. */
export function proportion(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (specReplicas(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const share = fraction(set, deployment);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(share, allowed) : Math.max(share, allowed);
}

function fraction(set: ReplicaSet, deployment: Deployment): number {
  const wanted = wantedReplicas(deployment);
  if (wanted === 0) return -specReplicas(set);
  const annotated = annotatedReplicas(set, MAX_ANNOTATION);
  const before = annotated === undefined || annotated === 0 ? (deployment.status?.replicas ?? 0) : annotated;
  if (before === 0) return 0;
  const size = (specReplicas(set) * (wanted + maxSurge(deployment))) / before;
  return Math.round(size) - specReplicas(set);
}
