import type { Pod, Service } from '../../api/objects';

/** A Pod and the port there. */
export interface Target {
  readonly pod: Pod;
  readonly port: number;
}

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

const CLUSTER_SUFFIX = '.svc.cluster.local';

/**
 * The Service that a name means to a Pod of a namespace: `infer`, `infer.shop`, `infer.shop.svc` or with the
 * cluster's domain; or a Service's address. Models the search list of a Pod's resolv.conf.
 */
export function resolveName(
  host: string,
  namespace: string,
  service: (key: string) => Service | undefined,
): Service | undefined {
  const labels = host.endsWith(CLUSTER_SUFFIX)
    ? host.slice(0, -CLUSTER_SUFFIX.length).split('.')
    : host.replace(/\.svc$/, '').split('.');
  if (labels.length === 1) return service(`${namespace}/${labels[0]}`);
  if (labels.length === 2) return service(`${labels[1]}/${labels[0]}`);
  if (labels.length === 3) return service(`${labels[2]}/${labels[1]}`);
  return undefined;
}
