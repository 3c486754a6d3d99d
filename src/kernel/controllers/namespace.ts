import type { ApiObject, Namespace, Pod, ResourceName } from '../../api/objects';
import { RESOURCES } from '../../api/schema/tables';
import { ApiError, isRefusal } from '../../api/status';
import { parseTime } from '../../api/time';
import { Controller, type ControllerParts } from '../machinery/controller';
import { isPodTerminal } from './pods';

type Condition = NonNullable<Namespace['status']['conditions']>[number];

/** What is left in a namespace after everything in it was deleted. */
interface Remains {
  /** How many of each resource. */
  readonly counts: Map<string, number>;
  /** How many hold on to each finalizer. */
  readonly finalizers: Map<string, number>;
  /** Seconds until what remains may be gone; 0 where that is over. */
  estimateSeconds: number;
  /** What could not be deleted, or should have been gone. */
  readonly errors: string[];
}

/** Caches get time to see the end of the namespace before its content goes. */
const GRACE_MS = 5000;
/** Whoever has put a finalizer somewhere is given so long. */
const FINALIZER_SECONDS = 15;
const LONGEST_RETRY_MS = 60_000;
const FINALIZER = 'kubernetes';

/** Empties namespaces that are deleted, Pods first. Models pkg/controller/namespace. */
export class NamespaceController extends Controller {
  /** What a namespace may hold and this cluster serves, Pods first. */
  readonly #resources: readonly ResourceName[];

  constructor(parts: ControllerParts) {
    super('namespace-controller', parts, {}, LONGEST_RETRY_MS);
    this.#resources = namespacedResources(parts);
    parts.informers.on('namespaces', (event) => {
      if (event.type === 'DELETED' || !event.object.metadata.deletionTimestamp) return;
      this.noteCause(event.key, event);
      this.enqueueAfter(event.key, GRACE_MS);
    });
  }

