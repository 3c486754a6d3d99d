import { conditionOf, holds } from '../../api/conditions';
import {
  controllerOf,
  objectKey,
  type ApiObject,
  type Deployment,
  type Job,
  type Node,
  type Pod,
  type StatefulSet,
} from '../../api/objects';
import { scaled } from '../../api/int-or-percent';
import { parseTime } from '../../api/time';
import type { Cluster } from '../../kernel/cluster';
import { placesFor } from './places';

/** A Pod that is being deleted is gone after this long once nothing is broken. */
const LONGEST_END_MS = 120_000;
/** The longest back-off, twice: how long a container may have to wait for its next start. */
const SETTLED_MS = 600_000;
/** The images of a storm that answer a probe over HTTP. */
const SERVES_HTTP = /^nginx:/;

/**
 * What of a cluster in which nothing is broken any more has not become what was declared, and has no reason that can be
 * confirmed: a Pod said to fit on no node really fits on none, an image that cannot be pulled really does not exist.
 */
export function troubles(cluster: Cluster): string[] {
  const pods = [...cluster.store.all('pods').values()] as Pod[];
  const view: View = { cluster, pods, reasons: new Map(), problems: [] };
  for (const pod of pods) checkPod(view, pod);
  for (const node of cluster.store.all('nodes').values()) checkNode(view, node as Node);
  for (const object of cluster.store.all('deployments').values()) checkReplicated(view, object as Deployment);
  for (const object of cluster.store.all('statefulsets').values()) checkReplicated(view, object as StatefulSet);
  for (const object of cluster.store.all('daemonsets').values()) checkDaemons(view, object);
  for (const object of cluster.store.all('jobs').values()) checkJob(view, object as Job);
  return view.problems;
}

interface View {
  readonly cluster: Cluster;
  readonly pods: readonly Pod[];
  /** Why a Pod is not ready, as confirmed, by its uid. */
  readonly reasons: Map<string, string>;
  readonly problems: string[];
}

const isReady = (pod: Pod): boolean => holds(pod, 'Ready');
const hasEnded = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** Since when, in virtual ms. */
function since(cluster: Cluster, time: string | undefined | null): number {
  return time ? parseTime(time) - cluster.clock.state.epochMs : -Infinity;
}

/** Each Pod runs and is ready, has ended, or waits for a reason that is so. */
function checkPod(view: View, pod: Pod): void {
  const { cluster, problems } = view;
  const name = `Pod ${objectKey(pod)}`;
  const owner = controllerOf(pod);
  if (owner && !hasOwner(cluster, pod, owner)) problems.push(`${name} outlives its ${owner.kind} ${owner.name}`);
  if (pod.spec.nodeName && !cluster.store.get('nodes', pod.spec.nodeName))
    problems.push(`${name} is on a node that is gone`);
  const { deletionTimestamp } = pod.metadata;
  if (deletionTimestamp) {
    if (pod.metadata.finalizers?.length) return;
    if (cluster.clock.nowMs - since(cluster, deletionTimestamp) > LONGEST_END_MS) problems.push(`${name} does not end`);
    return;
  }
  if (isReady(pod) || hasEnded(pod)) return;
  const why = reasonOf(cluster, pod);
  if ('unconfirmed' in why) problems.push(`${name} ${why.unconfirmed}`);
  else view.reasons.set(pod.metadata.uid, why.confirmed);
}

type Why = { confirmed: string } | { unconfirmed: string };

