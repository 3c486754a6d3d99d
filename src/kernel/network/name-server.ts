import type { EndpointSlice, Service } from '../../api/objects';
import { CLUSTER_DOMAIN } from './names';

/** What the name server sees of the cluster. */
export interface NameServerView {
  service(key: string): Service | undefined;
  slices(key: string): readonly EndpointSlice[];
}

/** What a name means. */
export interface Answer {
  /** The full name, after aliases. */
  readonly name: string;
  readonly addresses: readonly string[];
  /** `namespace/name` of the Service that the name belongs to; empty for a Pod's own name. */
  readonly service: string;
}

const SERVICES = `.svc.${CLUSTER_DOMAIN}`;
const PODS = `.pod.${CLUSTER_DOMAIN}`;
const ALIASES_LIMIT = 8;
const DASHED = /^\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}$/;

/** The address record of a full name; `undefined` where there is none. Models CoreDNS' kubernetes plugin. */
export function lookUpName(name: string, view: NameServerView, aliases = 0): Answer | undefined {
  if (name.endsWith(PODS)) {
    const [dashed = '', namespace, more] = name.slice(0, -PODS.length).split('.');
    if (!DASHED.test(dashed) || namespace === undefined || more !== undefined) return undefined;
    return { name, addresses: [dashed.replaceAll('-', '.')], service: '' };
  }
  if (!name.endsWith(SERVICES)) return undefined;
  const labels = name.slice(0, -SERVICES.length).split('.');
  const [namespace = '', service = '', host, more] = labels.reverse();
  const key = `${namespace}/${service}`;
  const found = more === undefined ? view.service(key) : undefined;
  if (!found) return undefined;
  const { type, externalName = '', clusterIP } = found.spec;
  if (type === 'ExternalName') {
    if (host !== undefined || aliases >= ALIASES_LIMIT) return undefined;
    return lookUpName(externalName.replace(/\.$/, ''), view, aliases + 1);
  }
  if (host === undefined && clusterIP && clusterIP !== 'None') return { name, addresses: [clusterIP], service: key };
  const addresses = endpointAddresses(view.slices(key), host);
  return addresses.length > 0 ? { name, addresses, service: key } : undefined;
}

/** The addresses of endpoints that are ready: all of them, or that of one by its hostname or its address with dashes. */
function endpointAddresses(slices: readonly EndpointSlice[], host: string | undefined): string[] {
  return slices.flatMap((slice) =>
    (slice.endpoints ?? []).flatMap(({ addresses, conditions, hostname }) => {
      if (conditions?.ready === false) return [];
      const named = host === undefined || (hostname ?? addresses[0]?.replaceAll('.', '-')) === host;
      return named ? addresses : [];
    }),
  );
}