  protected override reconcile(name: string): void {
    const namespace = this.parts.informers.byKey('namespaces', name);
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes(FINALIZER)) return;
    const remains = this.#empty(namespace);
    this.#writeConditions(name, remains);
    if (remains.errors.length > 0) throw new ApiError(500, 'InternalError', remains.errors[0]!);
    if (remains.estimateSeconds === 0) return this.#finalize(name);
    this.enqueueAfter(name, (Math.floor(remains.estimateSeconds / 2) + 1) * 1000);
  }

  /** Deletes all content; where Pods remain, the rest waits for them. Models deleteAllContent. */
  #empty(namespace: Namespace): Remains {
    const remains: Remains = { counts: new Map(), finalizers: new Map(), estimateSeconds: 0, errors: [] };
    const custom = this.parts.client.customResources() as ResourceName[];
    for (const resource of [...this.#resources, ...custom]) {
      this.#deleteAll(resource, namespace, remains);
      if (resource === 'pods' && remains.counts.size > 0) break;
    }
    return remains;
  }

  /** Models deleteAllContentForGroupVersionResource. */
  #deleteAll(resource: ResourceName, { metadata }: Namespace, remains: Remains): void {
    const graceSeconds = resource === 'pods' ? this.#graceSeconds(metadata) : 0;
    const refusal = this.#deleteCollection(resource, metadata.name);
    if (refusal !== undefined) return void remains.errors.push(refusal);
    const left: readonly ApiObject[] = this.parts.client.list(resource, metadata.name);
    if (left.length === 0) return;
    remains.counts.set(nameOf(resource), left.length);
    const holders = left.flatMap((object) => object.metadata.finalizers ?? []);
    for (const one of holders) remains.finalizers.set(one, (remains.finalizers.get(one) ?? 0) + 1);
    const seconds = graceSeconds === 0 && holders.length > 0 ? FINALIZER_SECONDS : graceSeconds;
    remains.estimateSeconds = Math.max(remains.estimateSeconds, seconds);
    if (seconds === 0) remains.errors.push(unexpected(resource, metadata.name, left[0]!));
  }

  /** Deletes all of a resource. Returns why the first that was not deleted was not. */
  #deleteCollection(resource: ResourceName, namespace: string): string | undefined {
    const { client } = this.parts;
    let refusal: string | undefined;
    for (const { metadata } of client.list(resource, namespace)) {
      try {
        client.remove(resource, namespace, metadata.name, { propagationPolicy: 'Background' });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.reason !== 'NotFound') refusal ??= error.message;
      }
    }
    return refusal;
  }

  /** How long Pods that run may take, counted from the end of the namespace. Models estimateGracefulTermination. */
  #graceSeconds({ name, deletionTimestamp }: Namespace['metadata']): number {
    const { client, clock } = this.parts;
    const seconds = Math.max(0, ...client.list('pods', name).map(graceOf));
    return clock.epochNowMs - parseTime(deletionTimestamp!) >= seconds * 1000 ? 0 : seconds;
  }

  #writeConditions(name: string, remains: Remains): void {
    const time = this.parts.clock.time;
    this.#change(name, 'status', (namespace) => {
      const conditions = conditionsAfter(namespace.status.conditions ?? [], remains, time);
      if (conditions === namespace.status.conditions) return namespace;
      return { ...namespace, status: { ...namespace.status, conditions } };
    });
  }

  #finalize(name: string): void {
    this.#change(name, 'finalize', (namespace) => {
      const finalizers = (namespace.spec.finalizers ?? []).filter((one) => one !== FINALIZER);
      return { ...namespace, spec: { ...namespace.spec, finalizers } };
    });
  }

  #change(name: string, subresource: 'status' | 'finalize', how: (namespace: Namespace) => Namespace): void {
    try {
      this.parts.client.patch('namespaces', '', name, how, subresource);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

/** Models estimateGracefulTerminationForPods. */
function graceOf(pod: Pod): number {
  return isPodTerminal(pod) ? 0 : (pod.spec.terminationGracePeriodSeconds ?? 0);
}

const groups = new Map(RESOURCES.map((row) => [row.resource, row.group]));

/** `pods.` and `deployments.apps`: resource and group, as the conditions name them; custom ones are called so anyway. */
const nameOf = (resource: string): string =>
  resource.includes('.') ? resource : `${resource}.${groups.get(resource) ?? ''}`;

function unexpected(resource: string, namespace: string, { apiVersion }: ApiObject): string {
  const of = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const where = `in namespace: ${namespace} for gvr: ${of}, Resource=${resource.split('.')[0]}`;
  return `unexpected items still remain ${where}`;
}

function namespacedResources(parts: ControllerParts): ResourceName[] {
  const names = RESOURCES.filter((row) => row.namespaced && row.verbs.includes('deletecollection')).map(
    (row) => row.resource,
  );
  const watched = Object.keys(parts.informers.options.resources);
  const served = [...new Set(names)].filter((name) => watched.includes(name) || name === 'events');
  return ['pods', ...served.filter((name) => name !== 'pods')] as ResourceName[];
}

const byText = (left: [string, number], right: [string, number]): number => (left[0] < right[0] ? -1 : 1);

/** Models namespaced_resources_deleter conditionUpdater: all five, once content was looked at. */
function conditionsAfter(known: Condition[], remains: Remains, time: string): Condition[] {
  const counts = [...remains.counts].sort(byText).map(([name, count]) => `${name} has ${count} resource instances`);
  const finalizers = [...remains.finalizers]
    .sort(byText)
    .map(([name, count]) => `${name} in ${count} resource instances`);
  const wanted: readonly [type: string, status: 'True' | 'False', reason: string, message: string][] = [
    ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    remains.errors.length > 0
      ? ['NamespaceDeletionContentFailure', 'True', 'ContentDeletionFailed', failureText(remains.errors)]
      : [
          'NamespaceDeletionContentFailure',
          'False',
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ],
    counts.length > 0
      ? [
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${counts.join(', ')}`,
        ]
      : ['NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'],
    finalizers.length > 0
      ? [
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`,
        ]
      : [
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ],
  ];
  let conditions = known;
  for (const [type, status, reason, message] of wanted) {
    const before = conditions.find((condition) => condition.type === type);
    if (before?.status === status && before.reason === reason && before.message === message) continue;
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : time;
    const after = { type, status, ...(lastTransitionTime ? { lastTransitionTime } : {}), reason, message };
    conditions = before ? conditions.map((one) => (one === before ? after : one)) : [...conditions, after];
  }
  return conditions;
}

const failureText = (errors: readonly string[]): string =>
  `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`;