function reasonOf(cluster: Cluster, pod: Pod): Why {
  const age = cluster.clock.nowMs - since(cluster, pod.metadata.creationTimestamp);
  if (!pod.spec.nodeName) {
    const { message = '' } = conditionOf(pod, 'PodScheduled') ?? {};
    const places = placesFor(cluster, pod);
    if (places.length > 0 && age > LONGEST_END_MS)
      return { unconfirmed: `fits on ${places.join()}, but is said: ${message}` };
    return { confirmed: message || 'new' };
  }
  for (const status of pod.status.containerStatuses ?? []) {
    const { waiting, terminated } = status.state ?? {};
    if (waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff') {
      if (cluster.imageSizeMb(status.image) > 0) return { unconfirmed: `cannot pull ${status.image}, which exists` };
      return { confirmed: waiting.reason };
    }
    if (ends(pod) && (waiting || terminated || status.state?.running)) return { confirmed: 'its program ends' };
  }
  if (pod.spec.containers.some((one) => one.readinessProbe && !SERVES_HTTP.test(one.image ?? '')))
    return { confirmed: 'its program does not serve what the probe asks for' };
  if (age < LONGEST_END_MS) return { confirmed: 'new' };
  const started = Math.max(
    ...(pod.status.containerStatuses ?? []).map((one) => since(cluster, one.state?.running?.startedAt)),
  );
  if (cluster.clock.nowMs - started < LONGEST_END_MS) return { confirmed: 'just started' };
  const states = JSON.stringify((pod.status.containerStatuses ?? []).map((one) => one.state));
  return { unconfirmed: `is on ${pod.spec.nodeName}, ${pod.status.phase}, not ready: ${states}` };
}

/** Whether its program comes to an end by itself: those of Jobs do, also of a Job that has gone and left its Pods. */
const ends = ({ metadata }: Pod): boolean => metadata.labels?.['batch.kubernetes.io/job-name'] !== undefined;

function hasOwner(cluster: Cluster, pod: Pod, owner: { kind: string; name: string; uid: string }): boolean {
  const resource = `${owner.kind.toLowerCase()}s`;
  return cluster.store.get(resource, `${pod.metadata.namespace}/${owner.name}`)?.metadata.uid === owner.uid;
}

function checkNode({ problems }: View, node: Node): void {
  if (!holds(node, 'Ready')) problems.push(`Node ${node.metadata.name} is not ready`);
  for (const { key } of node.spec.taints ?? []) {
    const stale = key.startsWith('node.kubernetes.io/') && key !== 'node.kubernetes.io/unschedulable';
    if (stale) problems.push(`Node ${node.metadata.name} keeps the taint ${key}`);
  }
}

/** The Pods that a Deployment (by its ReplicaSets) or StatefulSet controls. */
function podsOf({ cluster, pods }: View, set: ApiObject): Pod[] {
  const owners = new Set([set.metadata.uid]);
  for (const object of cluster.store.all('replicasets').values())
    if (controllerOf(object)?.uid === set.metadata.uid) owners.add(object.metadata.uid);
  return pods.filter((pod) => owners.has(controllerOf(pod)?.uid ?? ''));
}

function checkReplicated(view: View, set: Deployment | StatefulSet): void {
  const { spec, status, kind, metadata } = set;
  const wanted = spec.replicas ?? 1;
  const paused = 'paused' in spec && spec.paused === true;
  const updated = paused || (status.updatedReplicas ?? 0) === wanted;
  const present = status.replicas ?? 0;
  const whole = present === wanted || (paused && isHalfway(set as Deployment));
  const seen = status.observedGeneration === metadata.generation;
  const well = (status.readyReplicas ?? 0) === present && (status.availableReplicas ?? 0) === present;
  if (seen && whole && updated && well) return;
  if (paused && !hasReplicaSet(view, set)) return;
  const own = podsOf(view, set);
  if (own.some((pod) => view.reasons.has(pod.metadata.uid))) return;
  if (own.some((pod) => pod.metadata.deletionTimestamp)) return;
  const { replicas, readyReplicas, updatedReplicas, availableReplicas } = status;
  const counts = JSON.stringify({ wanted, replicas, readyReplicas, updatedReplicas, availableReplicas, seen, paused });
  view.problems.push(`${kind} ${objectKey(set)} has no reason to be at ${counts}`);
}

/** Whether a roll-out that was paused stands between two templates, with as many Pods as it may have on its way. */
function isHalfway({ spec, status }: Deployment): boolean {
  const { replicas: wanted = 1, strategy } = spec;
  const { replicas = 0, updatedReplicas = 0 } = status ?? {};
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  const most = wanted + scaled(maxSurge, wanted, true);
  const least = wanted - Math.max(1, scaled(maxUnavailable, wanted, false));
  return updatedReplicas < replicas && least <= replicas && replicas <= most;
}

