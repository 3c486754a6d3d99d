import type { ApiObject, OwnerReference, ResourceName } from '../../api/objects';
import { keyOf, splitKey } from '../../api/objects';
import { RESOURCES } from '../../api/schema/tables';
import { isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { StoreEvent } from '../store/event';
import { withFinalizer, withOwners } from './pod-control';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
const ORPHANING_MS = 20;

/** How an object stands to its owners. */
interface Owners {
  readonly solid: OwnerReference[];
  /** Owners that are gone. */
  readonly dangling: OwnerReference[];
  /** Owners that wait, in the foreground, for their dependents to go. */
  readonly waiting: OwnerReference[];
}

/** Deletes what lost its owners, and carries out the three ways of deletion. Models pkg/controller/garbagecollector. */
export class GarbageCollector extends Controller {
  readonly #resources: readonly ResourceName[];
  /** Resource by `apiVersion/kind`. */
  readonly #kinds = new Map<string, ResourceName>();
  readonly #namespaced = new Map<string, boolean>();

  constructor(parts: ControllerParts) {
    super('generic-garbage-collector', parts, {});
    const watched = parts.informers.options.resources;
    this.#resources = (Object.keys(watched) as ResourceName[]).filter((one) => watched[one]?.includes('owner'));
    for (const row of RESOURCES) {
      const resource = row.resource as ResourceName;
      if (!(resource in watched)) continue;
      this.#kinds.set(`${row.group ? `${row.group}/` : ''}${row.version}/${row.kind}`, resource);
      this.#namespaced.set(resource, row.namespaced);
    }
    for (const resource of Object.keys(watched) as ResourceName[]) {
      if (resource !== 'events' && resource !== 'leases') parts.informers.on(resource, (event) => this.#onEvent(event));
    }
  }

  /** Models the graph builder: which objects need a look after an event. */
  #onEvent(event: StoreEvent): void {
    const { object, previous } = event;
    if (event.type === 'DELETED') {
      this.#wakeDependents(object, event);
      this.#wakeWaitingOwners(object, event);
      return;
    }
    const { ownerReferences, deletionTimestamp, finalizers } = object.metadata;
    const started = deletionTimestamp !== undefined && previous?.metadata.finalizers !== finalizers;
    if (started && (finalizers?.includes(FOREGROUND) || finalizers?.includes(ORPHAN)))
      this.enqueue(nodeKey(event), event);
    if (ownerReferences === previous?.metadata.ownerReferences) return;
    const doubtful = ownerReferences?.filter((owner) => this.#seen(owner, object) !== 'solid') ?? [];
    for (const owner of doubtful) if (this.#livesElsewhere(owner, object)) this.#sayInvalid(owner, object);
    if (doubtful.length > 0) this.enqueue(nodeKey(event), event);
    if (previous) this.#wakeWaitingOwners(previous, event);
  }

  #wakeDependents(owner: ApiObject, event: StoreEvent): void {
    for (const [resource, dependent] of this.#dependents(owner)) {
      this.enqueue(`${resource}|${keyOf(dependent.metadata.namespace, dependent.metadata.name)}`, event);
    }
  }

  #wakeWaitingOwners(dependent: ApiObject, event: StoreEvent): void {
    for (const owner of dependent.metadata.ownerReferences ?? []) {
      const resource = this.#kinds.get(`${owner.apiVersion}/${owner.kind}`);
      if (!resource) continue;
      const key = keyOf(this.#namespaceFor(resource, dependent), owner.name);
      const found = this.parts.informers.byKey(resource, key);
      if (found?.metadata.finalizers?.includes(FOREGROUND)) this.enqueue(`${resource}|${key}`, event);
    }
  }

  *#dependents(owner: ApiObject): Generator<[ResourceName, ApiObject]> {
    for (const resource of this.#resources) {
      for (const object of this.parts.informers.by(resource, 'owner', owner.metadata.uid)) yield [resource, object];
    }
  }

  #namespaceFor(resource: ResourceName, dependent: ApiObject): string {
    return this.#namespaced.get(resource) ? (dependent.metadata.namespace ?? '') : '';
  }

  /** How an owner looks in the cache; `absent` calls for a closer look. */
  #seen(owner: OwnerReference, dependent: ApiObject): 'solid' | 'waiting' | 'absent' {
    const resource = this.#kinds.get(`${owner.apiVersion}/${owner.kind}`);
    if (!resource) return 'solid';
    const found = this.parts.informers.get(resource, this.#namespaceFor(resource, dependent), owner.name);
    if (found?.metadata.uid !== owner.uid) return 'absent';
    return isWaiting(found) ? 'waiting' : 'solid';
  }

  /** Whether an owner is there, but in another namespace, where it can own nothing of this one. */
  #livesElsewhere(owner: OwnerReference, { metadata: { namespace = '' } }: ApiObject): boolean {
    const resource = this.#kinds.get(`${owner.apiVersion}/${owner.kind}`);
    if (!resource || !this.#namespaced.get(resource)) return false;
    for (const { metadata } of this.parts.informers.all(resource)) {
      if (metadata.uid === owner.uid && metadata.namespace !== namespace) return true;
    }
    return false;
  }

  /** Models reportInvalidNamespaceOwnerRef. */
  #sayInvalid({ apiVersion, kind, name, uid }: OwnerReference, dependent: ApiObject): void {
    const { namespace = '' } = dependent.metadata;
    const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    const message = `ownerRef ${owner} does not exist in namespace "${namespace}"`;
    this.parts.recorder.event(subjectOf(dependent), 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  protected override reconcile(key: string): void {
    const bar = key.indexOf('|');
    const resource = key.slice(0, bar) as ResourceName;
    const { namespace, name } = splitKey(key.slice(bar + 1));
    const object = this.parts.client.get(resource, namespace, name) as ApiObject | undefined;
    if (!object) return;
    const { deletionTimestamp, finalizers } = object.metadata;
    if (deletionTimestamp && finalizers?.includes(ORPHAN)) return this.#orphanDependents(resource, object);
    if (deletionTimestamp && finalizers?.includes(FOREGROUND)) return this.#deleteDependents(resource, object);
    if (!deletionTimestamp) this.#attemptToDelete(resource, object);
  }

  /** Models attemptToOrphanWorker. The owner goes a moment after its dependents were seen to be free. */
  #orphanDependents(resource: ResourceName, owner: ApiObject): void {
    const dependents = [...this.#dependents(owner)];
    for (const [kind, dependent] of dependents) this.#dropOwners(kind, dependent, [owner.metadata.uid]);
    if (dependents.length === 0) return this.#dropFinalizer(resource, owner, ORPHAN);
    this.enqueueAfter(`${resource}|${keyOf(owner.metadata.namespace, owner.metadata.name)}`, ORPHANING_MS);
  }

  /** Models processDeletingDependentsItem: an owner in the foreground goes when nothing blocks it. */
  #deleteDependents(resource: ResourceName, owner: ApiObject): void {
    const dependents = [...this.#dependents(owner)];
    const blocking = dependents.filter(([, dependent]) =>
      dependent.metadata.ownerReferences?.some(
        (one) => one.uid === owner.metadata.uid && one.blockOwnerDeletion === true,
      ),
    );
    if (blocking.length === 0) return this.#dropFinalizer(resource, owner, FOREGROUND);
    for (const [kind, { metadata }] of blocking) {
      if (!metadata.deletionTimestamp) this.enqueue(`${kind}|${keyOf(metadata.namespace, metadata.name)}`);
    }
  }

  /** Models attemptToDeleteItem. What is in no namespace cannot be owned by what is in one: such an object stays. */
  #attemptToDelete(resource: ResourceName, object: ApiObject): void {
    if (!object.metadata.namespace && this.#hasNamespacedOwner(object)) return;
    const owners = this.#classify(object);
    const { solid, dangling, waiting } = owners;
    if (solid.length + dangling.length + waiting.length === 0) return;
    if (solid.length > 0) {
      const lost = [...dangling, ...waiting].map((owner) => owner.uid);
      if (lost.length > 0) this.#dropOwners(resource, object, lost);
      return;
    }
    if (waiting.length > 0 && [...this.#dependents(object)].length > 0) {
      return this.#remove(resource, object, 'Foreground');
    }
    const { finalizers = [] } = object.metadata;
    const policy = finalizers.includes(ORPHAN)
      ? 'Orphan'
      : finalizers.includes(FOREGROUND)
        ? 'Foreground'
        : 'Background';
    this.#remove(resource, object, policy);
  }

  #hasNamespacedOwner({ metadata }: ApiObject): boolean {
    return (metadata.ownerReferences ?? []).some(({ apiVersion, kind }) => {
      const resource = this.#kinds.get(`${apiVersion}/${kind}`);
      return resource !== undefined && this.#namespaced.get(resource) === true;
    });
  }

  #classify(object: ApiObject): Owners {
    const owners: Owners = { solid: [], dangling: [], waiting: [] };
    for (const owner of object.metadata.ownerReferences ?? []) {
      const resource = this.#kinds.get(`${owner.apiVersion}/${owner.kind}`);
      if (!resource) {
        owners.solid.push(owner);
        continue;
      }
      const found = this.parts.client.get(resource, this.#namespaceFor(resource, object), owner.name) as
        ApiObject | undefined;
      if (found?.metadata.uid !== owner.uid) owners.dangling.push(owner);
      else if (isWaiting(found)) owners.waiting.push(owner);
      else owners.solid.push(owner);
    }
    return owners;
  }

  #remove(resource: ResourceName, object: ApiObject, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): void {
    const { namespace = '', name, uid, resourceVersion } = object.metadata;
    try {
      this.parts.client.remove(resource, namespace, name, { uid, resourceVersion, propagationPolicy });
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  #dropOwners(resource: ResourceName, object: ApiObject, uids: readonly string[]): void {
    this.#change(resource, object, (current) => {
      const owners = current.metadata.ownerReferences ?? [];
      const left = owners.filter((owner) => !uids.includes(owner.uid));
      return left.length === owners.length ? current : withOwners(current, left);
    });
  }

  #dropFinalizer(resource: ResourceName, object: ApiObject, finalizer: string): void {
    this.#change(resource, object, (current) => withFinalizer(current, finalizer, false));
  }

  #change(resource: ResourceName, object: ApiObject, how: <T extends ApiObject>(current: T) => T): void {
    const { namespace = '', name, uid } = object.metadata;
    try {
      this.parts.client.patch(resource, namespace, name, (current) =>
        current.metadata.uid === uid ? how(current) : current,
      );
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

const nodeKey = (event: StoreEvent): string => `${event.resource}|${event.key}`;

function isWaiting(object: ApiObject): boolean {
  const { deletionTimestamp, finalizers } = object.metadata;
  return deletionTimestamp !== undefined && (finalizers?.includes(FOREGROUND) ?? false);
}
