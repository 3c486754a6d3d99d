import type { Node } from '../../api/objects';

/** Machines of one kind, of which there may be more or fewer. */
export interface NodeGroup {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of its machines, those included that have yet to start, and none that is being taken away. */
  readonly machines: readonly string[];
  /** What a new machine registers as, but for its name: one for each of the group's zones. */
  readonly templates: readonly Node[];
}

/** The cloud, as the cluster autoscaler speaks to it. Models cluster-autoscaler/cloudprovider. */
export interface NodeGroups {
  /** The groups whose size may change, by name. */
  groups(): NodeGroup[];
  /** Asks for a machine of each of these templates. */
  increase(group: string, templates: readonly Node[]): void;
  /** Has a machine taken away. Its Node goes with it. */
  remove(machine: string): void;
}
