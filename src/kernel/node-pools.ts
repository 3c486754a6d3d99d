import { assert, present } from '../base/assert';
import { freezeDeep } from '../base/state';
import { nextBetween, seedRandom, type RandomState } from '../base/random';
import type { PoolView, WorldChange } from '../api/world-change';
import type { Node } from '../api/objects';
import { CONTROL_PLANE_LABEL } from './control-plane-pods';
import type { Component } from './machinery/component';
import type { Machines } from './machinery/machines';
import type { NodeGroup, NodeGroups } from './machinery/node-groups';
import type { Clock, Timer } from './time/clock';

type PoolChange = Extract<WorldChange, { type: 'pool' }>;

/** A pool whose size somebody has set bounds to. */
interface Pool {
  min: number;
  max: number;
  startMs: number;
  /** A machine of each zone as it registers, so that there can be more where none is left. */
  templates: readonly Node[];
  /** The number of its last machine: no name comes back. */
  lastNumber: number;
}

export interface NodePoolsState {
  pools: Map<string, Pool>;
  /** Machines that have been asked for and have yet to start, by name. */
  starting: Map<string, { pool: string; node: Node }>;
  /** Machines that are being taken away. */
  stopping: Set<string>;
  random: RandomState;
}

/** What the cloud does with machines once they are there. */
export interface MachineHands {
  add(node: Node): void;
  remove(name: string): void;
}

const NAME = 'node-pools';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const HOSTNAME_LABEL = 'kubernetes.io/hostname';
/** What a cloud takes to shut a machine down and to say so. */
const STOP_MS: readonly [number, number] = [15_000, 30_000];

/** Machines of one kind differ in their number alone: `gpu-a100-2` is of the pool `gpu-a100`. */
const poolOf = (node: Node): string => node.metadata.name.replace(/-?\d+$/, '');

/** The machines of a pool as they register. */
function machinesOf(machines: Machines, pool: string): Node[] {
  return [...machines.all()].map(({ node }) => node).filter((node) => poolOf(node) === pool);
}

/** Why a pool cannot have these bounds, or `undefined`. `known` are the pools that have had some. */
export function poolProblem(
  { pool, min, max }: PoolChange,
  machines: Machines,
  known: NodePools | undefined,
): string | undefined {
  const size = known?.sizeOf(pool) ?? machinesOf(machines, pool).length;
  if (size === 0 && !known?.state.pools.has(pool)) {
    const names = [...new Set([...machines.all()].map(({ node }) => poolOf(node)))].sort();
    return `there is no pool ${JSON.stringify(pool)}${names.length > 0 ? `; there are ${names.join(', ')}` : ''}`;
  }
  return min === max && max < size
    ? `pool ${pool} has ${size} machines: only an autoscaler makes it smaller`
    : undefined;
}

/** The pools there are but for the control plane's own machines. `known` are those that have had bounds. */
export function poolViews(machines: Machines, known: NodePools | undefined): PoolView[] {
  const workers = [...machines.all()].filter(({ node }) => !(CONTROL_PLANE_LABEL in (node.metadata.labels ?? {})));
  const names = new Set([...workers.map(({ node }) => poolOf(node)), ...(known?.state.pools.keys() ?? [])]);
  return [...names].sort().map((pool): PoolView => {
    const bounds = known?.state.pools.get(pool);
    return {
      pool,
      machines: known?.sizeOf(pool) ?? machinesOf(machines, pool).length,
      bounds: bounds ? { min: bounds.min, max: bounds.max, startSeconds: bounds.startMs / 1000 } : null,
    };
  });
}

/**
 * The cloud's side of node pools: it starts machines that are asked for, and takes machines away. The size of a pool
 * is what there is, and what is on its way.
 */
export class NodePools implements Component, NodeGroups {
  readonly name = NAME;
  state: NodePoolsState;

  constructor(
    private readonly clock: Clock,
    private readonly machines: Machines,
    private readonly hands: MachineHands,
    seed: number,
  ) {
    this.state = { pools: new Map(), starting: new Map(), stopping: new Set(), random: seedRandom(seed, NAME) };
  }

