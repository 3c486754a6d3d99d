import type {
  CSINode,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Service,
  StorageClass,
} from '../api/objects';
import { keyOf, objectKey, type ObjectMeta } from '../api/objects';
import type { Verdict } from '../api/scheduling';
import { freezeDeep } from '../base/state';
import { SchedulerCache, emptyCache } from '../kernel/scheduler/cache';
import { DEFAULT_CONFIGURATION } from '../kernel/scheduler/configuration';
import { runCycle, type CycleResult } from '../kernel/scheduler/cycle';
import type { Framework } from '../kernel/scheduler/framework/framework';
import type { ClusterLister } from '../kernel/scheduler/framework/lister';
import { makeFramework, type PluginPorts } from '../kernel/scheduler/registry';

/** A cluster as it sits in etcd, and the Pod to place. */
interface SchedulerCase {
  id: string;
  objects: {
    nodes: Node[];
    pods: Pod[];
    namespaces: Namespace[];
    persistentVolumes: PersistentVolume[];
    persistentVolumeClaims: PersistentVolumeClaim[];
    storageClasses: StorageClass[];
    csiNodes: CSINode[];
    podDisruptionBudgets: PodDisruptionBudget[];
    services: Service[];
    replicaSets: ReplicaSet[];
  };
  pod: Pod;
}

/** A case ends with the decision. */
const NO_WRITES: PluginPorts = {
  bind: () => undefined,
  volumes: { write: () => undefined, check: () => ({ kind: 'ready' }) },
};

/**
 * Answers scheduler cases, one JSON object a line: `{id, objects, pod}` → `{id, actual}`, in the same order. Each
 * case is a cluster of its own and goes through one scheduling cycle that looks at every node.
 */
export async function observeScheduler(lines: AsyncIterable<string>, write: (line: string) => void): Promise<void> {
  const { profiles } = DEFAULT_CONFIGURATION;
  const frameworks = profiles.map((profile) => makeFramework(profile, NO_WRITES, 100));
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const one = freezeDeep(complete(JSON.parse(line) as SchedulerCase));
    const framework = frameworks.find(({ schedulerName }) => schedulerName === one.pod.spec.schedulerName);
    write(JSON.stringify({ id: one.id, actual: answer(one, framework ?? frameworks[0]!) }));
  }
}

/** Recorded objects leave empty fields out; the kernel's have spec and status. */
function complete({ id, objects, pod }: SchedulerCase): SchedulerCase {
  const whole = <T extends object>(list: T[]): T[] => list.map((object) => ({ spec: {}, status: {}, ...object }));
  const entries = Object.entries(objects).map(([name, list]) => [name, whole<object>(list)]);
  return {
    id,
    objects: Object.fromEntries(entries) as SchedulerCase['objects'],
    pod: { ...pod, status: pod.status ?? {} },
  };
}

function answer({ objects, pod }: SchedulerCase, framework: Framework): object {
  const gated = framework.preEnqueue(pod);
  if (gated) return { gated: { plugin: gated.plugin, reasons: gated.reasons } };
  const input = { framework, snapshot: fill(objects), lister: listerOf(objects), startIndex: 0, random: () => 0 };
  const result = runCycle(pod, { ...input, exhaustive: true });
  const taken = pod.status.nominatedNodeName ? runCycle(pod, { ...input, exhaustive: false }) : result;
  return {
    prefilter: verdictJson(result.preFilterRefusal),
    ...verdictsJson(result),
    ...scoresJson(result),
    hosts: taken.best.map(({ name }) => name).sort(),
    message: result.failure?.message ?? null,
    preemption: preemptionJson(result),
  };
}

/** The scheduler's cache: bound Pods on their nodes, nominated ones beside them; finished ones are not seen. */
function fill(objects: SchedulerCase['objects']): SchedulerCache {
  const cache = new SchedulerCache(emptyCache());
  for (const node of objects.nodes) cache.setNode(node);
  for (const pod of objects.pods) {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    if (pod.spec.nodeName) cache.addPod(pod, pod.spec.nodeName, false);
    else if (pod.status?.nominatedNodeName) cache.nominate(pod, pod.status.nominatedNodeName);
  }
  return cache;
}

function byKey<T extends { metadata: ObjectMeta }>(objects: readonly T[]): Map<string, T> {
  return new Map(objects.map((object) => [objectKey(object), object]));
}

function listerOf(objects: SchedulerCase['objects']): ClusterLister {
  const claims = byKey(objects.persistentVolumeClaims);
  const volumes = byKey(objects.persistentVolumes);
  const storageClasses = byKey(objects.storageClasses);
  const csiNodes = byKey(objects.csiNodes);
  const namespaces = byKey(objects.namespaces);
  const replicaSets = byKey(objects.replicaSets);
  return {
    claim: (namespace, name) => claims.get(keyOf(namespace, name)),
    volume: (name) => volumes.get(name),
    volumesOf: (className) =>
      objects.persistentVolumes.filter(({ spec }) => (spec.storageClassName ?? '') === className),
    storageClass: (name) => storageClasses.get(name),
    csiNode: (name) => csiNodes.get(name),
    attachmentsOn: () => [],
    namespaceLabels: (namespace) => namespaces.get(namespace)?.metadata.labels ?? {},
    servicesIn: (namespace) => objects.services.filter(({ metadata }) => metadata.namespace === namespace),
    selectorOf: (kind, namespace, name) =>
      kind === 'ReplicaSet' ? replicaSets.get(keyOf(namespace, name))?.spec.selector : undefined,
    disruptionBudgets: () => objects.podDisruptionBudgets,
  };
}

const verdictJson = (verdict: Verdict | undefined): object | null =>
  verdict ? { plugin: verdict.plugin, code: verdict.code, reasons: verdict.reasons } : null;

function verdictsJson({ nodes, verdicts, preFilterRefusal }: CycleResult): object {
  const filter: Record<string, object | null> = {};
  if (!preFilterRefusal) for (const { name, index } of nodes) filter[name] = verdictJson(verdicts[index]);
  return { filter };
}

function scoresJson({ feasible, scores, totals }: CycleResult): object {
  const byNode: Record<string, Record<string, number>> = {};
  const total: Record<string, number> = {};
  feasible.forEach(({ name }, index) => {
    byNode[name] = Object.fromEntries(scores.map(({ plugin, values }) => [plugin, values[index]!]));
    total[name] = totals[index]!;
  });
  return { scores: byNode, total };
}

function preemptionJson({ preemption }: CycleResult): object | null {
  if (!preemption) return null;
  const choice = ({ node, victims }: { node: string; victims: readonly Pod[] }): object => ({
    node,
    victims: victims.map(objectKey).sort(),
  });
  const ties = preemption.ties.map(choice);
  return { ...choice(preemption), ...(ties.length > 0 ? { ties } : {}) };
}
