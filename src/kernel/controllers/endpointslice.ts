import {
  controllerReference,
  objectKey,
  type EndpointSlice,
  type ObjectMeta,
  type Pod,
  type Service,
} from '../../api/objects';
import { equalJson } from '../../api/json';
import { labelsInclude } from '../../api/selectors';
import { isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { conditionOf } from '../../api/conditions';
import type { StoreEvent } from '../store/event';
import {
  endpointChanged,
  portsKey,
  sameEndpoint,
  wantedEndpoints,
  type Endpoint,
  type EndpointPort,
  type PortGroup,
} from './endpoints';

/** The moments (RFC 3339) that made a Service's endpoints change: of its creation, and of its Pods' readiness. */
interface Triggers {
  service: string;
  pods: Map<string, string>;
}

interface EndpointSliceExtra {
  /** The revision of the last slice written, by Service: older pictures of slices are not acted upon. */
  written: Map<string, number>;
  triggers: Map<string, Triggers>;
  /** When slices were last written, by Service. */
  wroteMs: Map<string, number>;
}

const MANAGER = 'endpointslice-controller.k8s.io';
const MANAGER_LABEL = 'endpointslice.kubernetes.io/managed-by';
const SERVICE_LABEL = 'kubernetes.io/service-name';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';
const TRIGGER_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
const MAX_ENDPOINTS = 100;
const STALE_RETRY_MS = 10;
/** A client is allowed 20 requests a second: what changes meanwhile is written at once. */
const PAUSE_MS = 50;

/** A slice as it should be: one that exists with other endpoints, or a new one. */
interface Plan {
  readonly slice: EndpointSlice | undefined;
  readonly ports: readonly EndpointPort[];
  endpoints: Endpoint[];
}

/** Lists the addresses behind each Service. Models pkg/controller/endpointslice. */
export class EndpointSliceController extends Controller<EndpointSliceExtra> {
  constructor(parts: ControllerParts) {
    super('endpointslice-controller', parts, { written: new Map(), triggers: new Map(), wroteMs: new Map() });
    parts.informers.on('services', (event) => this.enqueue(event.key, event));
    parts.informers.on('pods', (event) => this.#onPod(event));
    parts.informers.on('endpointslices', (event) => this.#onSlice(event));
  }

  #onPod(event: StoreEvent<Pod>): void {
    const { object: pod, previous } = event;
    if (event.type !== 'DELETED' && previous && !endpointChanged(previous, pod)) return;
    for (const service of this.parts.informers.by('services', 'namespace', pod.metadata.namespace ?? '')) {
      const { selector } = service.spec;
      if (!selector) continue;
      const selected =
        labelsInclude(pod.metadata.labels, selector) || labelsInclude(previous?.metadata.labels, selector);
      if (selected) this.#wake(objectKey(service), event);
    }
  }

  #wake(key: string, event: StoreEvent): void {
    const waitMs = (this.state.wroteMs.get(key) ?? -Infinity) + PAUSE_MS - this.parts.clock.nowMs;
    if (waitMs <= 0) return this.enqueue(key, event);
    this.noteCause(key, event);
    this.enqueueAfter(key, waitMs);
  }

  /** A slice that somebody else changed or deleted is put right. */
  #onSlice(event: StoreEvent<EndpointSlice>): void {
    const service = event.object.metadata.labels?.[SERVICE_LABEL];
    if (!service || event.object.metadata.labels?.[MANAGER_LABEL] !== MANAGER) return;
    const key = `${event.object.metadata.namespace}/${service}`;
    if (event.revision > (this.state.written.get(key) ?? 0)) this.enqueue(key, event);
  }

  protected override reconcile(key: string): void {
    const { informers } = this.parts;
    const service = informers.byKey('services', key);
    if (!service || service.metadata.deletionTimestamp) {
      this.state.written.delete(key);
      this.state.triggers.delete(key);
      this.state.wroteMs.delete(key);
      return;
    }
    const { selector, type } = service.spec;
    if (!selector || type === 'ExternalName') return;
    if (!informers.hasSeen('endpointslices', this.state.written.get(key) ?? 0)) {
      return this.enqueueAfter(key, STALE_RETRY_MS);
    }
    const namespace = service.metadata.namespace ?? '';
    const pods = informers
      .by('pods', 'namespace', namespace)
      .filter((pod) => labelsInclude(pod.metadata.labels, selector));
    const groups = wantedEndpoints(service, pods, (name) => informers.byKey('nodes', name));
    const trigger = this.#trigger(key, service, pods);
    const present = informers
      .by('endpointslices', 'service', key)
      .filter((slice) => slice.metadata.labels?.[MANAGER_LABEL] === MANAGER);
    this.#write(key, service, plansFor(present, groups), present, trigger);
  }

  /** Writes what differs; slices that nothing needs go, one of them staying as a place holder. */
  #write(
    key: string,
    service: Service,
    plans: readonly Plan[],
    present: readonly EndpointSlice[],
    trigger: string | undefined,
  ): void {
    const free = present.filter((slice) => !plans.some((plan) => plan.slice === slice));
    const full = plans.length > 0 ? plans : [{ slice: undefined, ports: [], endpoints: [] }];
    for (const plan of full) {
      const slice = plan.slice ?? free.shift();
      if (slice) this.#update(key, service, slice, plan, trigger);
      else this.#note(key, this.parts.client.create('endpointslices', newSlice(service, plan, trigger)));
    }
    for (const slice of free) this.#remove(slice);
  }

  #update(key: string, service: Service, slice: EndpointSlice, plan: Plan, trigger: string | undefined): void {
    const labels = labelsOf(service);
    const endpoints = orNull(plan.endpoints);
    const ports = orNull(plan.ports);
    if (
      isAsItWas({ ...plan, slice }) &&
      portsKey(slice.ports) === portsKey(ports) &&
      equalJson(slice.metadata.labels, labels)
    )
      return;
    const metadata = { ...withTrigger(slice.metadata, trigger), labels };
    this.#note(
      key,
      this.parts.client.update('endpointslices', { ...slice, metadata, endpoints, ports } as EndpointSlice),
    );
  }

  #note(key: string, slice: EndpointSlice): void {
    this.state.written.set(key, Number(slice.metadata.resourceVersion));
    this.state.wroteMs.set(key, this.parts.clock.nowMs);
  }

  #remove(slice: EndpointSlice): void {
    try {
      this.parts.client.remove('endpointslices', slice.metadata.namespace ?? '', slice.metadata.name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  /** The earliest moment among those that are new since the last time. Models TriggerTimeTracker. */
  #trigger(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    let known = this.state.triggers.get(key);
    if (!known) this.state.triggers.set(key, (known = { service: '', pods: new Map() }));
    const { creationTimestamp } = service.metadata;
    let first = creationTimestamp > known.service ? creationTimestamp : undefined;
    known.service = creationTimestamp;
    let counted = 0;
    for (const pod of pods) {
      const time = conditionOf(pod, 'Ready')?.lastTransitionTime;
      if (!time) continue;
      counted += 1;
      const before = known.pods.get(pod.metadata.name);
      if (time === before) continue;
      if (time > (before ?? '') && (first === undefined || time < first)) first = time;
      known.pods.set(pod.metadata.name, time);
    }
    if (known.pods.size > counted) forgetGone(known.pods, pods);
    return first;
  }
}

