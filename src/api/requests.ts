/** Why a request between programs got no answer. */
export type FailureKind =
  /** The address given is none. */
  | 'BadUrl'
  /** No name server knows the name. */
  | 'UnknownHost'
  /** No name server answers. */
  | 'NoNameServer'
  /** Nobody listens there, or a Service has no endpoints. */
  | 'ConnectionRefused'
  /** No Pod has the address any more. */
  | 'NoRouteToHost'
  /** Nothing came back to the client's attempts to connect. */
  | 'ConnectTimeout'
  /** The client waited for the answer as long as it was ready to. */
  | 'Timeout'
  /** The server's process ended before it answered. */
  | 'ConnectionReset';

/** A failure as a client can tell it. */
export interface RequestFailure {
  readonly kind: FailureKind;
  readonly host: string;
  /** What the name was resolved to; empty before that. */
  readonly address: string;
  readonly port: number;
  /** Milliseconds since the request was sent. */
  readonly afterMs: number;
}

/** A place that a request came by. */
export interface RequestHop {
  readonly kind: 'client' | 'dns' | 'service' | 'kube-proxy' | 'network-policy' | 'endpoint';
  /** The Pod, the full name, the Service or the policy: `namespace/name` where it has one. */
  readonly name: string;
  /** The machine it is on; empty where that means nothing. */
  readonly node: string;
  /** `address:port`, or the addresses that a name means. */
  readonly address: string;
  readonly atMs: number;
  /** What went wrong here, for whoever looks at the request. */
  readonly problem?: string;
}

/** A request between programs from its first to its last moment. */
export interface RequestRecord {
  /** Counts all requests of the cluster, from 1. */
  readonly number: number;
  readonly atMs: number;
  readonly endMs: number;
  readonly from: { readonly namespace: string; readonly pod: string; readonly node: string };
  readonly method: string;
  readonly url: string;
  /** `namespace/name` of the Service it went through; empty where it went to a Pod itself. */
  readonly service: string;
  readonly hops: readonly RequestHop[];
  /** The HTTP code of the answer; 0 where there was none. */
  readonly code: number;
  readonly failure?: RequestFailure;
}

/** Whether a request got what it asked for: an answer that does not blame the server. */
export const succeeded = ({ code, failure }: Pick<RequestRecord, 'code' | 'failure'>): boolean =>
  failure === undefined && code < 500;

/** A failure in a few words, as the tools of busybox say it. */
export function failureText({ kind, host }: RequestFailure): string {
  switch (kind) {
    case 'BadUrl':
      return `bad address '${host}'`;
    case 'UnknownHost':
    case 'NoNameServer':
      return `bad address '${host}'`;
    case 'ConnectionRefused':
      return 'Connection refused';
    case 'NoRouteToHost':
      return 'No route to host';
    case 'ConnectTimeout':
      return 'Connection timed out';
    case 'Timeout':
      return 'download timed out';
    case 'ConnectionReset':
      return 'Connection reset by peer';
  }
}

/** What has become of the requests through a Service. */
export interface ServiceTraffic {
  /** Since the cluster began. */
  readonly requests: number;
  readonly failures: number;
  /** In the last full second, or in this one if it has more. */
  readonly perSecond: number;
  /** Of the last minute, as far as it is remembered. */
  readonly recent: {
    readonly requests: number;
    readonly failures: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
  };
}
