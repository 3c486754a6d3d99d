import { equalJson } from '../../api/json';
import { controllerReference, type Endpoints, type EndpointSlice } from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { portsKey, type Endpoint, type EndpointPort } from './endpoints';
import { isNamespaceTerminating } from './pod-control';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

interface MirroringExtra {
  /** The revision of the last slice written, by Endpoints: older pictures are not acted upon. */
  written: Map<string, number>;
}

/** A slice as it should be. */
interface Plan {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const MANAGER_LABEL = 'endpointslice.kubernetes.io/managed-by';
const SERVICE_LABEL = 'kubernetes.io/service-name';
const SKIP_LABEL = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';
const APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
const TRIGGER_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
const MAX_PER_SUBSET = 1000;
const STALE_RETRY_MS = 10;

/**
 * Says in EndpointSlices what somebody wrote into the Endpoints of a Service without a selector. Models
 * pkg/controller/endpointslicemirroring.
 */
export class EndpointSliceMirroringController extends Controller<MirroringExtra> {
  constructor(parts: ControllerParts) {
    super('endpointslice-mirroring-controller', parts, { written: new Map() });
    parts.informers.on('services', (event) => this.enqueue(event.key, event));
    parts.informers.on('endpoints', (event) => this.#onEndpoints(event));
    parts.informers.on('endpointslices', (event) => this.#onSlice(event));
  }

  #onEndpoints(event: StoreEvent<Endpoints>): void {
    const { object, previous } = event;
    if (isMirrored(object) || (previous && isMirrored(previous))) this.enqueue(event.key, event);
  }

  /** A slice that somebody else changed or deleted is put right. */
  #onSlice(event: StoreEvent<EndpointSlice>): void {
    const { labels, namespace } = event.object.metadata;
    if (!labels?.[SERVICE_LABEL] || labels[MANAGER_LABEL] !== MANAGER) return;
    const key = `${namespace}/${labels[SERVICE_LABEL]}`;
    if (event.revision > (this.state.written.get(key) ?? 0)) this.enqueue(key, event);
  }

  protected override reconcile(key: string): void {
    const { informers } = this.parts;
    const service = informers.byKey('services', key);
    const endpoints = informers.byKey('endpoints', key);
    const slices = informers
      .by('endpointslices', 'service', key)
      .filter(({ metadata }) => metadata.labels?.[MANAGER_LABEL] === MANAGER);
    if (!endpoints || !isMirrored(endpoints) || !service || service.spec.selector) {
      this.state.written.delete(key);
      for (const slice of slices) this.#remove(slice);
    } else if (informers.hasSeen('endpointslices', this.state.written.get(key) ?? 0)) {
      this.#mirror(key, endpoints, slices);
    } else this.enqueueAfter(key, STALE_RETRY_MS);
  }

  #mirror(key: string, endpoints: Endpoints, slices: readonly EndpointSlice[]): void {
    const left = new Set(slices);
    for (const plan of plansFor(endpoints.subsets ?? [])) {
      const slice = [...left].find(
        (one) => one.addressType === plan.addressType && portsKey(one.ports) === portsKey(plan.ports),
      );
      if (slice) left.delete(slice);
      this.#write(key, slice, sliceOf(endpoints, plan));
    }
    for (const slice of left) this.#remove(slice);
  }

  #write(key: string, current: EndpointSlice | undefined, wanted: EndpointSlice): void {
    const { client } = this.parts;
    if (current) {
      const { annotations: before, ...rest } = current.metadata;
      const { labels, annotations } = wanted.metadata;
      const same =
        equalJson(current.endpoints, wanted.endpoints) &&
        equalJson(rest.labels, labels) &&
        equalJson(withoutTrigger(before), withoutTrigger(annotations));
      const metadata = { ...rest, ...wanted.metadata };
      if (!same) this.#note(key, client.update('endpointslices', { ...current, ...wanted, metadata }));
      return;
    }
    try {
      this.#note(key, client.create('endpointslices', wanted));
    } catch (error) {
      if (!(error instanceof ApiError) || !isNamespaceTerminating(error)) throw error;
    }
  }

  #note(key: string, { metadata }: EndpointSlice): void {
    this.state.written.set(key, Number(metadata.resourceVersion));
  }

  #remove({ metadata }: EndpointSlice): void {
    try {
      this.parts.client.remove('endpointslices', metadata.namespace ?? '', metadata.name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

/** Models shouldMirror. */
function isMirrored({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP_LABEL] !== 'true' && metadata.annotations?.[LEADER_ANNOTATION] === undefined;
}

function withoutTrigger(annotations: Record<string, string> = {}): Record<string, string> {
  const { [TRIGGER_ANNOTATION]: _, ...others } = annotations;
  return others;
}

/** One slice for each set of ports and family of addresses; no address is in one twice. */
function plansFor(subsets: readonly Subset[]): Plan[] {
  const plans = new Map<string, Plan>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const mine = ports.map(({ name = '', ...port }) => ({ name, ...port }));
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ];
    for (const { address, ready } of all.slice(0, MAX_PER_SUBSET)) {
      const addressType = address.ip.includes(':') ? 'IPv6' : 'IPv4';
      const key = `${addressType} ${portsKey(mine)}`;
      const plan = plans.get(key) ?? { addressType, ports: mine, endpoints: new Map<string, Endpoint>() };
      plans.set(key, plan);
      if (!plan.endpoints.has(address.ip)) plan.endpoints.set(address.ip, endpointOf(address, ready));
    }
  }
  return [...plans.values()];
}

/** Models addressToEndpoint. */
function endpointOf({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(targetRef ? { targetRef } : {}),
    ...(nodeName ? { nodeName } : {}),
  } as Endpoint;
}

/** Models newEndpointSlice. */
function sliceOf(endpoints: Endpoints, { addressType, ports, endpoints: listed }: Plan): EndpointSlice {
  const { name, namespace, labels, annotations } = endpoints.metadata;
  const { [APPLIED_ANNOTATION]: _, ...kept } = annotations ?? {};
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...(namespace ? { namespace } : {}),
      labels: { ...labels, [SERVICE_LABEL]: name, [MANAGER_LABEL]: MANAGER },
      ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}),
      ownerReferences: [controllerReference(endpoints)],
    },
    addressType,
    endpoints: [...listed.values()],
    ports: ports.length > 0 ? ports : null,
  } as unknown as EndpointSlice;
}
