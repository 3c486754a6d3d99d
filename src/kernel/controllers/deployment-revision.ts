import { hashState } from '../../base/state';
import { controllerReference, type Deployment, type Draft, type PodTemplate, type ReplicaSet } from '../../api/objects';
import { DESIRED_ANNOTATION, HASH_LABEL, maxSurge, MAX_ANNOTATION, wantedReplicas } from './deployment-replicas';

export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';
const HISTORY_ANNOTATION = 'deployment.kubernetes.io/revision-history';
const HISTORY_CHARACTERS = 2000;

/** Annotations of a Deployment that its ReplicaSets do not take over. Models annotationsToSkip. */
const KEPT_TO_ITSELF: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION_ANNOTATION,
  HISTORY_ANNOTATION,
  DESIRED_ANNOTATION,
  MAX_ANNOTATION,
  'deprecated.deployment.rollback.to',
];

type Annotations = Readonly<Record<string, string>>;

const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A template's hash as it stands in names. Models controller.ComputeHash and rand.SafeEncodeString. */
export function templateHash(template: PodTemplate, collisionCount: number | undefined): string {
  const hash = hashState(template, collisionCount === undefined ? undefined : (collisionCount + 1) * 0x9e37_79b1);
  return Array.from(String(hash), (digit) => NAME_ALPHABET[digit.charCodeAt(0) % NAME_ALPHABET.length]!).join('');
}

/** The number of a ReplicaSet's revision; 0 without one. */
export function revisionOf(set: ReplicaSet): number {
  const revision = Number(set.metadata.annotations?.[REVISION_ANNOTATION] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

/** The number of the revision that comes after those of the old ReplicaSets. */
export function nextRevision(old: readonly ReplicaSet[]): number {
  return old.reduce((highest, set) => Math.max(highest, revisionOf(set)), 0) + 1;
}

/** The annotations that say what a ReplicaSet was sized for. Models SetReplicasAnnotations. */
export function withSizeAnnotations(annotations: Annotations, deployment: Deployment): Annotations {
  const wanted = wantedReplicas(deployment);
  const desired = String(wanted);
  const most = String(wanted + maxSurge(deployment));
  if (annotations[DESIRED_ANNOTATION] === desired && annotations[MAX_ANNOTATION] === most) return annotations;
  return { ...annotations, [DESIRED_ANNOTATION]: desired, [MAX_ANNOTATION]: most };
}

/**
 * The annotations of the newest ReplicaSet: those of its Deployment, and its revision. Returns the same object where
 * nothing changes. Models SetNewReplicaSetAnnotations.
 */
export function withRevision(annotations: Annotations, deployment: Deployment, revision: number): Annotations {
  let result = annotations;
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (KEPT_TO_ITSELF.includes(key) || result[key] === value) continue;
    result = { ...result, [key]: value };
  }
  const before = result[REVISION_ANNOTATION];
  if (Number(before ?? 0) >= revision) return result;
  result = { ...result, [REVISION_ANNOTATION]: String(revision) };
  return before === undefined
    ? result
    : { ...result, [HISTORY_ANNOTATION]: history(result[HISTORY_ANNOTATION], before) };
}

/** The revisions a ReplicaSet had, oldest first; the oldest are forgotten when the text gets too long. */
function history(known: string | undefined, before: string): string {
  const revisions = known ? [...known.split(','), before] : [before];
  while (revisions.length > 1 && revisions.join(',').length > HISTORY_CHARACTERS) revisions.shift();
  return revisions.join(',');
}

/** A ReplicaSet for the Deployment's present template, without replicas yet. */
export function newReplicaSet(deployment: Deployment, revision: number, replicas: number): Draft<ReplicaSet> {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const annotations = withSizeAnnotations(withRevision({}, deployment, revision), deployment);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      ownerReferences: [controllerReference(deployment)],
      labels,
      annotations,
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
