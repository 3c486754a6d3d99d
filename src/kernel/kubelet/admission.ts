import { hostPortsOf, portsConflict } from '../../api/host-ports';
import { requiredNodeAffinityMatches } from '../../api/node-affinity';
import type { Container, Node, Pod } from '../../api/objects';
import { onceForResources } from '../../api/pod-resources';
import { milliValue, wholeValue } from '../../api/quantity';
import { toleratesTaint } from '../../api/taints';
import type { KubeletCore } from './core';
import { allocateDevices } from './devices';
import { pressureRefusal } from './eviction';
import type { PodRecord } from './state';
import { forbiddenSysctl } from './sysctls';

/** Why a kubelet refuses a Pod. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

const amountOf = (name: string, text: string): number => (name === 'cpu' ? milliValue(text) : wholeValue(text));

/** What a Pod requests altogether: the larger of its containers' sum and each init container. */
export const requestsOf: (pod: Pod) => ReadonlyMap<string, number> = onceForResources((pod) => {
  const sum = new Map<string, number>();
  const { containers, initContainers = [], overhead } = pod.spec;
  const add = (requests: Record<string, unknown> | undefined): void => {
    for (const [name, text] of Object.entries(requests ?? {}))
      sum.set(name, (sum.get(name) ?? 0) + amountOf(name, String(text)));
  };
  const sidecars = initContainers.filter((one) => one.restartPolicy === 'Always');
  for (const spec of [...containers, ...sidecars] as Container[]) add(spec.resources?.requests);
  for (const spec of initContainers) {
    for (const [name, text] of Object.entries(spec.resources?.requests ?? {})) {
      sum.set(name, Math.max(sum.get(name) ?? 0, amountOf(name, text as string)));
    }
  }
  add(overhead);
  return Object.freeze(sum);
});

/** Whether the machine takes a Pod that was bound to it. Models pkg/kubelet/lifecycle/predicate.go. */
export function admit(core: KubeletCore, record: PodRecord): Refusal | undefined {
  const { node } = core;
  if (!node) return undefined;
  const refusal =
    pressureRefusal(core, record) ??
    forbidden(record) ??
    otherSystem(record) ??
    insufficient(core, record, node, record.requests) ??
    unsuited(core, record, node);
  if (refusal) return refusal;
  const problem = allocateDevices(core, record);
  return problem === undefined ? undefined : { reason: 'UnexpectedAdmissionError', message: problem };
}

function forbidden({ pod }: PodRecord): Refusal | undefined {
  const message = forbiddenSysctl(pod);
  return message === undefined ? undefined : { reason: 'SysctlForbidden', message };
}

const OS_LABEL = 'kubernetes.io/os';

/** A Pod for another operating system, as its own label or its spec says. */
function otherSystem({ pod: { metadata, spec } }: PodRecord): Refusal | undefined {
  if ((metadata.labels?.[OS_LABEL] ?? 'linux') !== 'linux') {
    const message = `Failed to admit pod as the \`${OS_LABEL}\` label doesn't match node label`;
    return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message };
  }
  if ((spec.os?.name ?? 'linux') === 'linux') return undefined;
  return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
}

/** Whether there is room for what a Pod asks for anew; the reason is that of its condition. Models PodResizesAdmitHandler. */
export function admitResize(
  core: KubeletCore,
  record: PodRecord,
  requests: ReadonlyMap<string, number>,
): Refusal | undefined {
  const { node } = core;
  if (!node) return undefined;
  for (const name of ['cpu', 'memory']) {
    const requested = requests.get(name) ?? 0;
    const capacity = amountOf(name, (node.status.allocatable as Record<string, string> | undefined)?.[name] ?? '0');
    if (requested <= capacity) continue;
    const message = `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`;
    return { reason: 'Infeasible', message };
  }
  const refusal = insufficient(core, record, node, requests);
  return refusal && { reason: 'Deferred', message: refusal.message };
}

const ORDER = ['cpu', 'memory', 'ephemeral-storage'];

function insufficient(
  core: KubeletCore,
  record: PodRecord,
  node: Node,
  requests: ReadonlyMap<string, number>,
): Refusal | undefined {
  const allocatable = (node.status.allocatable ?? {}) as Record<string, string>;
  const extended = [...requests.keys()].filter((name) => name.includes('/') && name in allocatable);
  const names = [...ORDER, ...extended].filter((name) => (requests.get(name) ?? 0) !== 0);
  const used = names.map(() => 0);
  let others = 0;
  for (const one of core.state.pods.values()) {
    if (one === record || !holdsItsShare(one)) continue;
    others += 1;
    for (let index = 0; index < names.length; index++) used[index]! += one.requests.get(names[index]!) ?? 0;
  }
  const pods = wholeValue(allocatable['pods'] ?? '110');
  if (others + 1 > pods) return outOf('pods', 1, others, pods);
  for (const [index, name] of names.entries()) {
    const requested = requests.get(name)!;
    const capacity = amountOf(name, allocatable[name] ?? '0');
    if (requested + used[index]! > capacity) return outOf(name, requested, used[index]!, capacity);
  }
  return undefined;
}

const holdsItsShare = ({ refused, stage }: PodRecord): boolean =>
  !refused && stage !== 'terminated' && stage !== 'finished';

function outOf(resource: string, requested: number, used: number, capacity: number): Refusal {
  const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${numbers}` };
}

/** What the scheduler would have said of the node; a Pod that was bound by hand hears it from the kubelet. */
function unsuited(core: KubeletCore, record: PodRecord, node: Node): Refusal | undefined {
  const { pod } = record;
  if (!requiredNodeAffinityMatches(pod, node))
    return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (hasNoFreePorts(core, record)) {
    return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  }
  if (record.isStatic) return undefined;
  const taint = node.spec.taints?.find(
    (one) => one.effect === 'NoExecute' && !toleratesTaint(pod.spec.tolerations, one),
  );
  return taint && failed('TaintToleration', "node(s) had taints that the pod didn't tolerate");
}

const failed = (predicate: string, why: string): Refusal => ({
  reason: predicate,
  message: `Predicate ${predicate} failed: ${why}`,
});

function hasNoFreePorts(core: KubeletCore, record: PodRecord): boolean {
  const wanted = hostPortsOf(record.pod);
  if (wanted.length === 0) return false;
  for (const one of core.state.pods.values()) {
    if (one === record || !holdsItsShare(one)) continue;
    const taken = hostPortsOf(one.pod);
    if (taken.some((port) => wanted.some((other) => portsConflict(port, other)))) return true;
  }
  return false;
}