function forgetGone(times: Map<string, string>, pods: readonly Pod[]): void {
  const names = new Set(pods.map((pod) => pod.metadata.name));
  for (const name of times.keys()) if (!names.has(name)) times.delete(name);
}

/** The metadata with the moment of the change; without one, the annotation goes. */
function withTrigger(metadata: ObjectMeta, trigger: string | undefined): ObjectMeta {
  const { annotations: { [TRIGGER_ANNOTATION]: _, ...others } = {}, ...rest } = metadata;
  const annotations = { ...others, ...(trigger ? { [TRIGGER_ANNOTATION]: trigger } : {}) };
  return Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
}

const orNull = <T>(list: readonly T[]): readonly T[] | null => (list.length > 0 ? list : null);

/** The Service's own labels, less those that slices reserve. Models setEndpointSliceLabels. */
function labelsOf(service: Service): Record<string, string> {
  const { [SERVICE_LABEL]: _, [MANAGER_LABEL]: __, [HEADLESS_LABEL]: ___, ...labels } = service.metadata.labels ?? {};
  return {
    ...labels,
    ...(service.spec.clusterIP === 'None' ? { [HEADLESS_LABEL]: '' } : {}),
    [MANAGER_LABEL]: MANAGER,
    [SERVICE_LABEL]: service.metadata.name,
  };
}

