import { equalJson } from '../../api/json';
import {
  controllerOf,
  controllerReference,
  type ApiObject,
  type Draft,
  type LabelSelector,
  type OwnerReference,
  type Pod,
  type PodTemplate,
  type ResourceName,
  type ResourceTypes,
} from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import { selectorMatches } from '../../api/selectors';
import type { ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';

/** Whether a create was refused because its namespace is going away, which is nobody's fault. */
export function isNamespaceTerminating(error: ApiError): boolean {
  return error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
}

/** The Pod a template stands for. Models pkg/controller/controller_utils.go GetPodFromTemplate. */
export function podFromTemplate(template: PodTemplate, owner: ApiObject, generateName?: string): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: generateName ?? podPrefix(owner.metadata.name),
      ...(owner.metadata.namespace ? { namespace: owner.metadata.namespace } : {}),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec as Pod['spec'],
  };
}

/** The start of the names of an owner's Pods; a name too long for it is used without the dash. */
function podPrefix(name: string): string {
  return name.length < 253 ? `${name}-` : name;
}

/**
 * Creates a Pod for its owner, as one act of a slow start; what it returns says so in an Event. Throws the refusal, of
 * which an Event tells already. That a namespace is going away is no fault. Models RealPodControl.createPods.
 */
export function createPod(
  parts: ControllerParts,
  owner: ApiObject,
  draft: Draft<Pod>,
  created: (pod: Pod) => void,
): (() => void) | undefined {
  try {
    const pod = parts.client.create('pods', draft);
    created(pod);
    const message = `Created pod: ${pod.metadata.name}`;
    return () => parts.recorder.event(subjectOf(owner), 'Normal', 'SuccessfulCreate', message);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isNamespaceTerminating(error)) return undefined;
    parts.recorder.event(subjectOf(owner), 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    throw error;
  }
}

/** Deletes an owner's Pod and says so in an Event; a Pod that is gone already is no fault. Models RealPodControl.DeletePod. */
export function deletePod(parts: ControllerParts, owner: ApiObject, pod: Pod): void {
  const { namespace = '', name } = pod.metadata;
  try {
    parts.client.remove('pods', namespace, name);
    parts.recorder.event(subjectOf(owner), 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return;
    if (error instanceof ApiError) {
      parts.recorder.event(subjectOf(owner), 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
    }
    throw error;
  }
}

/** Writes the status of what owns Pods, where it says something new; an owner that is gone is no fault. */
export function writeOwnStatus<R extends 'replicasets' | 'replicationcontrollers' | 'statefulsets' | 'daemonsets'>(
  parts: ControllerParts,
  resource: R,
  owner: ResourceTypes[R],
  status: ResourceTypes[R]['status'],
): void {
  if (equalJson(status, owner.status)) return;
  const { uid } = owner.metadata;
  change(
    parts,
    resource,
    owner,
    (current) => (current.metadata.uid === uid ? { ...current, status } : current),
    'status',
  );
}

type Owned = 'pods' | 'replicasets' | 'controllerrevisions';

/** What else decides which objects an owner claims. */
export interface ClaimRules {
  /** Taken on when an object is adopted, taken away when it is let go. */
  readonly finalizer?: string;
  /** Whether an object that the selector matches may be the owner's. */
  readonly isMember?: (object: ApiObject) => boolean;
}

/**
 * The objects of a resource that an owner controls: those it has, less those that stopped matching (they are let
 * go), and orphans that match (they are adopted). Models pkg/controller/controller_ref_manager.go ClaimObject.
 */
export function claim<R extends Owned>(
  parts: ControllerParts,
  resource: R,
  owner: ApiObject,
  selector: LabelSelector | undefined,
  { finalizer, isMember = () => true }: ClaimRules = {},
): ResourceTypes[R][] {
  const { informers } = parts;
  const mine: ResourceTypes[R][] = [];
  const belongs = (object: ApiObject): boolean => selectorMatches(selector, object.metadata.labels) && isMember(object);
  for (const object of informers.by(resource, 'controller', owner.metadata.uid)) {
    if (belongs(object)) mine.push(object);
    else if (!owner.metadata.deletionTimestamp) release(parts, resource, object, owner, finalizer);
  }
  if (owner.metadata.deletionTimestamp) return mine;
  for (const object of informers.by(resource, 'orphan', owner.metadata.namespace ?? '')) {
    if (object.metadata.deletionTimestamp || !belongs(object)) continue;
    const adopted = adopt(parts, resource, object, owner, finalizer);
    if (adopted) mine.push(adopted);
  }
  return mine;
}

/** The resource of an owner that may adopt; asked for the owner itself, not for its picture in the cache. */
const OWNERS: Record<string, ResourceName> = {
  ReplicaSet: 'replicasets',
  ReplicationController: 'replicationcontrollers',
  Deployment: 'deployments',
  Job: 'jobs',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

function mayAdopt(parts: ControllerParts, owner: ApiObject): boolean {
  const { namespace = '', name, uid } = owner.metadata;
  const fresh = parts.client.get(OWNERS[owner.kind]!, namespace, name);
  return fresh !== undefined && fresh.metadata.uid === uid && !fresh.metadata.deletionTimestamp;
}

function adopt<R extends Owned>(
  parts: ControllerParts,
  resource: R,
  object: ResourceTypes[R],
  owner: ApiObject,
  finalizer: string | undefined,
): ResourceTypes[R] | undefined {
  if (!mayAdopt(parts, owner)) return undefined;
  const { uid } = object.metadata;
  const reference = controllerReference(owner);
  return change(parts, resource, object, (current) => {
    if (current.metadata.uid !== uid || controllerOf(current)) return current;
    const owners = [...(current.metadata.ownerReferences ?? []), reference];
    return withFinalizer(withOwners(current, owners), finalizer, true);
  });
}

function release<R extends Owned>(
  parts: ControllerParts,
  resource: R,
  object: ResourceTypes[R],
  owner: ApiObject,
  finalizer: string | undefined,
): void {
  const { uid } = owner.metadata;
  change(parts, resource, object, (current) => {
    const others = (current.metadata.ownerReferences ?? []).filter((one) => one.uid !== uid);
    return withFinalizer(withOwners(current, others), finalizer, false);
  });
}

/** Writes a change of an object; one that is gone is no fault. */
function change<R extends ResourceName>(
  parts: ControllerParts,
  resource: R,
  object: ResourceTypes[R],
  how: (current: ResourceTypes[R]) => ResourceTypes[R],
  subresource?: 'status',
): ResourceTypes[R] | undefined {
  try {
    return parts.client.patch(resource, object.metadata.namespace ?? '', object.metadata.name, how, subresource);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The object with these owners; without any, the field goes. */
export function withOwners<T extends ApiObject>(object: T, owners: OwnerReference[]): T {
  const { ownerReferences: _, ...metadata } = object.metadata;
  return { ...object, metadata: owners.length > 0 ? { ...metadata, ownerReferences: owners } : metadata };
}

/** The object with or without a finalizer; the same object where nothing changes. */
export function withFinalizer<T extends ApiObject>(object: T, finalizer: string | undefined, wanted: boolean): T {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizer === undefined || finalizers.includes(finalizer) === wanted) return object;
  const rest = wanted ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer);
  const { finalizers: _, ...metadata } = object.metadata;
  return { ...object, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
}
