import { assert } from '../base/assert';
import type { Fault } from '../api/faults';
import type { Node, Pod } from '../api/objects';
import type { Cluster } from './cluster';
import type { Kubelet } from './kubelet/kubelet';

/** How each fault is carried out, and why it may be impossible. */
type Carrier<F> = {
  problem(cluster: Cluster, fault: F): string | undefined;
  carryOut(cluster: Cluster, fault: F, input: number): void;
};
type FaultOf<Type extends Fault['type']> = Extract<Fault, { type: Type }>;

const noMachine = (cluster: Cluster, node: string): string | undefined =>
  cluster.machines.get(node) ? undefined : `there is no machine ${JSON.stringify(node)}`;

/** A fault of one machine. */
function onMachine<F extends { node: string }>(
  act: (kubelet: Kubelet, fault: F, cluster: Cluster) => void,
): Carrier<F> {
  return {
    problem: (cluster, { node }) => noMachine(cluster, node),
    carryOut: (cluster, fault) => {
      const kubelet = cluster.kubelets.get(fault.node);
      assert(kubelet, `machine ${fault.node} has no kubelet`);
      act(kubelet, fault, cluster);
    },
  };
}

/** A fault of one container. */
function onContainer<F extends { namespace: string; pod: string; container: string }>(
  codeOf: (fault: F) => [exitCode: number, reason: string],
): Carrier<F> {
  return {
    problem: (cluster, { namespace, pod, container }) => {
      const found = cluster.store.get('pods', `${namespace}/${pod}`) as Pod | undefined;
      if (!found) return `there is no Pod ${namespace}/${pod}`;
      const status = [...(found.status.containerStatuses ?? []), ...(found.status.initContainerStatuses ?? [])];
      const running = status.some((one) => one.name === container && one.state?.running);
      return running ? undefined : `container ${JSON.stringify(container)} of Pod ${namespace}/${pod} does not run`;
    },
    carryOut: (cluster, fault) => {
      const found = cluster.store.get('pods', `${fault.namespace}/${fault.pod}`) as Pod | undefined;
      const kubelet = cluster.kubelets.get(found?.spec.nodeName ?? '');
      kubelet?.crash(fault.namespace, fault.pod, fault.container, ...codeOf(fault));
    },
  };
}

/** A machine's network: the cut is between its kubelet and everything else. */
function link(up: boolean): Carrier<{ node: string }> {
  return onMachine((kubelet, { node }, cluster) => {
    if (!up) kubelet.linkDown();
    cluster.hub.setCut(kubelet.name, !up || !cluster.machines.get(node)!.served);
    cluster.network.setCut(node, !up);
    if (up) kubelet.linkUp();
    cluster.controlPlane.look();
  });
}

function pressure(condition: 'diskPressure' | 'memoryPressure'): Carrier<{ node: string; on: boolean }> {
  return onMachine((kubelet, { node, on }, cluster) => {
    cluster.machines.get(node)![condition] = on;
    kubelet.machineChanged();
  });
}

function device(healthy: boolean): Carrier<{ node: string; device: string }> {
  const find = (cluster: Cluster, node: string, id: string): { id: string; healthy: boolean } | undefined =>
    [...(cluster.machines.get(node)?.devices.values() ?? [])].flat().find((one) => one.id === id);
  return {
    problem: (cluster, { node, device: id }) =>
      noMachine(cluster, node) ??
      (find(cluster, node, id) ? undefined : `machine ${node} has no device ${JSON.stringify(id)}`),
    carryOut: (cluster, { node, device: id }) => {
      find(cluster, node, id)!.healthy = healthy;
      cluster.kubelets.get(node)?.deviceChanged(id);
    },
  };
}

function registry(up: boolean): Carrier<object> {
  return { problem: () => undefined, carryOut: (cluster) => void (cluster.machines.state.registryUp = up) };
}

/** Kubelets and kube-proxies are killed at once; a new leader of the control plane waits for the lease. */
function component(up: boolean): Carrier<{ component: string; node?: string; member?: string }> {
  return {
    problem: (cluster, { component: name, node, member }) => {
      if (name === 'kubelet' || cluster.network.has(name))
        return node === undefined ? undefined : noMachine(cluster, node);
      return cluster.controlPlane.problem(name, member ?? node);
    },
    carryOut: (cluster, { component: name, node, member }) => {
      if (name !== 'kubelet' && !cluster.network.has(name)) {
        if (up) cluster.controlPlane.start(name, member ?? node);
        else cluster.controlPlane.stop(name, member ?? node);
        return;
      }
      for (const [machine, kubelet] of cluster.kubelets) {
        if (node !== undefined && node !== machine) continue;
        if (name !== 'kubelet') {
          if (up) kubelet.startProgram(name);
          else kubelet.stopProgram(name);
        } else if (up) kubelet.startKubelet();
        else kubelet.stopKubelet();
      }
    },
  };
}

const DELAY_LIMIT_MS = 60_000;

const CARRIERS: { [Type in Fault['type']]: Carrier<FaultOf<Type>> } = {
  ContainerCrash: onContainer(({ exitCode }) => [exitCode, '']),
  OutOfMemory: onContainer(() => [137, 'OOMKilled']),
  NodeDown: onMachine((kubelet) => kubelet.powerOff()),
  NodeUp: onMachine((kubelet) => kubelet.powerOn()),
  NodeNetworkDown: link(false),
  NodeNetworkUp: link(true),
  NodeAdd: {
    problem: (cluster, { node }) => {
      const name = (node as Partial<Node>).metadata?.name;
      if (typeof name !== 'string' || name === '') return 'the Node has no name';
      return cluster.machines.get(name) ? `there is a machine ${JSON.stringify(name)} already` : undefined;
    },
    carryOut: (cluster, { node }) => cluster.addMachine(node as Node),
  },
  NodeRemove: {
    problem: (cluster, { node }) => noMachine(cluster, node),
    carryOut: (cluster, { node }, input) => cluster.removeMachine(node, input),
  },
  ComponentDown: component(false),
  ComponentUp: component(true),
  GpuFault: device(false),
  GpuRepaired: device(true),
  DiskPressure: pressure('diskPressure'),
  MemoryPressure: pressure('memoryPressure'),
  RegistryDown: registry(false),
  RegistryUp: registry(true),
  NetworkDelay: {
    problem: (cluster, { ms, loss, node }) => {
      if (!(ms >= 0 && ms <= DELAY_LIMIT_MS)) return `ms must be between 0 and ${DELAY_LIMIT_MS}`;
      if (!(loss >= 0 && loss <= 1)) return 'loss must be a share between 0 and 1';
      return node === undefined ? undefined : noMachine(cluster, node);
    },
    carryOut: (cluster, { ms, loss, node }) => cluster.network.disturb(ms, loss, node),
  },
};

/** Why a fault cannot happen here and now, or `undefined`. */
export function faultProblem(cluster: Cluster, fault: Fault): string | undefined {
  return (CARRIERS[fault.type] as Carrier<Fault>).problem(cluster, fault);
}

/** Makes a fault happen. `input` is the journal's entry that asked for it. */
export function carryOut(cluster: Cluster, fault: Fault, input: number): void {
  (CARRIERS[fault.type] as Carrier<Fault>).carryOut(cluster, fault, input);
}
