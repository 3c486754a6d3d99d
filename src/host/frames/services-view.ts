import { objectKey, type EndpointSlice, type Service } from '../../api/objects';
import type { ServiceView } from '../../protocol/frame';
import type { PodTable } from './pod-table';
import type { FrameSource } from './source';

const SERVICE_LABEL = 'kubernetes.io/service-name';
const SERVICES_LIMIT = 200;

/** The Services that people made: not the API server's own, and none of `kube-system`. */
export function serviceViews(source: FrameSource, pods: PodTable): ServiceView[] {
  const slices = slicesByService(source);
  const views: ServiceView[] = [];
  for (const object of source.store.all('services').values()) {
    const service = object as Service;
    const { namespace, name } = service.metadata;
    if (namespace === 'kube-system' || (namespace === 'default' && name === 'kubernetes')) continue;
    if (views.length >= SERVICES_LIMIT) break;
    const key = objectKey(service);
    const endpoints = (slices.get(key) ?? []).flatMap((slice) => slice.endpoints ?? []);
    const ready = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false);
    views.push({
      key,
      name,
      endpoints: endpoints.length,
      ready: ready.length,
      pods: ready.flatMap((endpoint) => pods.withUid(endpoint.targetRef?.uid ?? '')?.id ?? []),
      requestsPerSecond: 0,
      failuresPerSecond: 0,
    });
  }
  return views;
}

/** The same Services with the traffic of this moment. */
export function withTraffic(source: FrameSource, views: ServiceView[]): ServiceView[] {
  const rates = source.network.rates();
  if (rates.size === 0) return views;
  return views.map((view) => {
    const { perSecond = 0, failed = 0 } = rates.get(view.key) ?? {};
    return { ...view, requestsPerSecond: perSecond, failuresPerSecond: failed };
  });
}

function slicesByService(source: FrameSource): Map<string, EndpointSlice[]> {
  const slices = new Map<string, EndpointSlice[]>();
  for (const object of source.store.all('endpointslices').values()) {
    const slice = object as EndpointSlice;
    const service = slice.metadata.labels?.[SERVICE_LABEL];
    if (!service) continue;
    const key = `${slice.metadata.namespace ?? ''}/${service}`;
    const there = slices.get(key);
    if (there) there.push(slice);
    else slices.set(key, [slice]);
  }
  return slices;
}
