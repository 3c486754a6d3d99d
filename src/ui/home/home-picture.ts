import type { PodPhase } from '../../protocol/frame';
import type { Dot } from '../../scene/traffic';
import type { ControlPlanePart } from './home-layout';

export interface HomePod {
  name: string;
  phase: PodPhase;
}

export interface HomeNode {
  name: string;
  /** The oldest first. */
  pods: readonly HomePod[];
}

/** What the home page's picture shows at a moment. */
export interface HomePicture {
  /** A word or two on each part of the control plane. */
  says: Record<ControlPlanePart, string>;
  nodes: readonly HomeNode[];
  dots: readonly Dot[];
  /** Where a message has just arrived: parts of the control plane, or `node:NAME`. */
  hot: ReadonlySet<string>;
  /** Want and have differ. */
  unequal: boolean;
}

/** What the home page says before anything was killed. */
export const INVITATION = 'Kill a Pod. See what happens.';

/** A node on which one Pod runs. */
function running(node: string, pod: string): HomeNode {
  return { name: node, pods: [{ name: pod, phase: 'Running' }] };
}

/** What the cluster of the home page shows when it is opened, recorded, so that it is there before the cluster runs. */
export const OPENING: HomePicture = {
  says: { etcd: 'rev 277', controllers: 'want 3, have 3', scheduler: 'queue empty' },
  nodes: [running('cpu-1', 'infer-5z6hw'), running('cpu-2', 'infer-mfvn8'), running('cpu-3', 'infer-xdbcw')],
  dots: [],
  hot: new Set(),
  unequal: false,
};
