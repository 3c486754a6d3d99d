import type { Json, Pod } from '../api/objects';
import type { Cluster } from './cluster';
import type { MachineDefinition } from './kubelet/compile-machine';
import { CONTAINER } from './kubelet/container-run';
import { containerMachine } from './kubelet/container.machine';
import { NODE } from './kubelet/core';
import { nodeMachine } from './kubelet/node.machine';
import { workerState } from './kubelet/pod-record';
import { podWorkerMachine } from './kubelet/pod-worker.machine';

/** A state machine as the kernel runs it, and where it stands. */
interface RunningMachine {
  definition: MachineDefinition;
  state: string;
}

/**
 * The machines behind a Pod by name: its worker in the kubelet, each container's latest run, its node. Empty for a Pod
 * that no kubelet knows.
 */
export function lifecycleOf(cluster: Cluster, namespace: string, name: string): Json {
  const pod = cluster.store.get('pods', `${namespace}/${name}`) as Pod | undefined;
  const kubelet = cluster.kubelets.get(pod?.spec.nodeName ?? '');
  const record = pod && kubelet?.state.pods.get(pod.metadata.uid);
  if (!record || !kubelet) return {};
  const machines: Record<string, RunningMachine> = {
    'pod worker': { definition: podWorkerMachine, state: workerState(record) },
    node: { definition: nodeMachine, state: NODE.states[kubelet.state.node]! },
  };
  for (const container of record.containers.values()) {
    const run = container.runs[0];
    if (run) machines[`container ${container.name}`] = { definition: containerMachine, state: CONTAINER.states[run.state]! };
  }
  return machines as unknown as Json;
}
