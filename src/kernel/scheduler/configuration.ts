import type { ScoringStrategy } from './scoring-strategy';
import type { ExtensionPoint } from './framework/extension-points';
import type { DefaultPreemptionArgs } from './plugins/default-preemption';
import type { InterPodAffinityArgs } from './plugins/inter-pod-affinity';
import type { BalancedAllocationArgs } from './plugins/node-resources-balanced-allocation';
import type { NodeResourcesFitArgs } from './plugins/node-resources-fit';
import type { PodTopologySpreadArgs } from './plugins/pod-topology-spread';

/** A plugin in a KubeSchedulerConfiguration; `*` as the name of a disabled one means all. */
interface PluginReference {
  readonly name: string;
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled?: readonly PluginReference[];
  readonly disabled?: readonly PluginReference[];
}

/** What plugins can be told, by plugin name. */
export interface PluginArgs {
  readonly NodeResourcesFit: NodeResourcesFitArgs;
  readonly NodeResourcesBalancedAllocation: BalancedAllocationArgs;
  readonly InterPodAffinity: InterPodAffinityArgs;
  readonly PodTopologySpread: PodTopologySpreadArgs;
  readonly DefaultPreemption: DefaultPreemptionArgs;
}

/** A profile as kubescheduler.config.k8s.io/v1 has it. */
export interface ProfileConfiguration {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: Readonly<Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>>>;
  readonly pluginArgs?: Readonly<Partial<PluginArgs>>;
}

/** The part of kubescheduler.config.k8s.io/v1 KubeSchedulerConfiguration that Podium knows. */
export interface SchedulerConfiguration {
  /** 0 for the adaptive default. */
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  readonly profiles: readonly ProfileConfiguration[];
}

const CPU_AND_MEMORY = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
] as const;

const LEAST_ALLOCATED: ScoringStrategy = { type: 'LeastAllocated', resources: CPU_AND_MEMORY };

export const DEFAULT_ARGS: PluginArgs = {
  NodeResourcesFit: { scoringStrategy: LEAST_ALLOCATED, ignoredResources: [] },
  NodeResourcesBalancedAllocation: { resources: CPU_AND_MEMORY },
  InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
  PodTopologySpread: { defaultConstraints: undefined },
  DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
};

export const DEFAULT_CONFIGURATION: SchedulerConfiguration = {
  percentageOfNodesToScore: 0,
  podInitialBackoffSeconds: 1,
  podMaxBackoffSeconds: 10,
  profiles: [{ schedulerName: 'default-scheduler' }],
};
