import { freezeDeep } from '../../base/state';
import type { Node, Pod } from '../../api/objects';
import { podInfo } from './pod-info';
import { addResources, noResources, resourcesOf, type Resources } from './resources';

/** A node and the sum of what its Pods take. Models pkg/scheduler/framework NodeInfo. */
export interface NodeInfo {
  readonly name: string;
  /** False for a node that is gone, or not seen yet, while Pods of it are known. */
  known: boolean;
  node: Node;
  /** Position among the known nodes; -1 for one that is not known. */
  index: number;
  allocatable: Resources;
  allowedPods: number;
  requested: Resources;
  nonZeroCpu: number;
  nonZeroMemory: number;
  /** By uid; assumed Pods included. */
  pods: Map<string, Pod>;
  /** How many Pods hold a port: `TCP/8080` → address → count. */
  ports: Map<string, Map<string, number>>;
}

/** Stands in for a node that only its Pods speak of. */
const NO_NODE: Node = freezeDeep({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: {},
  status: {},
});

export function emptyNodeInfo(name: string): NodeInfo {
  return {
    name,
    known: false,
    node: NO_NODE,
    index: -1,
    allocatable: noResources(),
    allowedPods: 0,
    requested: noResources(),
    nonZeroCpu: 0,
    nonZeroMemory: 0,
    pods: new Map(),
    ports: new Map(),
  };
}

/** Puts a node, or its new version, in place. */
export function setNode(info: NodeInfo, node: Node): void {
  const allocatable = node.status?.allocatable as Record<string, string> | undefined;
  if (info.node.status?.allocatable !== allocatable || !info.known) {
    info.allocatable = resourcesOf(allocatable);
    info.allowedPods = Number(allocatable?.pods ?? 0);
  }
  info.node = node;
  info.known = true;
}

export function unsetNode(info: NodeInfo): void {
  info.node = NO_NODE;
  info.known = false;
  info.index = -1;
  info.allocatable = noResources();
  info.allowedPods = 0;
}

export function addPodTo(info: NodeInfo, pod: Pod): void {
  info.pods.set(pod.metadata.uid, pod);
  count(info, pod, 1);
}

export function removePodFrom(info: NodeInfo, pod: Pod): void {
  const uid = pod.metadata.uid;
  const known = info.pods.get(uid);
  if (!known) return;
  info.pods.delete(uid);
  count(info, known, -1);
}

function count(info: NodeInfo, pod: Pod, sign: 1 | -1): void {
  const facts = podInfo(pod);
  addResources(info.requested, facts.requests, sign);
  info.nonZeroCpu += sign * facts.nonZeroCpu;
  info.nonZeroMemory += sign * facts.nonZeroMemory;
  for (const { ip, port } of facts.hostPorts) {
    let holders = info.ports.get(port);
    if (!holders) info.ports.set(port, (holders = new Map()));
    const held = (holders.get(ip) ?? 0) + sign;
    if (held > 0) holders.set(ip, held);
    else holders.delete(ip);
    if (holders.size === 0) info.ports.delete(port);
  }
}

/** A copy to try things on: what is counted is its own, Pods are shared. */
export function cloneNodeInfo(info: NodeInfo): NodeInfo {
  return {
    ...info,
    requested: { ...info.requested, scalars: new Map(info.requested.scalars) },
    pods: new Map(info.pods),
    ports: new Map(Array.from(info.ports, ([port, holders]) => [port, new Map(holders)])),
  };
}