function newSlice(service: Service, plan: Plan, trigger: string | undefined): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels: labelsOf(service),
      ...(trigger ? { annotations: { [TRIGGER_ANNOTATION]: trigger } } : {}),
      ownerReferences: [controllerReference(service)],
    },
    addressType: service.spec.ipFamilies?.[0] ?? 'IPv4',
    endpoints: orNull(plan.endpoints),
    ports: orNull(plan.ports),
  } as unknown as EndpointSlice;
}

const targetOf = (endpoint: Endpoint): string => endpoint.targetRef?.uid ?? endpoint.addresses[0] ?? '';

/** Puts endpoints into the slices of their ports. Models endpointslice/reconciler.go reconcileByPortMapping. */
function plansFor(present: readonly EndpointSlice[], groups: ReadonlyMap<string, PortGroup>): Plan[] {
  return [...groups.entries()].flatMap(([key, group]) => {
    const mine = present.filter((slice) => portsKey(slice.ports) === key);
    return plansForGroup(mine, group);
  });
}

/**
 * Each endpoint stays in the slice it is in. New ones fill slices that change anyway, the fullest first; what is left
 * goes into the fullest other slice that takes all of it, else into new ones: as few slices change as can be.
 */
function plansForGroup(present: readonly EndpointSlice[], group: PortGroup): Plan[] {
  const left = new Map(group.endpoints.map((endpoint) => [targetOf(endpoint), endpoint]));
  const plans = present.map((slice) => keptIn(slice, group, left)).filter((plan) => plan.endpoints.length > 0);
  const fresh = [...left.values()];
  const changing = plans.filter((plan) => !isAsItWas(plan)).sort((a, b) => b.endpoints.length - a.endpoints.length);
  const staying = plans.filter((plan) => !changing.includes(plan));
  for (const plan of changing) plan.endpoints.push(...fresh.splice(0, MAX_ENDPOINTS - plan.endpoints.length));
  while (fresh.length > 0) {
    const roomy = fullestFor(fresh.length, staying);
    if (roomy) roomy.endpoints.push(...fresh.splice(0));
    else plans.push({ slice: undefined, ports: group.ports, endpoints: fresh.splice(0, MAX_ENDPOINTS) });
  }
  return plans;
}

/** A slice without the endpoints that are gone; takes those that stay from `left`. */
function keptIn(slice: EndpointSlice, group: PortGroup, left: Map<string, Endpoint>): Plan {
  const endpoints: Endpoint[] = [];
  for (const known of slice.endpoints ?? []) {
    const wanted = left.get(targetOf(known));
    if (!wanted) continue;
    endpoints.push(wanted);
    left.delete(targetOf(known));
  }
  return { slice, ports: group.ports, endpoints };
}

function isAsItWas({ slice, endpoints }: Plan): boolean {
  const known = slice?.endpoints ?? [];
  return known.length === endpoints.length && known.every((one, index) => sameEndpoint(one, endpoints[index]!));
}

/** Models getSliceToFill. */
function fullestFor(count: number, plans: readonly Plan[]): Plan | undefined {
  const fitting = plans.filter(({ endpoints }) => endpoints.length + count <= MAX_ENDPOINTS);
  return fitting.reduce<Plan | undefined>(
    (best, plan) => (best && best.endpoints.length >= plan.endpoints.length ? best : plan),
    undefined,
  );
}
