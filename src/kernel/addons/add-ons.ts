import { assert, present } from '../../base/assert';
import type { DaemonSet, Deployment, Draft, Node, Pod } from '../../api/objects';
import { untoleratedTaint } from '../../api/taints';
import type { Cluster } from '../cluster';
import { CONTROL_PLANE_LABEL } from '../control-plane-pods';
import type { Component } from '../machinery/component';
import { newDaemonPod, placement } from '../controllers/daemonset-node';
import { newReplicaSet, templateHash } from '../controllers/deployment-revision';
import { podFromTemplate } from '../controllers/pod-control';
import type { TypedClient } from '../apiserver/typed-client';
import { ADD_ONS } from './table';

/** By then all nodes of a preset are ready. */
const FOUND_MS = -40_000;
const NAME = 'add-ons';

/**
 * Puts the add-ons where they would be found in a cluster that has run for a while: their Pods are bound, and their
 * containers run. So they cost a boot neither scheduling, nor pulls, nor a report of each step.
 */
export class AddOns implements Component {
  readonly name = NAME;
  state = {};

  constructor(private readonly cluster: Cluster) {
    const { addOns = [], nodes } = cluster.start;
    /* A cluster that begins without nodes gets all that it has from a snapshot. */
    if (addOns.length > 0 && nodes.length > 0) cluster.clock.set(FOUND_MS, NAME, 'find', '');
  }

  restore(): void {}

  handle(): void {
    const { api, start } = this.cluster;
    const addOns = (start.addOns ?? []).map((name) => ADD_ONS[name]);
    const client = api.clientFor('podium');
    for (const { objects } of addOns) for (const { resource, draft } of objects) client.find(resource, draft as never);
    for (const { workload } of addOns) {
      if (workload.resource === 'daemonsets') settleDaemons(this.cluster, client.find('daemonsets', workload.draft));
      else settleReplicas(this.cluster, client.find('deployments', workload.draft));
    }
  }
}

function settleDaemons(cluster: Cluster, set: DaemonSet): void {
  const client = cluster.api.clientFor('daemon-set-controller', 'kube-controller-manager');
  const hash = templateHash(set.spec.template, 0);
  const place = placement(set);
  for (const node of cluster.start.nodes) {
    const { name } = node.metadata;
    if (place(node).shouldRun) settlePod(cluster, client, name, newDaemonPod(set, name, hash));
  }
}

function settleReplicas(cluster: Cluster, deployment: Deployment): void {
  const clientOf = (actor: string): TypedClient => cluster.api.clientFor(actor, 'kube-controller-manager');
  const replicas = deployment.spec.replicas ?? 1;
  const set = clientOf('deployment-controller').find('replicasets', newReplicaSet(deployment, 1, replicas));
  const client = clientOf('replicaset-controller');
  const nodes = spread(cluster.start.nodes, { spec: set.spec.template!.spec } as Pod);
  assert(nodes.length > 0, `no node of the preset is for ${deployment.metadata.name}`);
  for (let index = 0; index < replicas; index++) {
    const draft = podFromTemplate(set.spec.template!, set);
    settlePod(cluster, client, nodes[index % nodes.length]!, draft);
  }
}

function settlePod(cluster: Cluster, client: TypedClient, nodeName: string, draft: Draft<Pod>): void {
  const { images } = present(cluster.machines.get(nodeName), `machine ${nodeName}`);
  for (const { image = '' } of draft.spec.containers) images.set(image, cluster.imageSizeMb(image));
  const kubelet = cluster.kubelets.get(nodeName)!;
  client.find('pods', { ...draft, spec: { ...draft.spec, nodeName } }, (pod) => kubelet.adopt(pod));
}

/**
 * The nodes for replicas in the order of their coming: an installer finds the control plane's nodes alone; without
 * them, each zone has its turn.
 */
function spread(nodes: readonly Node[], pod: Pod): string[] {
  const open = nodes.filter(({ spec }) => !untoleratedTaint(spec.taints, pod.spec.tolerations));
  const own = open.filter(({ metadata }) => metadata.labels?.[CONTROL_PLANE_LABEL] !== undefined);
  const turns = new Map<string, number>();
  const turnOf = ({ metadata }: Node): number => {
    const zone = metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
    const turn = turns.get(zone) ?? 0;
    turns.set(zone, turn + 1);
    return turn;
  };
  const candidates = (own.length > 0 ? own : open).map((node) => ({ name: node.metadata.name, turn: turnOf(node) }));
  return candidates.sort((left, right) => left.turn - right.turn).map(({ name }) => name);
}
