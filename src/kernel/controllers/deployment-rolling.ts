import type { Deployment, ReplicaSet } from '../../api/objects';
import {
  availableOfAll,
  availableReplicas,
  byAge,
  isRolling,
  isSaturated,
  maxSurge,
  maxUnavailable,
  members,
  proportion,
  replicasForLatest,
  specReplicas,
  wantedByAll,
  wantedReplicas,
  type Family,
} from './deployment-replicas';
import { revisionOf } from './deployment-revision';

/** A ReplicaSet and the replicas it should want. */
export interface Move {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/**
 * The next step of a rolling update: the newest ReplicaSet grows as far as maxSurge allows; where it may not grow, the
 * old ones shrink as far as maxUnavailable allows. Models pkg/controller/deployment/rolling.go.
 */
export function rollingMoves(deployment: Deployment, family: Family): Move[] {
  const { latest } = family;
  if (latest) {
    const wanted = wantedReplicas(deployment);
    const present = specReplicas(latest);
    const replicas = present > wanted ? wanted : replicasForLatest(deployment, members(family), present);
    if (replicas !== present) return [{ set: latest, replicas }];
  }
  return shrinkOld(deployment, family);
}

/**
 * First what is not available anyway, then what may be missed; a set may move twice. Models reconcileOldReplicaSets,
 * cleanupUnhealthyReplicas and scaleDownOldReplicaSetsForRollingUpdate.
 */
function shrinkOld(deployment: Deployment, family: Family): Move[] {
  const sets = members(family);
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = family.latest ? specReplicas(family.latest) - availableReplicas(family.latest) : 0;
  const most = wantedByAll(sets) - minAvailable - newUnavailable;
  if (wantedByAll(family.old) === 0 || most <= 0) return [];
  const sizes = new Map([...family.old].sort(byAge).map((set) => [set, specReplicas(set)]));
  const unhealthy = shrink(sizes, most, (set, size) => size - availableReplicas(set));
  const spare = shrink(sizes, availableOfAll(sets) - minAvailable, (_, size) => size);
  return [...unhealthy, ...spare];
}

/** Takes up to `most` replicas from the sets in turn, from each at most `spare`; changes `sizes`. */
function shrink(
  sizes: Map<ReplicaSet, number>,
  most: number,
  spare: (set: ReplicaSet, size: number) => number,
): Move[] {
  const moves: Move[] = [];
  let left = most;
  for (const [set, size] of sizes) {
    const count = Math.min(left, size, spare(set, size));
    if (count <= 0) continue;
    sizes.set(set, size - count);
    moves.push({ set, replicas: size - count });
    left -= count;
  }
  return moves;
}

/**
 * The sizes after a change of `replicas` without a roll-out: one active ReplicaSet takes it all; during a roll-out
 * each takes its share. Models pkg/controller/deployment/sync.go scale.
 */
export function resize(deployment: Deployment, family: Family): Move[] {
  const only = activeOrLatest(family);
  const wanted = wantedReplicas(deployment);
  if (only) return specReplicas(only) === wanted ? [] : [{ set: only, replicas: wanted }];
  const activeOld = family.old.filter((set) => specReplicas(set) > 0);
  if (isSaturated(deployment, family.latest)) return activeOld.map((set) => ({ set, replicas: 0 }));
  return isRolling(deployment) ? inProportion(deployment, family) : [];
}

/** Models FindActiveOrLatest: `undefined` when several ReplicaSets are active. */
function activeOrLatest(family: Family): ReplicaSet | undefined {
  const active = members(family).filter((set) => specReplicas(set) > 0);
  if (active.length > 1) return undefined;
  const newestOld = [...family.old].sort((a, b) => -byAge(a, b))[0];
  return active[0] ?? family.latest ?? newestOld;
}

function inProportion(deployment: Deployment, family: Family): Move[] {
  const wanted = wantedReplicas(deployment);
  const active = members(family).filter((set) => specReplicas(set) > 0);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - wantedByAll(active);
  const ordered = [...active].sort((a, b) => specReplicas(b) - specReplicas(a) || bySize(a, b, toAdd));
  let added = 0;
  const moves = ordered.map((set) => {
    const share = proportion(set, deployment, toAdd, added);
    added += share;
    return { set, replicas: specReplicas(set) + share };
  });
  const leftover = toAdd - added;
  return moves.map((move, index) =>
    index === 0 ? { ...move, replicas: Math.max(0, move.replicas + leftover) } : move,
  );
}

/** Of equal size, the newer grows first and the older shrinks first. */
function bySize(left: ReplicaSet, right: ReplicaSet, toAdd: number): number {
  const older = revisionOf(left) - revisionOf(right) || byAge(left, right);
  return toAdd > 0 ? -older : older;
}
