import type { ResourceRow } from '../../api/schema/types';

/** What the metrics server knows of a Pod. Times in milliseconds since the Unix epoch. */
export interface PodMetrics {
  readonly namespace: string;
  readonly name: string;
  /** When it was measured, over how long. */
  readonly atMs: number;
  readonly windowMs: number;
  /** CPU in thousandths and memory in bytes. */
  readonly containers: readonly { readonly name: string; readonly cpuMilli: number; readonly memoryBytes: number }[];
  readonly requestsPerSecond: number;
}

export type NodeMetrics = Omit<PodMetrics, 'namespace' | 'containers' | 'requestsPerSecond'> & {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
};

/** Where metrics are read: kubelets know them. Reading changes nothing. */
export interface MetricsReader {
  pods(): PodMetrics[];
  nodes(): NodeMetrics[];
}

/** What custom.metrics.k8s.io has of each Pod, and of each Service: what the Pods behind it serve together. */
export const REQUESTS_PER_SECOND = 'requests_per_second';
/** What a client says where nothing serves it. */
export const NO_CUSTOM_METRICS =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

const row = (
  group: string,
  version: string,
  more: Omit<ResourceRow, 'group' | 'version' | 'singular'>,
): ResourceRow => ({
  group,
  version,
  singular: '',
  ...more,
});

const READ = ['get', 'list'];
const NOTHING = { shortNames: [], categories: [], subresources: [] };

/** What discovery says of the metrics APIs. */
export const METRICS_ROWS: readonly ResourceRow[] = [
  row('metrics.k8s.io', 'v1beta1', {
    resource: 'nodes',
    kind: 'NodeMetrics',
    namespaced: false,
    verbs: READ,
    ...NOTHING,
  }),
  row('metrics.k8s.io', 'v1beta1', { resource: 'pods', kind: 'PodMetrics', namespaced: true, verbs: READ, ...NOTHING }),
  ...['pods', 'services'].map((resource) =>
    row('custom.metrics.k8s.io', 'v1beta2', {
      resource: `${resource}/${REQUESTS_PER_SECOND}`,
      kind: 'MetricValueList',
      namespaced: true,
      verbs: ['get'],
      ...NOTHING,
    }),
  ),
];
