import { controllerOf, objectKey, type Deployment, type Pod, type ReplicaSet } from '../../api/objects';
import { equalJson } from '../../api/json';
import { ApiError, isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import {
  annotatedReplicas,
  DESIRED_ANNOTATION,
  familyOf,
  members,
  ownedByAll,
  replicasForLatest,
  sameTemplate,
  specReplicas,
  wantedReplicas,
  type Family,
} from './deployment-replicas';
import {
  newReplicaSet,
  nextRevision,
  REVISION_ANNOTATION,
  revisionOf,
  withRevision,
  withSizeAnnotations,
} from './deployment-revision';
import { resize, rollingMoves, type Move } from './deployment-rolling';
import {
  conditionOf,
  deadlineMs,
  deploymentStatus,
  hasProgressDeadline,
  isComplete,
  newCondition,
  withCondition,
  withProgress,
  type DeploymentStatus,
} from './deployment-status';
import { adoptersOf } from './owners';
import { claim, isNamespaceTerminating } from './pod-control';

/** A Deployment under reconciliation: writes return a newer one. */
type Current = { deployment: Deployment };

const NO_LIMIT = 2_147_483_647;

/** Turns a Deployment's template into ReplicaSets and moves replicas between them. Models pkg/controller/deployment. */
export class DeploymentController extends Controller {
  constructor(parts: ControllerParts) {
    super('deployment-controller', parts, {});
    parts.informers.on('deployments', (event) => this.enqueue(event.key, event));
    parts.informers.on('replicasets', (event) => this.#onReplicaSet(event));
    parts.informers.on('pods', (event) => this.#onPod(event));
  }

  #onReplicaSet(event: StoreEvent<ReplicaSet>): void {
    const { namespace = '' } = event.object.metadata;
    const owner = controllerOf(event.object);
    const before = event.previous && controllerOf(event.previous);
    if (before?.kind === 'Deployment' && before.uid !== owner?.uid) this.enqueue(`${namespace}/${before.name}`, event);
    if (owner) {
      if (owner.kind === 'Deployment') this.enqueue(`${namespace}/${owner.name}`, event);
      return;
    }
    if (event.type === 'DELETED') return;
    for (const key of adoptersOf(this.parts.informers, 'deployments', event.object)) this.enqueue(key, event);
  }

  /** A Recreate roll-out goes on when the last old Pod is gone. Models deletePod. */
  #onPod(event: StoreEvent<Pod>): void {
    if (event.type !== 'DELETED') return;
    const { informers } = this.parts;
    const { namespace = '' } = event.object.metadata;
    const set = informers.get('replicasets', namespace, controllerOf(event.object)?.name ?? '');
    const owner = set && controllerOf(set);
    const deployment = owner && informers.get('deployments', namespace, owner.name);
    if (!deployment || deployment.spec.strategy?.type !== 'Recreate') return;
    const sets = informers.by('replicasets', 'controller', deployment.metadata.uid);
    if (sets.every((one) => informers.by('pods', 'controller', one.metadata.uid).length === 0)) {
      this.enqueue(objectKey(deployment), event);
    }
  }

  protected override reconcile(key: string): void {
    const deployment = this.parts.informers.byKey('deployments', key);
    if (!deployment) return;
    const current: Current = { deployment };
    const { matchLabels, matchExpressions } = deployment.spec.selector;
    if (Object.keys(matchLabels ?? {}).length === 0 && !matchExpressions?.length) return this.#refuseSelector(current);
    const sets = claim(this.parts, 'replicasets', deployment, deployment.spec.selector);
    if (deployment.metadata.deletionTimestamp) return this.#writeCounts(current, this.#family(current, sets));
    this.#notePause(current);
    if (deployment.spec.paused || this.#isScaling(current, sets)) return this.#scale(current, sets);
    if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(current, sets);
    else this.#roll(current, sets);
  }

  #refuseSelector(current: Current): void {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.';
    this.parts.recorder.event(subjectOf(current.deployment), 'Warning', 'SelectingAll', message);
    const { generation } = current.deployment.metadata;
    if (generation === undefined || current.deployment.status?.observedGeneration === generation) return;
    this.#write(current, { ...current.deployment.status, observedGeneration: generation });
  }

  /** Shows a pause or its end in the `Progressing` condition. Models checkPausedConditions. */
  #notePause(current: Current): void {
    const { deployment } = current;
    const condition = conditionOf(deployment.status, 'Progressing');
    if (!hasProgressDeadline(deployment) || condition?.reason === 'ProgressDeadlineExceeded') return;
    const shown = condition?.reason === 'DeploymentPaused';
    const paused = deployment.spec.paused === true;
    if (shown === paused) return;
    const nowMs = this.parts.clock.epochNowMs;
    const change = paused
      ? newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs)
      : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs);
    this.#write(current, withCondition(deployment.status ?? {}, change));
  }

  /** Whether a ReplicaSet was sized for another number of replicas. Models isScalingEvent. */
  #isScaling(current: Current, sets: readonly ReplicaSet[]): boolean {
    const wanted = wantedReplicas(current.deployment);
    return members(this.#family(current, sets)).some((set) => {
      const annotated = annotatedReplicas(set, DESIRED_ANNOTATION);
      return specReplicas(set) > 0 && annotated !== undefined && annotated !== wanted;
    });
  }

  /** Resizes without rolling out: while paused, or after a change of `replicas`. Models sync. */
  #scale(current: Current, sets: readonly ReplicaSet[]): void {
    let family = this.#family(current, sets);
    family = this.#apply(current, family, resize(current.deployment, family));
    if (current.deployment.spec.paused) this.#cleanUp(current, family);
    this.#writeCounts(current, family);
  }

  /** Models rolloutRolling. */
  #roll(current: Current, sets: readonly ReplicaSet[]): void {
    let family = this.#family(current, sets, true);
    const moves = rollingMoves(current.deployment, family);
    family = this.#apply(current, family, moves);
    if (moves.length === 0 && isComplete(current.deployment, current.deployment.status ?? {})) {
      this.#cleanUp(current, family);
    }
    this.#writeRollout(current, family);
  }

  /** Models rolloutRecreate: old Pods end before new ones begin. */
  #recreate(current: Current, sets: readonly ReplicaSet[]): void {
    let family = this.#family(current, sets);
    const down = family.old.filter((set) => specReplicas(set) > 0).map((set) => ({ set, replicas: 0 }));
    if (down.length > 0) {
      this.#writeRollout(current, this.#apply(current, family, down));
      return;
    }
    if (this.#oldPodsRun(family)) return this.#writeRollout(current, family);
    if (!family.latest) family = this.#family(current, sets, true);
    const up: Move[] = family.latest ? [{ set: family.latest, replicas: wantedReplicas(current.deployment) }] : [];
    family = this.#apply(current, family, up);
    if (isComplete(current.deployment, current.deployment.status ?? {})) this.#cleanUp(current, family);
    this.#writeRollout(current, family);
  }

  #oldPodsRun(family: Family): boolean {
    if (ownedByAll(family.old) > 0) return true;
    const pods = family.old.flatMap((set) => this.parts.informers.by('pods', 'controller', set.metadata.uid));
    return pods.some((pod) => pod.status.phase !== 'Failed' && pod.status.phase !== 'Succeeded');
  }

  /** The Deployment's ReplicaSets, the newest with its revision up to date. Models getAllReplicaSetsAndSyncRevision. */
  #family(current: Current, sets: readonly ReplicaSet[], create = false): Family {
    const family = familyOf(current.deployment, sets);
    const revision = nextRevision(family.old);
    if (family.latest) return { ...family, latest: this.#refresh(current, family.latest, revision) };
    return create ? { ...family, latest: this.#create(current, family, revision) } : family;
  }

  #refresh(current: Current, latest: ReplicaSet, revision: number): ReplicaSet {
    const { deployment } = current;
    const annotations = withRevision(latest.metadata.annotations ?? {}, deployment, revision);
    const { minReadySeconds, ...spec } = latest.spec;
    const wanted = deployment.spec.minReadySeconds ?? 0;
    if (annotations !== latest.metadata.annotations || wanted !== (minReadySeconds ?? 0)) {
      const metadata = { ...latest.metadata, annotations };
      const timed = wanted > 0 ? { ...spec, minReadySeconds: wanted } : spec;
      return this.parts.client.update('replicasets', { ...latest, metadata, spec: timed });
    }
    let status = deployment.status ?? {};
    if (hasProgressDeadline(deployment) && !conditionOf(status, 'Progressing')) {
      const message = `Found new replica set "${latest.metadata.name}"`;
      const found = newCondition('Progressing', 'True', 'FoundNewReplicaSet', message, this.parts.clock.epochNowMs);
      status = withCondition(status, found);
    }
    this.#write(current, status, revisionOf(latest));
    return latest;
  }

  /** Creates the ReplicaSet of the present template. Models the second half of getNewReplicaSet. */
  #create(current: Current, family: Family, revision: number): ReplicaSet | undefined {
    const { deployment } = current;
    const replicas = replicasForLatest(deployment, family.old, 0);
    const draft = newReplicaSet(deployment, revision, replicas);
    let status = deployment.status ?? {};
    let latest: ReplicaSet;
    try {
      latest = this.parts.client.create('replicasets', draft);
      if (replicas > 0) this.#sayScaled(deployment, latest, 0, replicas);
      if (hasProgressDeadline(deployment)) {
        const message = `Created new replica set "${latest.metadata.name}"`;
        const made = newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, this.parts.clock.epochNowMs);
        status = withCondition(status, made);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      latest = this.#afterRefusal(current, draft.metadata.name!, error);
    }
    this.#write(current, status, revision);
    return latest;
  }

  /** A name that is taken: by this very template (seen too late), or by another one with the same hash. */
  #afterRefusal(current: Current, name: string, error: ApiError): ReplicaSet {
    const { deployment } = current;
    if (isNamespaceTerminating(error)) throw error;
    if (error.reason === 'AlreadyExists') {
      const other = this.parts.client.get('replicasets', deployment.metadata.namespace ?? '', name);
      if (other && controllerOf(other)?.uid === deployment.metadata.uid && sameTemplate(other, deployment))
        return other;
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
      this.#write(current, { ...deployment.status, collisionCount });
      throw error;
    }
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    this.parts.recorder.event(subjectOf(deployment), 'Warning', 'ReplicaSetCreateError', message);
    if (hasProgressDeadline(deployment)) {
      const nowMs = this.parts.clock.epochNowMs;
      const failed = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, nowMs);
      this.#write(current, withCondition(deployment.status ?? {}, failed));
    }
    throw error;
  }

  /** Carries moves out and returns the family as it is then. */
  #apply(current: Current, family: Family, moves: readonly Move[]): Family {
    const changed = new Map<ReplicaSet, ReplicaSet>();
    const now = (set: ReplicaSet): ReplicaSet => changed.get(set) ?? set;
    for (const { set, replicas } of moves) {
      changed.set(set, this.#resize(current.deployment, { set: now(set), replicas }));
    }
    return { latest: family.latest && now(family.latest), old: family.old.map(now) };
  }

  /** Models scaleReplicaSet. */
  #resize(deployment: Deployment, { set, replicas }: Move): ReplicaSet {
    const before = specReplicas(set);
    const annotations = withSizeAnnotations(set.metadata.annotations ?? {}, deployment);
    if (before === replicas && annotations === set.metadata.annotations) return set;
    const metadata = { ...set.metadata, annotations };
    const written = this.parts.client.update('replicasets', { ...set, metadata, spec: { ...set.spec, replicas } });
    if (before !== replicas) this.#sayScaled(deployment, set, before, replicas);
    return written;
  }

  #sayScaled(deployment: Deployment, set: ReplicaSet, from: number, to: number): void {
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
    this.parts.recorder.event(subjectOf(deployment), 'Normal', 'ScalingReplicaSet', message);
  }

  /** Deletes the oldest ReplicaSets beyond `revisionHistoryLimit`. Models cleanupDeployment. */
  #cleanUp(current: Current, family: Family): void {
    const limit = current.deployment.spec.revisionHistoryLimit ?? NO_LIMIT;
    if (limit === NO_LIMIT) return;
    const living = family.old.filter((set) => !set.metadata.deletionTimestamp);
    const surplus = [...living]
      .sort((a, b) => revisionOf(a) - revisionOf(b))
      .slice(0, Math.max(0, living.length - limit));
    for (const set of surplus) {
      const { namespace = '', name, generation = 0 } = set.metadata;
      const empty = (set.status?.replicas ?? 0) === 0 && specReplicas(set) === 0;
      if (!empty || generation > (set.status?.observedGeneration ?? 0)) continue;
      try {
        this.parts.client.remove('replicasets', namespace, name);
      } catch (error) {
        if (!isRefusal(error, 'NotFound')) throw error;
      }
    }
  }

  /** Models syncDeploymentStatus. */
  #writeCounts(current: Current, family: Family): void {
    this.#write(current, deploymentStatus(current.deployment, family, this.parts.clock.epochNowMs));
  }

  /** Models syncRolloutStatus and requeueStuckDeployment. */
  #writeRollout(current: Current, family: Family): void {
    const { deployment } = current;
    const nowMs = this.parts.clock.epochNowMs;
    const status = withProgress(deployment, family, deploymentStatus(deployment, family, nowMs), nowMs);
    if (!equalJson(status, deployment.status)) return this.#write(current, status);
    const progressing = conditionOf(deployment.status, 'Progressing');
    if (!hasProgressDeadline(deployment) || !progressing || isComplete(deployment, status)) return;
    if (progressing.reason === 'ProgressDeadlineExceeded') return;
    const afterMs = deadlineMs(deployment, progressing) - nowMs;
    this.enqueueAfter(objectKey(deployment), Math.max(0, afterMs) + 1000, true);
  }

  /** Writes status and, where it differs, the annotated revision. */
  #write(current: Current, status: DeploymentStatus, revision = 0): void {
    const { deployment } = current;
    const { annotations } = deployment.metadata;
    const noted = revision === 0 || annotations?.[REVISION_ANNOTATION] === String(revision);
    if (noted && equalJson(status, deployment.status)) return;
    const metadata = noted
      ? deployment.metadata
      : { ...deployment.metadata, annotations: { ...annotations, [REVISION_ANNOTATION]: String(revision) } };
    current.deployment = this.parts.client.updateStatus('deployments', { ...deployment, metadata, status });
  }
}