/** A Deployment that was paused before its controller saw it makes nothing. */
function hasReplicaSet({ cluster }: View, { metadata }: ApiObject): boolean {
  return [...cluster.store.all('replicasets').values()].some((one) => controllerOf(one)?.uid === metadata.uid);
}

/** The longest time that a DaemonSet's failed Pod stays before it is replaced. Models failedPodsBackoff. */
const FAILED_DAEMON_BACK_OFF_MS = 900_000;

function checkDaemons(view: View, object: ApiObject): void {
  const { status } = object as unknown as { status: Record<string, number> };
  const wanted = status['desiredNumberScheduled'] ?? 0;
  if ((status['numberReady'] ?? 0) === wanted && (status['updatedNumberScheduled'] ?? 0) === wanted) return;
  const own = podsOf(view, object);
  if (own.some((pod) => view.reasons.has(pod.metadata.uid))) return;
  /* A Pod that fails again and again, as one does that its node refuses, is deleted ever later. */
  const { cluster } = view;
  const waits = (pod: Pod): boolean =>
    pod.status.phase === 'Failed' &&
    cluster.clock.nowMs - since(cluster, pod.metadata.creationTimestamp) < FAILED_DAEMON_BACK_OFF_MS;
  if (own.some(waits)) return;
  view.problems.push(`DaemonSet ${objectKey(object)} has no reason to be at ${JSON.stringify(status)}`);
}

/** A Job is complete, has failed for a reason that its Pods show, is suspended, or works. */
function checkJob(view: View, job: Job): void {
  const { spec, status } = job;
  const name = `Job ${objectKey(job)}`;
  const own = podsOf(view, job).filter((pod) => !hasEnded(pod));
  const complete = holds(job, 'Complete');
  const failed = conditionOf(job, 'Failed');
  if (complete) {
    if ((status.succeeded ?? 0) !== (spec.completions ?? 1))
      view.problems.push(`${name} is complete with ${status.succeeded} of ${spec.completions}`);
  } else if (failed?.status === 'True') {
    checkFailure(view, job, failed.reason ?? '');
  } else if (!spec.suspend && own.length === 0 && (spec.parallelism ?? 1) > 0 && !backsOff(view, job)) {
    view.problems.push(`${name} neither ends nor works: ${JSON.stringify(status)}`);
  }
  if ((complete || failed?.status === 'True' || spec.suspend) && own.some((pod) => !pod.metadata.deletionTimestamp))
    view.problems.push(`${name} is over, and ${own.map((pod) => pod.metadata.name).join()} work on`);
}

function checkFailure({ cluster, problems }: View, job: Job, reason: string): void {
  const { spec, status } = job;
  const name = `Job ${objectKey(job)}`;
  if (reason === 'DeadlineExceeded') {
    const ranMs = cluster.clock.nowMs - since(cluster, status.startTime);
    if (ranMs < (spec.activeDeadlineSeconds ?? Infinity) * 1000) problems.push(`${name} failed before its deadline`);
  } else if (reason !== 'BackoffLimitExceeded') {
    problems.push(`${name} failed for ${reason}`);
  } else if (spec.template.spec?.restartPolicy === 'Never' && (status.failed ?? 0) <= (spec.backoffLimit ?? 6)) {
    problems.push(`${name} failed after ${status.failed} failures of ${spec.backoffLimit}`);
  }
}

/** Whether the next Pod waits because the last ones have failed. */
function backsOff({ cluster, pods }: View, job: Job): boolean {
  return pods.some(
    (pod) =>
      controllerOf(pod)?.uid === job.metadata.uid &&
      pod.status.phase === 'Failed' &&
      (pod.status.containerStatuses ?? []).some(
        (one) => cluster.clock.nowMs - since(cluster, one.state?.terminated?.finishedAt) < SETTLED_MS,
      ),
  );
}
