import { isMap, type JsonMap } from '../../api/json';
import { machineOf, manifestsOf } from '../../api/manifests';
import type { Json } from '../../api/objects';
import { labelFaults, labelValueFaults, qualifiedNameFaults } from '../../kernel/apiserver/validation/names';
import { withDrivers, type MovedClass } from './drivers';
import { missingIn } from './missing';
import { identityOf, keyOf, list, map, nameOf, namespaceOf, text } from './parts';

/** Settles what a cluster has said of itself: what of it opens here, and what must be told of the rest. */

/** What opens of a dump. */
export interface Dump {
  /** Nodes as their kubelets register them. */
  readonly machines: JsonMap[];
  /** They are there from the start, and so is what they bring, such as their ServiceAccounts. */
  readonly namespaces: JsonMap[];
  /** Definitions of custom resources: the rest cannot be looked up before they are there. */
  readonly definitions: JsonMap[];
  /** The rest, in an order in which it can be applied. */
  readonly manifests: JsonMap[];
  readonly told: Told;
}

/** What is otherwise than in the cluster that was dumped, as `KIND NAMESPACE/NAME`. */
export interface Told {
  readonly left: Readonly<Record<LeftOut, string[]>>;
  /** What has lost its owner, as that is not in the dump, or has no controller here. */
  readonly alone: string[];
  /** What others refer to and was not in the dump. */
  readonly added: string[];
  /** Classes whose volumes another driver makes here. */
  readonly moved: MovedClass[];
  /** Nodes that were not ready; here they are. */
  readonly mended: string[];
}

/** Why an object stays out, in the order in which it is asked. */
const LEFT_OUT = {
  twice: (object, { seen }) => seen.has(identityOf(object)),
  deleted: ({ metadata }) => 'deletionTimestamp' in map(metadata),
  ended: (object) => hasEnded(object),
  unanswered: ({ kind, spec }) =>
    /^(Mutating|Validating)WebhookConfiguration$/.test(text(kind)) ||
    (kind === 'APIService' && isMap(map(spec)['service'])),
} satisfies Record<string, (object: JsonMap, picture: Picture) => boolean>;
export type LeftOut = keyof typeof LEFT_OUT;

interface Picture {
  /** All objects by identity. */
  readonly all: ReadonlyMap<string, JsonMap>;
  /** Identities of the objects that came before. */
  readonly seen: Set<string>;
}

/** Owners whose controllers make again what they own. */
const MAKERS = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Node',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'Service',
  'StatefulSet',
]);

export function settleDump(objects: readonly JsonMap[]): Dump {
  const told: Told = {
    left: { twice: [], deleted: [], ended: [], unanswered: [] },
    alone: [],
    added: [],
    moved: [],
    mended: [],
  };
  const picture: Picture = { all: new Map(objects.map((object) => [identityOf(object), object])), seen: new Set() };
  const kept = objects.flatMap((object) => keptOf(object, picture, told));
  const machines = kept.filter(({ kind }) => kind === 'Node');
  told.mended.push(...machines.filter((node) => !isReady(node)).map(nameOf));
  const { manifests, moved } = withDrivers(manifestsOf(kept));
  told.moved.push(...moved);
  const added = missingIn(manifests, picture.all);
  told.added.push(...added.map(keyOf));
  const all = manifestsOf([...added, ...manifests]);
  const namespaces = all.filter(isPlainNamespace);
  const definitions = all.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const first = new Set([...namespaces, ...definitions]);
  return {
    machines: machines.map(machineOf),
    namespaces,
    definitions,
    manifests: all.filter((manifest) => !first.has(manifest)),
    told,
  };
}

/** The object, if it comes along; without its owners where nobody makes it again. */
function keptOf(object: JsonMap, picture: Picture, told: Told): JsonMap[] {
  const owner = list(map(object['metadata'])['ownerReferences']).find(({ controller }) => controller === true);
  const made = owner !== undefined && isMadeBy(object, owner, picture);
  if (made) return [];
  const reasons = Object.keys(LEFT_OUT) as LeftOut[];
  const reason = reasons.find((one) => LEFT_OUT[one](object, picture));
  picture.seen.add(identityOf(object));
  if (reason !== undefined) {
    if (manifestsOf([object]).length > 0 || object['kind'] === 'Node') told.left[reason].push(keyOf(object));
    return [];
  }
  if (!owner) return [object];
  const { ownerReferences: _gone, ...metadata } = map(object['metadata']);
  const free = { ...object, metadata };
  if (manifestsOf([free]).length > 0) told.alone.push(keyOf(object));
  return [free];
}

/** Whether the owner is in the dump, is the one that is meant, and is of a kind that makes again what it owns. */
function isMadeBy(object: JsonMap, owner: JsonMap, { all }: Picture): boolean {
  const kind = text(owner['kind']);
  if (kind === 'Node') return true;
  if (!MAKERS.has(kind)) return false;
  const metadata = { name: text(owner['name']), namespace: namespaceOf(object) };
  const there = all.get(identityOf({ apiVersion: text(owner['apiVersion']), kind, metadata }));
  if (!there) return false;
  const uid = map(there['metadata'])['uid'];
  return uid === undefined || owner['uid'] === undefined || uid === owner['uid'];
}

/** Jobs and Pods that have ended would run again. */
function hasEnded({ kind, status }: JsonMap): boolean {
  if (kind === 'Pod') return /^(Succeeded|Failed)$/.test(text(map(status)['phase']));
  if (kind !== 'Job') return false;
  return list(map(status)['conditions']).some(
    ({ type, status: holds }) => /^(Complete|Failed)$/.test(text(type)) && holds === 'True',
  );
}

/** A Node of which nothing is said is as good as any. */
function isReady({ status }: JsonMap): boolean {
  const ready = list(map(status)['conditions']).find(({ type }) => type === 'Ready');
  return ready === undefined || ready['status'] === 'True';
}

/** What a cluster begins with is not looked over again; a strange Namespace is applied, and refused, like anything else. */
function isPlainNamespace(object: JsonMap): boolean {
  if (object['kind'] !== 'Namespace' || labelFaults(nameOf(object)).length > 0) return false;
  const { labels, annotations } = map(object['metadata']);
  const texts = (values: Json | undefined): boolean =>
    Object.values(map(values)).every((one) => typeof one === 'string');
  return (
    [...Object.keys(map(labels)), ...Object.keys(map(annotations))].every(
      (key) => qualifiedNameFaults(key).length === 0,
    ) &&
    Object.values(map(labels)).every((value) => typeof value === 'string' && labelValueFaults(value).length === 0) &&
    texts(annotations)
  );
}
