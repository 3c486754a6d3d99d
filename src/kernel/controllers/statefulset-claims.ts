import {
  controllerReference,
  type ApiObject,
  type Draft,
  type OwnerReference,
  type PersistentVolumeClaim,
  type StatefulSet,
} from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import type { ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import { withOwners } from './pod-control';
import { claimsOf, inRange, ordinalOf } from './statefulset-identity';

/** The claims of a StatefulSet's Pods: made before the Pod, kept or given up as the set's retention policy says. */

/** A Pod of the set; it has no uid before it is made. */
export interface Member {
  readonly metadata: { readonly name: string; readonly uid?: string };
}

/** A claim as its template wants it. Models getPersistentVolumeClaims. */
function newClaim(set: StatefulSet, template: string, name: string): Draft<PersistentVolumeClaim> {
  const { metadata, spec } = set.spec.volumeClaimTemplates!.find((one) => one.metadata?.name === template)!;
  const { annotations } = metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: set.metadata.namespace ?? '',
      labels: { ...metadata?.labels, ...set.spec.selector.matchLabels },
      ...(annotations ? { annotations } : {}),
    },
    spec: spec as PersistentVolumeClaim['spec'],
  };
}

/** Makes the claims that a Pod lacks. Throws the last refusal, after its Event. Models createPersistentVolumeClaims. */
export function createClaims(parts: ControllerParts, set: StatefulSet, pod: Member): void {
  const faults: string[] = [];
  for (const { template, name } of claimsOf(set, ordinalOf(set, pod))) {
    const present = parts.client.get('persistentvolumeclaims', set.metadata.namespace ?? '', name);
    if (present?.metadata.deletionTimestamp) faults.push(`pvc ${name} is being deleted`);
    if (present) continue;
    const fault = createClaim(parts, set, pod, newClaim(set, template, name));
    if (fault) faults.push(`failed to create PVC ${name}: ${fault}`);
  }
  if (faults.length === 0) return;
  throw new ApiError(500, 'InternalError', faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`);
}

/** Returns why it was refused. */
function createClaim(
  parts: ControllerParts,
  set: StatefulSet,
  pod: Member,
  draft: Draft<PersistentVolumeClaim>,
): string | undefined {
  const of = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    parts.client.create('persistentvolumeclaims', draft);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const message = `Create Claim ${draft.metadata.name} for ${of} failed error: ${error.message}`;
    parts.recorder.event(subjectOf(set), 'Warning', 'FailedCreate', message);
    return error.message;
  }
  parts.recorder.event(
    subjectOf(set),
    'Normal',
    'SuccessfulCreate',
    `Create Claim ${draft.metadata.name} ${of} success`,
  );
  return undefined;
}

const refersTo = (reference: OwnerReference, kind: string, name: string): boolean =>
  reference.kind === kind && reference.name === name;

/** Whether a claim still belongs to an earlier Pod of the name and will go with it. Models PodClaimIsStale. */
export function hasStaleClaim(parts: ControllerParts, set: StatefulSet, pod: Member): boolean {
  const { name, uid } = pod.metadata;
  return presentClaims(parts, set, pod).some((claim) =>
    claim.metadata.ownerReferences?.some((owner) => refersTo(owner, 'Pod', name) && owner.uid !== uid),
  );
}

function presentClaims(parts: ControllerParts, set: StatefulSet, pod: Member): PersistentVolumeClaim[] {
  const { namespace = '' } = set.metadata;
  return claimsOf(set, ordinalOf(set, pod)).flatMap(
    ({ name }) => parts.client.get('persistentvolumeclaims', namespace, name) ?? [],
  );
}

/** Gives the claims of a Pod the owner that the retention policy wants. Models UpdatePodClaimForRetentionPolicy. */
export function applyRetention(parts: ControllerParts, set: StatefulSet, pod: Member): void {
  for (const claim of presentClaims(parts, set, pod)) {
    const wanted = withRetention(set, pod, claim);
    if (wanted === claim) continue;
    try {
      parts.client.update('persistentvolumeclaims', wanted);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

/** The claim with the owner it should have; the same claim where it has it. Models updateClaimOwnerRefForSetAndPod. */
function withRetention(set: StatefulSet, pod: Member, claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const present = claim.metadata.ownerReferences ?? [];
  const isOurs = (one: OwnerReference): boolean =>
    refersTo(one, 'StatefulSet', set.metadata.name) || refersTo(one, 'Pod', pod.metadata.name);
  const owner = hasForeignController(set, pod, present) ? undefined : ownerOf(set, pod);
  const ours = present.filter(isOurs);
  const settled = owner ? ours.length === 1 && ours[0]!.uid === owner.uid && ours[0]!.controller : ours.length === 0;
  if (settled) return claim;
  const others = present.filter((one) => !isOurs(one));
  return withOwners(claim, owner ? [...others, owner] : others);
}

/** The set where the claim goes with the set, the Pod where it goes with a Pod that is one too many. */
function ownerOf(set: StatefulSet, pod: Member): OwnerReference | undefined {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const { name, uid } = pod.metadata;
  if (whenScaled === 'Delete' && !inRange(set, ordinalOf(set, pod)))
    return uid
      ? controllerReference({ apiVersion: 'v1', kind: 'Pod', metadata: { name, uid } } as ApiObject)
      : undefined;
  return whenDeleted === 'Delete' ? controllerReference(set) : undefined;
}

/** Whether something else controls the claim; under a policy that keeps everything that is nobody's business. */
function hasForeignController(set: StatefulSet, pod: Member, present: readonly OwnerReference[]): boolean {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenDeleted !== 'Delete' && whenScaled !== 'Delete') return false;
  return present.some((one) => {
    if (refersTo(one, 'StatefulSet', set.metadata.name)) return one.uid !== set.metadata.uid;
    if (refersTo(one, 'Pod', pod.metadata.name)) return one.uid !== pod.metadata.uid;
    return one.controller === true;
  });
}
