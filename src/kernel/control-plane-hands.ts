import type { Cluster } from './cluster';
import type { ApiServerClient, ControlPlaneNodes } from './control-plane';
import { CONTROL_PLANE_IMAGES, CONTROL_PLANE_LABEL, manifestOf } from './control-plane-pods';
import type { Kubelet } from './kubelet/kubelet';
import type { WatchHub } from './machinery/watch-hub';

/** The nodes that say that they are the control plane's are; its images are on their disks. */
export function settleControlPlane(cluster: Cluster): void {
  if (cluster.start.controlPlane !== 'self-managed') return;
  const nodes = cluster.start.nodes.filter(({ metadata }) => metadata.labels?.[CONTROL_PLANE_LABEL] !== undefined);
  const names = nodes.map(({ metadata }) => metadata.name);
  for (const name of names) {
    const { images } = cluster.machines.get(name)!;
    for (const image of CONTROL_PLANE_IMAGES) images.set(image, cluster.imageSizeMb(image));
  }
  cluster.controlPlane.settle(names);
}

/** What the control plane does on the nodes that run it; `exit` ends a component's container with a code. */
export function nodeHands(
  cluster: Cluster,
): Omit<ControlPlaneNodes, 'election'> & { exit(component: string, node: string, code: number): void } {
  const { kubelets, machines } = cluster;
  const podOf = (component: string, node: string): string => `${component}-${node}`;
  const exit = (component: string, node: string, code: number): void =>
    void kubelets.get(node)?.crash('kube-system', podOf(component, node), component, code);
  return {
    exit,
    runs: (component, node) => kubelets.get(node)?.runsStatic(podOf(component, node)) ?? false,
    isReached: (node) => machines.reachable(node),
    place: (component, node, uid) => {
      const pod = manifestOf(component, node, cluster.controlPlane.state.members);
      machines.get(node)?.manifests.set(component, Object.freeze({ uid, pod }));
      kubelets.get(node)?.manifestsChanged();
    },
    take: (component, node) => {
      exit(component, node, 137);
      machines.get(node)?.manifests.delete(component);
      kubelets.get(node)?.manifestsChanged();
    },
  };
}

/** Everybody who speaks to the API server but the programs that lead: kubelets, and kube-proxies together. */
export function* clientsOf({ hub, kubelets }: Pick<Cluster, 'hub' | 'kubelets'>): Iterable<ApiServerClient> {
  const network = 'network';
  yield {
    name: network,
    disconnect: () => hub.setCut(network, true),
    connect: () => hub.setCut(network, false),
  };
  for (const kubelet of kubelets.values()) yield clientOf(hub, kubelet);
}

/** A kubelet as somebody who speaks to the API server. */
export function clientOf(hub: WatchHub, kubelet: Kubelet): ApiServerClient {
  const { name } = kubelet;
  return {
    name,
    disconnect: () => {
      hub.setCut(name, true);
      kubelet.disconnect();
    },
    connect: () => {
      hub.setCut(name, !kubelet.linked);
      kubelet.connect();
    },
  };
}
