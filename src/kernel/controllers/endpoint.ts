import { equalJson } from '../../api/json';
import { objectKey, type Endpoints, type EndpointSlice, type Service } from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { portsKey, type Endpoint } from './endpoints';
import { isNamespaceTerminating } from './pod-control';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

interface EndpointExtra {
  /** The revision of the last Endpoints written, by Service: older pictures are not acted upon. */
  written: Map<string, number>;
}

const SERVICE_LABEL = 'kubernetes.io/service-name';
const SLICES_BY = 'endpointslice.kubernetes.io/managed-by';
const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';
const TRIGGER_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
const CAPACITY_ANNOTATION = 'endpoints.kubernetes.io/over-capacity';
const CAPACITY = 1000;
const STALE_RETRY_MS = 10;

/**
 * Says once more, in the old form, what the EndpointSlices of each Service say. Models pkg/controller/endpoint, which
 * looks at the Pods themselves.
 */
export class EndpointController extends Controller<EndpointExtra> {
  constructor(parts: ControllerParts) {
    super('endpoint-controller', parts, { written: new Map() });
    parts.informers.on('services', (event) => this.enqueue(event.key, event));
    parts.informers.on('endpoints', (event) => this.#onEndpoints(event));
    parts.informers.on('endpointslices', (event) => {
      const service = event.object.metadata.labels?.[SERVICE_LABEL];
      if (service) this.enqueue(`${event.object.metadata.namespace}/${service}`, event);
    });
  }

  /** What somebody else changed or deleted is put right. */
  #onEndpoints(event: StoreEvent<Endpoints>): void {
    if (event.revision > (this.state.written.get(event.key) ?? 0)) this.enqueue(event.key, event);
  }

  protected override reconcile(key: string): void {
    const { informers } = this.parts;
    const service = informers.byKey('services', key);
    const current = informers.byKey('endpoints', key);
    if (!service) {
      this.state.written.delete(key);
      if (current) this.#remove(current);
      return;
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName' || service.metadata.deletionTimestamp) return;
    if (!informers.hasSeen('endpoints', this.state.written.get(key) ?? 0)) {
      return this.enqueueAfter(key, STALE_RETRY_MS);
    }
    const slices = informers
      .by('endpointslices', 'service', key)
      .filter((slice) => slice.metadata.labels?.[SLICES_BY] === SLICE_CONTROLLER);
    if (slices.length > 0) this.#write(service, current, slices);
  }

  #write(service: Service, current: Endpoints | undefined, slices: readonly EndpointSlice[]): void {
    const all = subsetsOf(slices);
    const { subsets, truncated } = withinCapacity(all);
    const labels = labelsOf(service);
    const same =
      current && equalJson(current.subsets ?? [], subsets) && equalJson(current.metadata.labels ?? {}, labels);
    if (same && truncated === (current.metadata.annotations?.[CAPACITY_ANNOTATION] !== undefined)) return;
    const { name, namespace } = service.metadata;
    const annotations = {
      ...current?.metadata.annotations,
      ...triggerOf(slices),
      ...(truncated ? { [CAPACITY_ANNOTATION]: 'truncated' } : {}),
    };
    if (!truncated) delete annotations[CAPACITY_ANNOTATION];
    const metadata = {
      ...current?.metadata,
      name,
      ...(namespace ? { namespace } : {}),
      labels,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    };
    const draft = {
      apiVersion: 'v1' as const,
      kind: 'Endpoints' as const,
      metadata,
      ...(subsets.length > 0 ? { subsets } : {}),
    };
    try {
      const { client } = this.parts;
      const written = current ? client.update('endpoints', draft as Endpoints) : client.create('endpoints', draft);
      this.state.written.set(objectKey(service), Number(written.metadata.resourceVersion));
    } catch (error) {
      if (!(error instanceof ApiError) || !isNamespaceTerminating(error)) throw error;
    }
  }

  #remove({ metadata }: Endpoints): void {
    try {
      this.parts.client.remove('endpoints', metadata.namespace ?? '', metadata.name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

function labelsOf({ metadata, spec }: Service): Record<string, string> {
  const { [HEADLESS_LABEL]: _, ...labels } = metadata.labels ?? {};
  return {
    ...labels,
    [MANAGED_BY]: 'endpoint-controller',
    ...(spec.clusterIP === 'None' ? { [HEADLESS_LABEL]: '' } : {}),
  };
}

/** The latest moment that made any of the slices change. */
function triggerOf(slices: readonly EndpointSlice[]): Record<string, string> {
  const times = slices.flatMap((slice) => slice.metadata.annotations?.[TRIGGER_ANNOTATION] ?? []);
  const last = times.sort().at(-1);
  return last === undefined ? {} : { [TRIGGER_ANNOTATION]: last };
}

/** Addresses by the ports that they share. What ends is in neither list. Models RepackSubsets. */
function subsetsOf(slices: readonly EndpointSlice[]): Subset[] {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = portsKey(slice.ports);
    groups.set(key, [...(groups.get(key) ?? []), slice]);
  }
  return [...groups.values()].flatMap((group) => {
    const endpoints = group.flatMap((slice) => slice.endpoints ?? []);
    const ready = addressesOf(endpoints.filter(({ conditions }) => conditions?.ready));
    const waiting = addressesOf(endpoints.filter(({ conditions }) => !conditions?.ready && !conditions?.terminating));
    if (ready.length + waiting.length === 0) return [];
    const ports = group[0]!.ports ?? [];
    return [
      {
        ...(ready.length > 0 ? { addresses: ready } : {}),
        ...(waiting.length > 0 ? { notReadyAddresses: waiting } : {}),
        ...(ports.length > 0 ? { ports: ports.map(portOf) } : {}),
      } as Subset,
    ];
  });
}

const portOf = ({ name, ...port }: NonNullable<EndpointSlice['ports']>[number]): object =>
  name ? { name, ...port } : port;

function addressesOf(endpoints: readonly Endpoint[]): Address[] {
  const all = endpoints.map(({ addresses, hostname, nodeName, targetRef }) => ({
    ip: addresses[0]!,
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  }));
  return all.sort((left, right) => (left.ip < right.ip ? -1 : left.ip > right.ip ? 1 : 0));
}

const countOf = (subsets: readonly Subset[], key: 'addresses' | 'notReadyAddresses'): number =>
  subsets.reduce((sum, subset) => sum + (subset[key]?.length ?? 0), 0);

/** At most a thousand addresses, those that are ready first, shared out among the subsets. Models truncateEndpoints. */
function withinCapacity(subsets: Subset[]): { subsets: Subset[]; truncated: boolean } {
  const ready = countOf(subsets, 'addresses');
  const waiting = countOf(subsets, 'notReadyAddresses');
  if (ready + waiting <= CAPACITY) return { subsets, truncated: false };
  const key = ready > CAPACITY ? 'addresses' : 'notReadyAddresses';
  const room = ready > CAPACITY ? CAPACITY : CAPACITY - ready;
  let left = room;
  const cut = subsets.map((subset) => {
    const list = subset[key] ?? [];
    const share = Math.min(left, Math.ceil((list.length / (ready > CAPACITY ? ready : waiting)) * room));
    left -= Math.min(share, list.length);
    const { notReadyAddresses: _, ...others } = subset;
    const kept = list.slice(0, share);
    return { ...(key === 'addresses' ? others : subset), ...(kept.length > 0 ? { [key]: kept } : {}) } as Subset;
  });
  return { subsets: cut, truncated: true };
}
