import type { Pod } from '../../api/objects';

export interface ParsedUrl {
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
}

const SCHEME_PORTS: Record<string, number> = { http: 80, https: 443, redis: 6379, postgres: 5432, postgresql: 5432 };

/** Takes a URL apart; `undefined` for text that is none. */
export function parseUrl(url: string): ParsedUrl | undefined {
  const match = /^(?:([a-z]+):\/\/)?(?:[^/@]*@)?([a-zA-Z0-9.-]+)(?::(\d{1,5}))?(\/[^\s]*)?$/.exec(url);
  if (!match) return undefined;
  const port = match[3] === undefined ? SCHEME_PORTS[match[1] ?? 'http'] : Number(match[3]);
  return { host: match[2]!.toLowerCase(), port, path: match[4] ?? '/' };
}

export const CLUSTER_DOMAIN = 'cluster.local';

const DEFAULT_NDOTS = 1;
const CLUSTER_NDOTS = 5;

/** What a container finds in /etc/resolv.conf. */
export interface ResolverConfig {
  /** Whether the cluster's name server is asked at all. */
  readonly cluster: boolean;
  readonly searches: readonly string[];
  readonly ndots: number;
}

/** Models pkg/kubelet/network/dns GetPodDNS. */
export function resolverConfig(pod: Pod | undefined, namespace: string): ResolverConfig {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = pod?.spec ?? {};
  const cluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  const own = cluster ? [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN] : [];
  const ndots = dnsConfig?.options?.find((option) => option.name === 'ndots')?.value;
  return {
    cluster: cluster || (dnsPolicy === 'None' && (dnsConfig?.nameservers?.length ?? 0) > 0),
    searches: [...own, ...(dnsConfig?.searches ?? [])],
    ndots: ndots === undefined ? (cluster ? CLUSTER_NDOTS : DEFAULT_NDOTS) : Number(ndots),
  };
}

/** The names that a resolver asks for in turn. Models resolv.conf(5): search lists come first for short names. */
export function questionsFor(host: string, { searches, ndots }: ResolverConfig): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const longer = searches.map((search) => `${host}.${search}`);
  return host.split('.').length - 1 >= ndots ? [host, ...longer] : [...longer, host];
}
