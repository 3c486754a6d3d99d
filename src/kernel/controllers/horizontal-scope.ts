import type { HorizontalPodAutoscaler, Pod } from '../../api/objects';
import { formatQuantity } from '../../api/quantity';
import type { PodMetrics } from '../apiserver/metrics';
import type { Tolerances } from './horizontal-replicas';

export type Metric = NonNullable<HorizontalPodAutoscaler['spec']['metrics']>[number];
export type MetricStatus = NonNullable<HorizontalPodAutoscaler['status']['currentMetrics']>[number];

/** What metrics are asked about. */
export interface MetricsScope {
  readonly namespace: string;
  readonly currentReplicas: number;
  /** How many there are, as the target's status says. */
  readonly statusReplicas: number;
  /** The Pods of the target. */
  readonly pods: readonly Pod[];
  /** What is known of the namespace's Pods; nothing where no metrics are served. */
  readonly metrics: readonly PodMetrics[] | undefined;
  /** The Pods that answer for a Service or a Pod of the namespace. */
  readonly podsBehind: (kind: string, name: string) => readonly Pod[] | undefined;
  readonly tolerances: Tolerances;
  readonly nowMs: number;
}

export interface MetricProposal {
  readonly replicas: number;
  /** What Events call the metric. */
  readonly name: string;
  readonly status: MetricStatus;
}

/** Why a metric proposes nothing: with the reason of Events and conditions, their words, and those of the whole. */
export class MetricFailure extends Error {
  constructor(
    readonly reason: string,
    readonly why: string,
    readonly summary: string,
  ) {
    super(why);
  }
}

export const NOT_SERVED = 'the server could not find the requested resource';

/** A number of thousandths as a quantity. */
export const milliText = (milli: number): string =>
  formatQuantity({ nano: BigInt(Math.round(milli)) * 1_000_000n, format: 'DecimalSI' });
