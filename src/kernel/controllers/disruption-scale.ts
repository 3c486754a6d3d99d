import { scaled } from '../../api/int-or-percent';
import { controllerOf, type OwnerReference, type Pod, type PodDisruptionBudget } from '../../api/objects';
import { ApiError } from '../../api/status';
import type { Informers } from '../machinery/informers';

/** How many Pods a budget counts on. Models pkg/controller/disruption/disruption.go getExpectedPodCount. */

export interface Expected {
  /** Pods that there should be. */
  readonly pods: number;
  /** Pods of these that must stay healthy. */
  readonly healthy: number;
  /** Whether some Pods have no controller that would say how many there should be. */
  readonly hasUnmanaged: boolean;
}

/** Why the count cannot be known. */
export class ScaleError extends ApiError {
  constructor(
    readonly why: 'NoControllers' | 'NoScale',
    message: string,
  ) {
    super(500, 'InternalError', message);
  }
}

/** Throws ScaleError. */
export function expectedPods(informers: Informers, budget: PodDisruptionBudget, pods: readonly Pod[]): Expected {
  const { maxUnavailable, minAvailable } = budget.spec;
  if (maxUnavailable !== undefined) {
    const { total, hasUnmanaged } = scaleOf(informers, pods);
    return { pods: total, healthy: Math.max(0, total - scaled(maxUnavailable, total, true)), hasUnmanaged };
  }
  if (typeof minAvailable !== 'string') return { pods: pods.length, healthy: minAvailable ?? 0, hasUnmanaged: false };
  const { total, hasUnmanaged } = scaleOf(informers, pods);
  return { pods: total, healthy: scaled(minAvailable, total, true), hasUnmanaged };
}

/** The sum of what the Pods' controllers want, each counted once. Models getExpectedScale. */
function scaleOf(informers: Informers, pods: readonly Pod[]): { total: number; hasUnmanaged: boolean } {
  const scales = new Map<string, number>();
  let hasUnmanaged = false;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner) hasUnmanaged = true;
    else {
      const scale = scaleOfOwner(informers, pod, owner);
      scales.set(scale.uid, scale.replicas);
    }
  }
  return { total: [...scales.values()].reduce((sum, one) => sum + one, 0), hasUnmanaged };
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/** Resources of the API whose objects control Pods and cannot be scaled. */
const WITHOUT_SCALE: Record<string, string> = { Job: 'jobs.batch', DaemonSet: 'daemonsets.apps' };

/** A ReplicaSet speaks for its Deployment. */
function scaleOfOwner(informers: Informers, pod: Pod, owner: OwnerReference): Scale {
  const unscalable = WITHOUT_SCALE[owner.kind];
  if (unscalable) throw new ScaleError('NoScale', `${unscalable} does not implement the scale subresource`);
  const { namespace } = pod.metadata;
  const found = namedOwner(informers, namespace, owner);
  const above = found && controllerOf(found);
  const scaling = above?.kind === 'Deployment' ? namedOwner(informers, namespace, above) : found;
  if (scaling) return { uid: scaling.metadata.uid, replicas: scaling.spec.replicas ?? 1 };
  throw new ScaleError('NoControllers', `found no controllers for pod "${pod.metadata.name}"`);
}

const SCALABLE = {
  ReplicaSet: 'replicasets',
  ReplicationController: 'replicationcontrollers',
  StatefulSet: 'statefulsets',
  Deployment: 'deployments',
} as const;

function namedOwner(informers: Informers, namespace: string | undefined, { kind, name, uid }: OwnerReference) {
  const resource = SCALABLE[kind as keyof typeof SCALABLE];
  const owner = resource && informers.get(resource, namespace, name);
  return owner?.metadata.uid === uid ? owner : undefined;
}