  restore(state: object): void {
    this.state = state as NodePoolsState;
  }

  /** Sets a pool's bounds. Machines that are missing at the lower one are started. */
  change({ pool, min, max, startSeconds }: PoolChange): void {
    const members = machinesOf(this.machines, pool);
    const known = this.state.pools.get(pool);
    const templates = known?.templates ?? templatesOf(members);
    assert(templates.length > 0, `pool ${pool} has had no machine`);
    const numbers = members.map(({ metadata }) => Number(/\d+$/.exec(metadata.name)?.[0] ?? 0));
    const lastNumber = Math.max(known?.lastNumber ?? 0, ...numbers);
    this.state.pools.set(pool, { min, max, startMs: startSeconds * 1000, templates, lastNumber });
    for (let size = this.sizeOf(pool); size < min; size++) this.increase(pool, [this.#leastUsed(pool)]);
  }

  /** How many machines a pool has or will have. */
  sizeOf(pool: string): number {
    return this.#membersOf(pool).length;
  }

  groups(): NodeGroup[] {
    const groups: NodeGroup[] = [];
    for (const [name, { min, max, templates }] of this.state.pools) {
      if (min < max)
        groups.push({ name, min, max, templates, machines: this.#membersOf(name).map((node) => node.metadata.name) });
    }
    return groups.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  increase(pool: string, templates: readonly Node[]): void {
    const entry = present(this.state.pools.get(pool), `the pool ${pool}`);
    for (const template of templates) {
      do entry.lastNumber += 1;
      while (this.machines.get(`${template.metadata.name}-${entry.lastNumber}`));
      const node = named(template, `${template.metadata.name}-${entry.lastNumber}`);
      this.state.starting.set(node.metadata.name, { pool, node });
      this.clock.after(entry.startMs, NAME, 'start', node.metadata.name);
    }
  }

  remove(machine: string): void {
    if (this.state.stopping.has(machine)) return;
    this.state.stopping.add(machine);
    this.clock.after(nextBetween(this.state.random, ...STOP_MS), NAME, 'stop', machine);
  }

  handle({ kind, key }: Timer): void {
    if (kind === 'start') {
      const { node } = present(this.state.starting.get(key), `the machine ${key} that starts`);
      this.state.starting.delete(key);
      if (!this.machines.get(key)) this.hands.add(node);
    } else {
      this.state.stopping.delete(key);
      if (this.machines.get(key)) this.hands.remove(key);
    }
  }

  #membersOf(pool: string): Node[] {
    const there = machinesOf(this.machines, pool).filter((node) => !this.state.stopping.has(node.metadata.name));
    const coming = [...this.state.starting.values()].filter((one) => one.pool === pool).map(({ node }) => node);
    return [...there, ...coming];
  }

  /** The template of the zone that has the fewest of the pool's machines. */
  #leastUsed(pool: string): Node {
    const { templates } = present(this.state.pools.get(pool), `the pool ${pool}`);
    const members = this.#membersOf(pool);
    const used = (template: Node): number => members.filter((node) => zoneOf(node) === zoneOf(template)).length;
    return templates.reduce((least, one) => (used(one) < used(least) ? one : least));
  }
}

const zoneOf = (node: Node): string => node.metadata.labels?.[ZONE_LABEL] ?? '';

/** Of each zone one machine, without its number. */
function templatesOf(members: readonly Node[]): readonly Node[] {
  const zones = new Map<string, Node>();
  for (const node of members) if (!zones.has(zoneOf(node))) zones.set(zoneOf(node), node);
  return freezeDeep([...zones.values()].map((node) => named(node, poolOf(node))));
}

function named(node: Node, name: string): Node {
  const labels = { ...node.metadata.labels, [HOSTNAME_LABEL]: name };
  const { addresses: _, ...status } = node.status;
  return freezeDeep({ ...node, metadata: { ...node.metadata, name, labels }, status });
}
