import type { Json } from './objects';

/** Why a Pod stands where it stands: one record for each attempt to place it. Shared by kernel and page. */

/** `Unschedulable`: preemption may help. `UnschedulableAndUnresolvable`: it cannot. `Error`: the attempt itself failed. */
export type VerdictCode = 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Error';

/** What a plugin says against a node, or in PreFilter and PreEnqueue against the Pod. */
export interface Verdict {
  /** The plugin's name; empty where no plugin looked at the node because PreFilter had left it out. */
  readonly plugin: string;
  readonly code: VerdictCode;
  readonly reasons: readonly string[];
}

/** A verdict and the nodes it holds for. */
export interface Refusal extends Verdict {
  /** How many nodes. */
  readonly count: number;
  /** Their names: all of them in clusters of up to 200 nodes, else the first ten. */
  readonly nodes: readonly string[];
}

/** A node that fits. */
export interface NodeScore {
  readonly node: string;
  /** Normalised and weighted, in the order of the record's `scorers`. */
  readonly scores: readonly number[];
  readonly total: number;
}

/** What preemption decided: the nominated node and the Pods (`namespace/name`) that make room. */
export interface PreemptionChoice {
  readonly node: string;
  readonly victims: readonly string[];
  /** How many nodes would have become free by preemption. */
  readonly candidates: number;
}

/** One attempt to place one Pod. */
export interface SchedulingRecord {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly profile: string;
  /** Virtual milliseconds since the cluster started. */
  readonly atMs: number;
  /** Counts the attempts of this Pod from 1; 0 while it is held back by PreEnqueue. */
  readonly attempt: number;
  /** What brought the Pod into the active queue, such as `PodAdd`, `NodeAdd` or `AssignedPodDelete`. */
  readonly wokenBy: string;
  /** The object behind `wokenBy`, such as `nodes/gpu-1`. */
  readonly wokenByObject?: string;
  readonly outcome: 'Gated' | 'Scheduled' | 'Unschedulable' | 'Error';
  /** Nodes in the cluster, and how many of them were looked at. */
  readonly nodes: number;
  readonly evaluated: number;
  /** How many nodes fit. */
  readonly feasible: number;
  /** The plugin that refused the Pod for all nodes, or that holds it back. */
  readonly refusedBy?: Verdict;
  readonly refusals: readonly Refusal[];
  /** The filters that had something to check, in their order; a node's refusal is the first, later ones were not asked. */
  readonly filters: readonly string[];
  /** The plugins that scored; one that skips this Pod is absent. */
  readonly scorers: readonly string[];
  /** Best first; all feasible nodes in clusters of up to 200 nodes, else the ten best. Empty where one node fits. */
  readonly scores: readonly NodeScore[];
  /** The chosen node. */
  readonly node?: string;
  /** The words of the PodScheduled condition, when no node was found. */
  readonly message?: string;
  readonly preemption?: PreemptionChoice;
}

/** A change that was tried on a copy, to a Pod's manifest or to the cluster around it. */
export interface TrialChange {
  readonly kind:
    | 'Tolerate'
    | 'DropSelector'
    | 'DropNodeAffinity'
    | 'DropPodAffinity'
    | 'DropPodAntiAffinity'
    | 'RelaxSpread'
    | 'LowerRequest'
    | 'DropHostPort'
    | 'DropVolume'
    | 'DropGate'
    | 'Uncordon'
    | 'RemovePod';
  /** The Pod's field that it is about, such as `['spec', 'nodeSelector', 'zone']`; absent for a change to the cluster. */
  readonly path?: readonly (string | number)[];
  /** What stands in the field then; absent where the field goes. */
  readonly value?: Json;
  /** What stands in it now; absent where nothing does. */
  readonly was?: Json;
  /** The object of a change to the cluster, such as `nodes/cpu-1`. */
  readonly object?: string;
}

/** What one change alone does. */
export interface TriedChange {
  readonly change: TrialChange;
  /** The refusals it lifts, by plugin, and from how many nodes each. Another plugin may refuse these nodes then. */
  readonly lifts: readonly { readonly plugin: string; readonly nodes: number }[];
  /** How many nodes fit with it. */
  readonly fits: number;
}

/** Changes that together make room: without any one of them no node fits. */
export interface WayOut {
  readonly changes: readonly TrialChange[];
  /** How many nodes fit then, and the names of the first ten. */
  readonly fits: number;
  readonly nodes: readonly string[];
}

/** What would make room for a Pod that waits, found by trying. */
export interface WhatIf {
  readonly namespace: string;
  readonly name: string;
  /** Nodes looked at, at most 500, and how many fit as things are. */
  readonly nodes: number;
  readonly fits: number;
  readonly tried: readonly TriedChange[];
  /** Fewest changes first, of those what gives up least, then most nodes. */
  readonly ways: readonly WayOut[];
}
