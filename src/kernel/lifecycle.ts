import type { Pod } from '../api/objects';
import type { MachineDefinition, RunningMachine } from '../api/lifecycle';
import type { Cluster } from './cluster';
import type { CompiledMachine } from './kubelet/compile-machine';
import { CONTAINER } from './kubelet/container-run';
import { containerMachine } from './kubelet/container.machine';
import { NODE } from './kubelet/core';
import { nodeMachine } from './kubelet/node.machine';
import { WORKER } from './kubelet/pod-record';
import { podWorkerMachine } from './kubelet/pod-worker.machine';
import { VOLUME } from './kubelet/volume-mounts';
import { volumeMachine } from './kubelet/volume.machine';

/**
 * The machines behind a Pod by name, those first that a person thinks of: each container's latest run, its worker in the
 * kubelet, its volumes, its node. Empty for a Pod that no kubelet knows.
 */
export function lifecycleOf(cluster: Cluster, namespace: string, name: string): Record<string, RunningMachine> {
  const pod = cluster.store.get('pods', `${namespace}/${name}`) as Pod | undefined;
  const kubelet = cluster.kubelets.get(pod?.spec.nodeName ?? '');
  const record = pod && kubelet?.state.pods.get(pod.metadata.uid);
  if (!record || !kubelet) return {};
  const machines: Record<string, RunningMachine> = {};
  for (const container of record.containers.values()) {
    const run = container.runs[0];
    if (run) machines[`container ${container.name}`] = running(containerMachine, CONTAINER, run.state, run.taken);
  }
  machines['pod worker'] = running(podWorkerMachine, WORKER, record.worker, record.workerTaken);
  for (const volume of record.volumes.values()) {
    machines[`volume ${volume.name}`] = running(volumeMachine, VOLUME, volume.state, volume.taken);
  }
  machines['node'] = running(nodeMachine, NODE, kubelet.state.node, kubelet.state.nodeTaken);
  return machines;
}

function running(
  definition: MachineDefinition,
  machine: CompiledMachine,
  state: number,
  taken: number,
): RunningMachine {
  const transitions = machine.transitions.filter((_, at) => (taken & (1 << at)) !== 0);
  return {
    definition,
    state: machine.states[state]!,
    taken: transitions.map(({ from, event }) => ({ from: machine.states[from]!, event })),
  };
}
