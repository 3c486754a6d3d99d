import { controllerOf, type Node, type PersistentVolumeClaim, type Pod, type StorageClass } from '../../../api/objects';
import {
  SKIP,
  failed,
  go,
  refuse,
  unresolvable,
  type Cycle,
  type Plugin,
  type PreBindProgress,
  type PreFilterAnswer,
  type Status,
  type VolumePlan,
} from '../framework/plugin';
import { sameJson } from '../events';
import { claimNameOf } from '../../../api/claim-names';
import { podInfo } from '../pod-info';
import {
  SELECTED_NODE,
  canProvision,
  classOf,
  isFullyBound,
  isReachable,
  matchingVolume,
  requestedBytes,
} from '../volumes';

const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const VOLUME_GONE = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
const UNBOUND_IMMEDIATE = refuse(unresolvable('pod has unbound immediate PersistentVolumeClaims'));

interface FilterData {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Claims that wait for their first consumer, smallest first. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** What would have to be written for the Pod to run on a node; filled in by Filter. */
  readonly plans: Map<string, VolumePlan>;
}

/** Where plans become writes. */
export interface VolumeBinder {
  /** Writes what a plan asks for; throws ApiError. */
  write(plan: VolumePlan, node: string): void;
  /** Whether the volumes are bound by now. */
  check(plan: VolumePlan, node: string): PreBindProgress;
}

const refusals = new Map<string, Status>();

/** Refusals are few: each combination of reasons is built once. */
function refusal(...reasons: string[]): Status {
  const key = reasons.join('|');
  let status = refusals.get(key);
  if (!status) refusals.set(key, (status = unresolvable(...reasons)));
  return status;
}

/** Finds, or has made, volumes where the Pod goes. Models plugins/volumebinding. */
export const volumeBinding = (binder: VolumeBinder): Plugin<FilterData> => ({
  name: 'VolumeBinding',
  registrations: [
    {
      events: ['StorageClassAdd', 'StorageClassUpdate'],
      hint: (_, { before, after }) =>
        !before || !sameJson((before as StorageClass).allowedTopologies, (after as StorageClass).allowedTopologies),
    },
    {
      events: ['PersistentVolumeClaimAdd', 'PersistentVolumeClaimUpdate'],
      hint: (pod, { after }) => podInfo(pod).claims.includes(`${after!.metadata.namespace}/${after!.metadata.name}`),
    },
    { events: ['PersistentVolumeAdd', 'PersistentVolumeUpdate', 'NodeAdd', 'NodeUpdateLabel', 'CSINodeAdd'] },
  ],
  preFilter: prepare,
  filter: findVolumes,
  reserve: (_, { name }, data) => {
    const plan = data?.plans.get(name);
    return plan && plan.bindings.length + plan.provisions.length > 0 ? plan : undefined;
  },
  preBind(plan, node, started) {
    if (started) return binder.check(plan, node);
    binder.write(plan, node);
    return { kind: 'waiting' };
  },
});

/** Sorts the Pod's claims; refuses the Pod where one cannot be waited for. */
function prepare({ pod, lister }: Cycle): PreFilterAnswer<FilterData> {
  const claims: PersistentVolumeClaim[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod.metadata.name, volume);
    if (!name) continue;
    const claim = lister.claim(pod.metadata.namespace ?? '', name);
    const problem = claimProblem(pod, name, claim, Boolean(volume.ephemeral));
    if (problem) return refuse(unresolvable(problem));
    claims.push(claim!);
  }
  if (claims.length === 0) return SKIP;
  const bound = claims.filter(isFullyBound);
  const unbound = claims.filter((claim) => !isFullyBound(claim));
  const waits = (claim: PersistentVolumeClaim): boolean =>
    !claim.spec.volumeName && lister.storageClass(classOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
  if (!unbound.every(waits)) return UNBOUND_IMMEDIATE;
  const delayed = unbound.sort((one, other) => requestedBytes(one) - requestedBytes(other));
  return go({ bound, delayed, plans: new Map() });
}

/** Models podHasPVCs. */
function claimProblem(
  pod: Pod,
  name: string,
  claim: PersistentVolumeClaim | undefined,
  ephemeral: boolean,
): string | undefined {
  if (!claim) {
    return ephemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
  }
  if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
  if (ephemeral && controllerOf(claim)?.uid !== pod.metadata.uid) {
    const { namespace } = pod.metadata;
    return `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
  }
  return undefined;
}

/** Models FindPodVolumes. */
function findVolumes(cycle: Cycle, { node }: { node: Node }, data: FilterData): Status | undefined {
  const reasons: string[] = [];
  const boundProblem = checkBound(cycle, node, data.bound);
  if (boundProblem === NODE_CONFLICT) reasons.push(NODE_CONFLICT);
  const plan = planFor(cycle, node, data.delayed);
  if (plan === undefined) reasons.push(BIND_CONFLICT);
  else if ('code' in plan) return plan;
  if (boundProblem === VOLUME_GONE) reasons.push(VOLUME_GONE);
  if (reasons.length > 0) return refusal(...reasons);
  data.plans.set(node.metadata.name, plan as VolumePlan);
  return undefined;
}

function checkBound({ lister }: Cycle, node: Node, claims: readonly PersistentVolumeClaim[]): string | undefined {
  for (const claim of claims) {
    const volume = lister.volume(claim.spec.volumeName ?? '');
    if (!volume) return VOLUME_GONE;
    if (!isReachable(volume, node)) return NODE_CONFLICT;
  }
  return undefined;
}

/** Which volumes to bind and which to have made; `undefined` where it cannot be done on this node. */
function planFor(
  { lister }: Cycle,
  node: Node,
  claims: readonly PersistentVolumeClaim[],
): VolumePlan | Status | undefined {
  const bindings: { volume: string; claim: string }[] = [];
  const provisions: string[] = [];
  const toMake: PersistentVolumeClaim[] = [];
  const taken = new Set<string>();
  for (const claim of claims) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.metadata.name) return undefined;
    if (selected !== undefined) toMake.push(claim);
  }
  for (const claim of claims) {
    if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) continue;
    const volume = matchingVolume(claim, lister.volumesOf(classOf(claim)), node, taken);
    if (volume) {
      taken.add(volume.metadata.name);
      bindings.push({ volume: volume.metadata.name, claim: `${claim.metadata.namespace}/${claim.metadata.name}` });
    } else {
      toMake.push(claim);
    }
  }
  for (const claim of toMake) {
    const storageClass = lister.storageClass(classOf(claim));
    if (!storageClass) return failed(`failed to find storage class "${classOf(claim)}"`);
    if (!canProvision(storageClass, node)) return undefined;
    provisions.push(`${claim.metadata.namespace}/${claim.metadata.name}`);
  }
  return { bindings, provisions };
}
