import type { Verdict } from '../../api/scheduling';
import type { Node, Pod } from '../../api/objects';
import { present } from '../../base/assert';
import type { TypedClient } from '../apiserver/typed-client';
import type { Informers } from '../machinery/informers';
import { emptyCache, SchedulerCache } from '../scheduler/cache';
import { DEFAULT_CONFIGURATION } from '../scheduler/configuration';
import { filterFor } from '../scheduler/cycle';
import type { Framework } from '../scheduler/framework/framework';
import { InformerLister } from '../scheduler/informer-lister';
import type { NodeInfo } from '../scheduler/node-info';
import { podInfo } from '../scheduler/pod-info';
import { frameworksOf } from '../scheduler/profiles';

/** Pods of a lower priority neither bring nodes nor keep them. Models --expendable-pods-priority-cutoff. */
const EXPENDABLE_BELOW = -10;

export const isExpendable = (pod: Pod): boolean => podInfo(pod).priority < EXPENDABLE_BELOW;
export const isTerminal = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';

/** The default profile of kube-scheduler, which the autoscaler runs its simulations with. */
export function simulationFramework(client: TypedClient, informers: Informers): Framework {
  return present([...frameworksOf(DEFAULT_CONFIGURATION, client, informers).values()][0], 'the default profile');
}

/** The Pod as it is before it is bound. */
function unbound(pod: Pod): Pod {
  if (pod.spec.nodeName === undefined) return pod;
  const { nodeName: _, ...spec } = pod.spec;
  return { ...pod, spec };
}

/**
 * The cluster on trial: nodes come and go in it and Pods are placed by kube-scheduler's own filters, and nobody else
 * sees anything of it. Models cluster-autoscaler/simulator/clustersnapshot.
 */
export class Simulation {
  readonly #cache = new SchedulerCache(emptyCache());
  readonly #lister: InformerLister;
  readonly #framework: Framework;
  #lastIndex = 0;
  /** How to take back what an attempt does, newest last; `undefined` outside of attempts. */
  #undo: (() => void)[] | undefined;

  constructor(informers: Informers, framework: Framework) {
    this.#lister = new InformerLister(informers, { volumes: new Map(), claims: new Map() });
    this.#framework = framework;
    for (const node of informers.all('nodes')) this.#cache.setNode(node);
    for (const pod of informers.all('pods')) {
      const node = pod.spec.nodeName ?? pod.status.nominatedNodeName;
      if (node && !isTerminal(pod) && !isExpendable(pod)) this.#cache.addPod(pod, node, false);
    }
  }

  get nodes(): readonly NodeInfo[] {
    return this.#cache.nodes;
  }

  node(name: string): NodeInfo | undefined {
    return this.#cache.node(name);
  }

  addNode(node: Node): void {
    const { name } = node.metadata;
    this.#cache.setNode(node);
    this.#undo?.push(() => this.#cache.removeNode(name));
  }

  removeNode(name: string): void {
    const known = this.#cache.node(name)?.node;
    if (!known) return;
    this.#cache.removeNode(name);
    this.#undo?.push(() => this.#cache.setNode(known));
  }

  /** Counts a Pod on a node, wherever it was. */
  put(pod: Pod, node: string): void {
    const { uid } = pod.metadata;
    const from = this.#cache.nodeOf(uid);
    const before = from === undefined ? undefined : this.#cache.node(from)?.pods.get(uid);
    this.#cache.addPod(pod, node, false);
    this.#undo?.push(() => {
      this.#cache.removePod(pod);
      if (before) this.#cache.addPod(before, from!, false);
    });
  }

  /** What stands against the Pod on this node. */
  refusal(pod: Pod, node: string): Verdict | undefined {
    const info = present(this.#cache.node(node), `the node ${node} on trial`);
    return this.#filter(unbound(pod))(info);
  }

  /** Puts the Pod on the next node on which it fits, from the last one found on, and returns the node's name. */
  place(pod: Pod, among: (node: NodeInfo) => boolean): string | undefined {
    const candidate = unbound(pod);
    const filter = this.#filter(candidate);
    const { nodes } = this.#cache;
    for (let step = 0; step < nodes.length; step++) {
      const index = (this.#lastIndex + step) % nodes.length;
      const node = nodes[index]!;
      if (!among(node) || filter(node)) continue;
      this.#lastIndex = index;
      this.put(candidate, node.name);
      return node.name;
    }
    return undefined;
  }

  /** Tries something. What it did to the simulation stays only where it says so. */
  attempt<Result>(act: () => { keep: boolean; result: Result }): Result {
    const outer = this.#undo;
    const undo: (() => void)[] = (this.#undo = []);
    const { keep, result } = act();
    this.#undo = outer;
    if (keep) outer?.push(...undo);
    else for (const take of undo.reverse()) take();
    return result;
  }

  #filter(pod: Pod): (node: NodeInfo) => Verdict | undefined {
    return filterFor(pod, { framework: this.#framework, snapshot: this.#cache, lister: this.#lister });
  }
}
