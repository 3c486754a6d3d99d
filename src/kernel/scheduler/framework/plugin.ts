import type { Verdict, VerdictCode } from '../../../api/scheduling';
import type { Node, Pod } from '../../../api/objects';
import type { ClusterEvent, ClusterEventName } from '../events';
import type { NodeInfo } from '../node-info';
import type { PodInfo } from '../pod-info';
import type { ClusterLister } from './lister';
import type { Snapshot } from './snapshot';

/** What a plugin answers when the answer is not plain success; without a `plugin` the framework names it. */
export interface Status {
  readonly code: VerdictCode;
  readonly reasons: readonly string[];
  readonly plugin?: string;
}

export const unschedulable = (...reasons: string[]): Status => Object.freeze({ code: 'Unschedulable', reasons });
export const unresolvable = (...reasons: string[]): Status =>
  Object.freeze({ code: 'UnschedulableAndUnresolvable', reasons });
export const failed = (reason: string): Status => Object.freeze({ code: 'Error', reasons: [reason] });

/** What PreFilter found: nothing to check for this Pod, a refusal, or data for Filter and maybe the only nodes. */
export type PreFilterAnswer<Data> =
  | { readonly kind: 'skip' }
  | { readonly kind: 'refuse'; readonly status: Status }
  | { readonly kind: 'go'; readonly data: Data; readonly nodeNames?: ReadonlySet<string> };

export const SKIP: { readonly kind: 'skip' } = Object.freeze({ kind: 'skip' });
export const refuse = (status: Status): { readonly kind: 'refuse'; readonly status: Status } => ({
  kind: 'refuse',
  status,
});
export const go = <Data>(data: Data, nodeNames?: ReadonlySet<string>): PreFilterAnswer<Data> =>
  nodeNames ? { kind: 'go', data, nodeNames } : { kind: 'go', data };

/** One Pod's pass through the plugins. */
export interface Cycle {
  readonly pod: Pod;
  readonly info: PodInfo;
  readonly snapshot: Snapshot;
  readonly lister: ClusterLister;
}

/** What PostFilter found. `nominate: ''` clears an earlier nomination; absent leaves it. */
export interface PostFilterAnswer {
  readonly status?: Status;
  readonly nominate?: string;
  readonly preemption?: Preemption;
}

/** Room that preemption can make: delete the victims, then the Pod fits the node. */
export interface Preemption {
  readonly node: string;
  readonly victims: readonly Pod[];
  readonly candidates: number;
  /** Other choices that are exactly as good. */
  readonly ties: readonly { readonly node: string; readonly victims: readonly Pod[] }[];
}

/** What a volume plugin has to write before the Pod may be bound. Plain data. */
export interface VolumePlan {
  /** Claims to bind to existing volumes. */
  readonly bindings: readonly { readonly volume: string; readonly claim: string }[];
  /** Claims to be provisioned where the Pod goes. */
  readonly provisions: readonly string[];
}

/** How PreBind stands: all is ready, something is still waited for, or why binding has to be given up. */
export type PreBindProgress =
  { readonly kind: 'ready' | 'waiting' } | { readonly kind: 'failed'; readonly why: string };

/** Which events may help a Pod that this plugin refused; without a hint every such event may. */
export interface EventRegistration {
  readonly events: readonly ClusterEventName[];
  readonly hint?: (pod: Pod, event: ClusterEvent, lister: ClusterLister) => boolean;
}

/**
 * A plugin and the extension points it serves, named as upstream names them. `FilterData` is what its PreFilter
 * computes for Filter and Reserve, `ScoreData` what its PreScore computes for Score. Plugins hold no mutable state.
 */
export interface Plugin<FilterData = unknown, ScoreData = unknown> {
  readonly name: string;
  readonly registrations: readonly EventRegistration[];
  /**
   * All that Filter and Score read besides the node: what they say of a node about Pods that sign alike is the same until
   * the node changes. Absent where they look at more of the cluster than that. Models framework.SignPlugin.
   */
  sign?(cycle: Cycle): string;
  preEnqueue?(pod: Pod): Status | undefined;
  /** Whether the first Pod comes out of the queue before the second; `undefined` where it does not matter. */
  queueSort?(first: { pod: Pod; atMs: number }, second: { pod: Pod; atMs: number }): boolean;
  preFilter?(cycle: Cycle): PreFilterAnswer<FilterData>;
  /** Takes note of a Pod that is put on, or taken off, a node on trial. `data` is the trial's own copy. */
  addPod?(cycle: Cycle, data: FilterData, other: Pod, node: NodeInfo): void;
  removePod?(cycle: Cycle, data: FilterData, other: Pod, node: NodeInfo): void;
  cloneData?(data: FilterData): FilterData;
  filter?(cycle: Cycle, node: NodeInfo, data: FilterData): Status | undefined;
  postFilter?(run: PostFilterRun, data: FilterData | undefined): PostFilterAnswer;
  /** Returns `undefined` to skip scoring for this Pod. */
  preScore?(cycle: Cycle, nodes: readonly NodeInfo[], data: FilterData | undefined): ScoreData | undefined;
  score?(cycle: Cycle, node: NodeInfo, data: ScoreData): number;
  /** Brings the scores of all nodes into 0 to 100, in place. */
  normalizeScore?(cycle: Cycle, nodes: readonly NodeInfo[], scores: number[], data: ScoreData): void;
  /** What must be written and waited for before binding; `undefined` for nothing. */
  reserve?(cycle: Cycle, node: NodeInfo, data: FilterData): VolumePlan | undefined;
  permit?(cycle: Cycle, node: NodeInfo): Status | undefined;
  /** Writes what was reserved, unless it `started` already, and says whether it has come true. Throws ApiError. */
  preBind?(plan: VolumePlan, node: string, started: boolean): PreBindProgress;
  /** Binds the Pod; throws ApiError. */
  bind?(pod: Pod, node: string): void;
}

/** A cycle that found no node, as PostFilter plugins see it. */
export interface PostFilterRun {
  readonly cycle: Cycle;
  /** Verdict of each node, by index in the snapshot. */
  readonly verdicts: readonly (Verdict | undefined)[];
  /** Runs the filters on a node on trial. */
  filter(node: NodeInfo, trial: Trial): Verdict | undefined;
  /** Starts a trial: a copy of what PreFilter computed. */
  startTrial(): Trial;
  addPod(trial: Trial, other: Pod, node: NodeInfo): void;
  removePod(trial: Trial, other: Pod, node: NodeInfo): void;
  /** A random integer below `bound`. */
  random(bound: number): number;
}

/** PreFilter data by plugin, copied so that Pods can be added and taken away on trial. */
export interface Trial {
  readonly data: unknown[];
}

/** A label of a node; `undefined` where it has none. */
export function nodeLabel(node: Node, key: string): string | undefined {
  return node.metadata.labels?.[key];
}
