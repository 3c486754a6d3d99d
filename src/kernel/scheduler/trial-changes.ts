import type { TrialChange, Verdict } from '../../api/scheduling';
import type { Container, Json, Pod } from '../../api/objects';
import { milliValue, wholeValue } from '../../api/quantity';
import type { Snapshot } from './framework/snapshot';
import type { NodeInfo } from './node-info';
import { toleratesTaint } from '../../api/taints';

type FieldPath = readonly (string | number)[];

/** Taints that the cluster sets by itself: what they stand for is to be mended, not tolerated. */
const SYSTEM_TAINTS = 'node.kubernetes.io/';
const UNSCHEDULABLE_TAINT = 'node.kubernetes.io/unschedulable';
/** A request is halved so often, at most. */
const HALVINGS = 6;
const CORDONED_NODES = 5;

/** The changes that are worth trying for a Pod that these verdicts keep waiting, without a claim that one helps. */
export function changesWorthTrying(
  pod: Pod,
  snapshot: Snapshot,
  verdicts: readonly (Verdict | undefined)[],
): TrialChange[] {
  const refusing = new Set(verdicts.map((verdict) => verdict?.plugin));
  return [
    ...gates(pod),
    ...tolerations(pod, snapshot.nodes),
    ...selectors(pod),
    ...affinities(pod),
    ...spreads(pod),
    ...hostPorts(pod),
    ...volumes(pod),
    ...requests(pod),
    ...(refusing.has('NodeUnschedulable') ? cordons(snapshot.nodes) : []),
  ];
}

function gates(pod: Pod): TrialChange[] {
  return (pod.spec.schedulingGates ?? []).map(({ name }, index) => ({
    kind: 'DropGate',
    path: ['spec', 'schedulingGates', index],
    was: { name },
  }));
}

/** A toleration for each taint that keeps the Pod away from a node. */
function tolerations(pod: Pod, nodes: readonly NodeInfo[]): TrialChange[] {
  const current = pod.spec.tolerations ?? [];
  const changes = new Map<string, TrialChange>();
  for (const { node } of nodes) {
    for (const taint of node.spec.taints ?? []) {
      if (taint.effect === 'PreferNoSchedule' || taint.key.startsWith(SYSTEM_TAINTS)) continue;
      if (toleratesTaint(current, taint)) continue;
      const { key, effect } = taint;
      const value = { key, operator: 'Exists', effect };
      changes.set(`${key}:${effect}`, { kind: 'Tolerate', path: ['spec', 'tolerations', current.length], value });
    }
  }
  return [...changes.values()];
}

function selectors(pod: Pod): TrialChange[] {
  return Object.entries(pod.spec.nodeSelector ?? {}).map(([key, was]) => ({
    kind: 'DropSelector',
    path: ['spec', 'nodeSelector', key],
    was,
  }));
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

function affinities(pod: Pod): TrialChange[] {
  const { affinity } = pod.spec;
  const changes: TrialChange[] = [];
  if (affinity?.nodeAffinity?.[REQUIRED]) {
    changes.push({ kind: 'DropNodeAffinity', path: ['spec', 'affinity', 'nodeAffinity', REQUIRED] });
  }
  for (const [which, kind] of [
    ['podAffinity', 'DropPodAffinity'],
    ['podAntiAffinity', 'DropPodAntiAffinity'],
  ] as const) {
    affinity?.[which]?.[REQUIRED]?.forEach((term, index) => {
      changes.push({
        kind,
        path: ['spec', 'affinity', which, REQUIRED, index],
        was: { topologyKey: term.topologyKey },
      });
    });
  }
  return changes;
}

function spreads(pod: Pod): TrialChange[] {
  const constraints = (pod.spec.topologySpreadConstraints ?? []).entries();
  return [...constraints]
    .filter(([, { whenUnsatisfiable }]) => whenUnsatisfiable === 'DoNotSchedule')
    .map(([index]) => ({
      kind: 'RelaxSpread',
      path: ['spec', 'topologySpreadConstraints', index, 'whenUnsatisfiable'],
      was: 'DoNotSchedule',
      value: 'ScheduleAnyway',
    }));
}

function hostPorts(pod: Pod): TrialChange[] {
  return pod.spec.containers.flatMap((container, at) =>
    [...(container.ports ?? []).entries()]
      .filter(([, { hostPort }]) => hostPort)
      .map(([index, { hostPort }]): TrialChange => {
        const path = ['spec', 'containers', at, 'ports', index, 'hostPort'];
        return { kind: 'DropHostPort', path, was: hostPort! };
      }),
  );
}

/** Volumes with a claim; where the claim is missing or bound elsewhere, going without shows what else is wrong. */
function volumes(pod: Pod): TrialChange[] {
  return [...(pod.spec.volumes ?? []).entries()]
    .filter(([, volume]) => volume.persistentVolumeClaim ?? volume.ephemeral)
    .map(([index, { name, persistentVolumeClaim }]) => ({
      kind: 'DropVolume',
      path: ['spec', 'volumes', index],
      was: persistentVolumeClaim ? { name, claimName: persistentVolumeClaim.claimName } : { name },
    }));
}

/** For each resource of each container: half of the request, a quarter, and so on. */
function requests(pod: Pod): TrialChange[] {
  return pod.spec.containers.flatMap((container, at) =>
    Object.entries(requestsOf(container)).flatMap(([resource, was]): TrialChange[] => {
      const written = container.resources?.limits?.[resource] === undefined ? 'requests' : 'limits';
      const path = ['spec', 'containers', at, 'resources', written, resource];
      return smallerAmounts(resource, was).map((value) => ({ kind: 'LowerRequest', path, was, value }));
    }),
  );
}

const requestsOf = ({ resources }: Container): Record<string, string | number> => ({
  ...resources?.limits,
  ...resources?.requests,
});

/** What is asked for, halved again and again, in the units people write; a device is whole, so 1 becomes none. */
function smallerAmounts(resource: string, was: string | number): Json[] {
  const whole = resource.includes('/') || resource.startsWith('hugepages-');
  const amounts: Json[] = [];
  let left = resource === 'cpu' ? milliValue(was) : wholeValue(was);
  for (let count = 0; count < HALVINGS && left >= 1; count++) {
    left = Math.floor(left / 2);
    if (left === 0 && !whole) break;
    amounts.push(resource === 'cpu' ? `${left}m` : whole ? String(left) : inBytes(left));
  }
  return amounts;
}

const MEBI = 1024 * 1024;

function inBytes(bytes: number): string {
  if (bytes >= MEBI) return `${Math.floor(bytes / MEBI)}Mi`;
  return String(bytes);
}

function cordons(nodes: readonly NodeInfo[]): TrialChange[] {
  return nodes
    .filter(({ node }) => node.spec.unschedulable)
    .slice(0, CORDONED_NODES)
    .map(({ name }) => ({ kind: 'Uncordon', object: `nodes/${name}` }));
}

/** The node as it is once it takes new Pods again. */
export function uncordoned({ spec, ...node }: NodeInfo['node']): NodeInfo['node'] {
  const { unschedulable: _, ...others } = spec;
  return { ...node, spec: { ...others, taints: (spec.taints ?? []).filter(({ key }) => key !== UNSCHEDULABLE_TAINT) } };
}

/** The Pod with a change of its manifest. Several are made in one go, so that places in lists stay what they were. */
export function changedPod(pod: Pod, changes: readonly TrialChange[]): Pod {
  let changed = pod as unknown as Json;
  for (const change of changes) {
    const { path, value } = change;
    if (path === undefined) continue;
    changed = replaced(changed, change.kind === 'Tolerate' ? atEnd(changed, path) : path, value);
    const other = otherAmount(path);
    if (other && valueAt(changed, other) !== undefined) changed = replaced(changed, other, value);
  }
  return withoutHoles(changed) as unknown as Pod;
}

/** An item's place in a list, moved to the end of the list as it is now. */
function atEnd(pod: Json, path: FieldPath): FieldPath {
  const list = valueAt(pod, path.slice(0, -1));
  return [...path.slice(0, -1), Array.isArray(list) ? list.length : 0];
}

/** Requests and limits of a resource go together. */
function otherAmount(path: FieldPath): FieldPath | undefined {
  const at = path.indexOf('resources');
  return at < 0 ? undefined : path.with(at + 1, path[at + 1] === 'limits' ? 'requests' : 'limits');
}

function valueAt(from: Json | undefined, path: FieldPath): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => (value as Record<string, Json> | undefined)?.[step], from);
}

/** A list's item goes by becoming a hole, for the same reason. */
const HOLE = null;

function replaced(from: Json | undefined, [step, ...rest]: FieldPath, value: Json | undefined): Json {
  if (step === undefined) return value ?? HOLE;
  if (typeof step === 'number') {
    const list = Array.isArray(from) ? [...from] : [];
    list[step] = replaced(list[step], rest, value);
    return list;
  }
  const map = { ...(from as Record<string, Json> | undefined) };
  if (rest.length === 0 && value === undefined) delete map[step];
  else map[step] = replaced(map[step], rest, value);
  return map;
}

/** The lists of the Pod without the holes. */
function withoutHoles(pod: Json): Json {
  const { spec, ...others } = pod as Record<string, Record<string, Json>>;
  const lists = Object.entries(spec!).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.filter((item) => item !== HOLE) : value,
  ]);
  const cleaned = Object.fromEntries(lists) as { affinity?: Record<string, Record<string, Json>> };
  if (cleaned.affinity) cleaned.affinity = withoutHolesIn(cleaned.affinity);
  return { ...others, spec: cleaned as Json };
}

function withoutHolesIn(affinity: Record<string, Record<string, Json>>): Record<string, Record<string, Json>> {
  const clean = (terms: Json): Json => (Array.isArray(terms) ? terms.filter((term) => term !== HOLE) : terms);
  return Object.fromEntries(
    Object.entries(affinity).map(([which, kinds]) => [
      which,
      Object.fromEntries(Object.entries(kinds).map(([kind, terms]) => [kind, clean(terms)])),
    ]),
  );
}
