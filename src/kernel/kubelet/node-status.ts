import { conditionOf, conditionStatus, holds } from '../../api/conditions';
import type { Draft, Lease, Node, NodeCondition } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { hashText } from '../../base/random';
import { registerCsiNode } from './csi-node';
import type { KubeletCore } from './core';
import { pluginStage } from './device-plugins';
import { volumesInUse } from './volume-mounts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const RENEW_JITTER = 0.04;
const REPORT_MS = 300_000;
const IMAGES_REPORTED = 50;
export const KUBELET_VERSION = 'v1.36.3';

/** An address for a Pod: the machine's own network, the next number. */
export function nextPodIp(core: KubeletCore): string {
  const index = core.machine.number;
  const last = 2 + (core.state.nextIp++ % 252);
  return `10.${64 + (index >> 8)}.${index & 255}.${last}`;
}

function addressesOf(core: KubeletCore): { type: string; address: string }[] {
  const known = core.machine.node.status.addresses;
  if (known && known.length > 0) return [...known];
  const index = core.machine.number + 2;
  return [
    { type: 'InternalIP', address: `10.128.${index >> 8}.${index & 255}` },
    { type: 'Hostname', address: core.nodeName },
  ];
}

type Believed = 'True' | 'False';

function conditionsOf(core: KubeletCore, before: Node | undefined, ready: Believed): NodeCondition[] {
  const { observedMs } = core.state.pressure;
  const [memoryPressure, diskPressure] = [observedMs.has('MemoryPressure'), observedMs.has('DiskPressure')];
  const rows: [string, Believed, string, string][] = [
    memoryPressure
      ? ['MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available']
      : ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    diskPressure
      ? ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure']
      : ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ready === 'True'
      ? ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status']
      : ['Ready', 'False', 'KubeletNotReady', 'container runtime status check may not have completed yet'],
  ];
  return rows.map(([type, status, reason, message]) => {
    const known = conditionOf(before, type);
    const since = known?.status === status ? known.lastTransitionTime : undefined;
    return { type, status, lastHeartbeatTime: core.time, lastTransitionTime: since ?? core.time, reason, message };
  });
}

/** What the machine has, and what of it Pods can have. Models nodestatus/setters.go MachineInfo. */
function resourcesOf(core: KubeletCore): Record<'capacity' | 'allocatable', Record<string, string>> {
  const capacity = { ...core.machine.node.status.capacity } as Record<string, string>;
  const allocatable = { ...capacity, ...core.machine.node.status.allocatable } as Record<string, string>;
  for (const [resource, devices] of core.machine.devices) {
    const stage = pluginStage(core, resource);
    if (stage === 'unknown') {
      delete capacity[resource];
      delete allocatable[resource];
      continue;
    }
    const healthy = stage === 'registered' ? devices.filter((device) => device.healthy).length : 0;
    if (stage === 'forgotten') capacity[resource] = '0';
    allocatable[resource] = String(healthy);
  }
  return { capacity, allocatable };
}

/** The Node's status as the kubelet means it to be; what others write into it stays. */
function statusOf(core: KubeletCore, before: Node | undefined, ready: Believed): Node['status'] {
  const { capacity, allocatable } = resourcesOf(core);
  const images = [...core.machine.images].sort(([, a], [, b]) => b - a).slice(0, IMAGES_REPORTED);
  const inUse = volumesInUse(core);
  const { volumesInUse: _, ...rest } = before?.status ?? {};
  return {
    ...rest,
    capacity,
    allocatable,
    conditions: conditionsOf(core, before, ready),
    addresses: addressesOf(core),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: nodeInfo(core),
    declaredFeatures: DECLARED_FEATURES,
    images: images.map(([name, sizeMb]) => ({ names: [name], sizeBytes: Math.round(sizeMb * 1e6) })),
    ...(inUse.length > 0 ? { volumesInUse: inUse } : {}),
  } as unknown as Node['status'];
}

/** What a Pod may need of a kubelet that older ones lack. Models component-helpers/nodedeclaredfeatures. */
const DECLARED_FEATURES: readonly string[] = Object.freeze([
  'ExtendWebSocketsToKubelet',
  'InPlacePodLevelResourcesVerticalScaling',
  'RestartAllContainersOnContainerExits',
]);

const machineId = (core: KubeletCore): string => hashText(core.nodeName).toString(16).padStart(8, '0').repeat(4);

/** Another with each time the machine is switched on. */
const bootId = (core: KubeletCore): string =>
  `${machineId(core).slice(0, 24)}${String(core.machine.boots).padStart(8, '0')}`;

function nodeInfo(core: KubeletCore): object {
  const id = machineId(core);
  return {
    architecture: 'amd64',
    bootID: bootId(core),
    containerRuntimeVersion: 'containerd://2.2.0',
    kernelVersion: '6.12.0',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: id,
    operatingSystem: 'linux',
    osImage: 'Podium',
    systemUUID: id,
  };
}

/** Makes the Node known, or takes it over where it is known: once in a kubelet's run. Models kubelet_node_status.go registerWithAPIServer. */
export function registerNode(core: KubeletCore): void {
  core.state.hostIp = addressesOf(core).find((one) => one.type === 'InternalIP')?.address ?? '';
  if (!core.online) return;
  const { client } = core.parts;
  const { metadata, spec } = core.machine.node;
  client.because([]);
  sayStarted(core);
  core.state.registered = true;
  const known = client.get('nodes', '', core.nodeName);
  if (known) return;
  const draft: Draft<Node> = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: core.nodeName,
      labels: { ...metadata.labels },
      annotations: { ...metadata.annotations, 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: { ...spec },
    status: statusOf(core, undefined, 'False'),
  } as Draft<Node>;
  try {
    client.create('nodes', draft);
  } catch (error) {
    if (!isRefusal(error, 'AlreadyExists')) throw error;
  }
}

/** Writes the Node's status. Models kubelet_node_status.go updateNodeStatus. */
export function reportNode(core: KubeletCore): void {
  if (!core.online) return;
  core.parts.client.because([]);
  let wasReady = false;
  let rebooted = false;
  const turned: string[] = [];
  const written = core.write(() => {
    const change = (node: Node): Node => {
      wasReady = isReady(node);
      const status = statusOf(core, node, 'True');
      turned.push(...pressuresThatTurned(node, status));
      const [before, now] = [node.status.nodeInfo?.bootID, status.nodeInfo?.bootID];
      rebooted = !!before && before !== now;
      return { ...node, status };
    };
    core.parts.client.patch('nodes', '', core.nodeName, change, 'status');
  });
  if (!written) return;
  for (const reason of turned) sayNodeIs(core, reason);
  if (rebooted)
    sayOfNode(core, 'Warning', 'Rebooted', `Node ${core.nodeName} has been rebooted, boot id: ${bootId(core)}`);
  if (!core.state.reportedReady && !wasReady) {
    sayNodeIs(core, 'NodeReady');
  }
  core.state.reportedReady = true;
  core.state.reportedMs = core.nowMs;
  core.state.statusWanted = false;
}

/** What the Events are called that tell of a pressure's begin and end. */
const PRESSURE_EVENTS: Record<string, Record<string, string>> = {
  MemoryPressure: { True: 'NodeHasInsufficientMemory', False: 'NodeHasSufficientMemory' },
  DiskPressure: { True: 'NodeHasDiskPressure', False: 'NodeHasNoDiskPressure' },
  PIDPressure: { True: 'NodeHasInsufficientPID', False: 'NodeHasSufficientPID' },
};

/** What a kubelet says as it starts. A cluster is found running: that of its boot is long gone. */
function sayStarted(core: KubeletCore): void {
  if (core.nowMs < 0) return;
  sayOfNode(core, 'Normal', 'Starting', 'Starting kubelet.');
  for (const reasons of Object.values(PRESSURE_EVENTS)) sayNodeIs(core, reasons['False']!);
  sayOfNode(core, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
}

function pressuresThatTurned(node: Node, status: Node['status']): string[] {
  return Object.entries(PRESSURE_EVENTS).flatMap(([type, reasons]) => {
    const [before, after] = [node, { status }].map((one) => conditionStatus(one, type));
    return before !== after && after !== undefined ? [reasons[after]!] : [];
  });
}

function sayNodeIs(core: KubeletCore, reason: string): void {
  sayOfNode(core, 'Normal', reason, `Node ${core.nodeName} status is now: ${reason}`);
}

function sayOfNode(core: KubeletCore, type: 'Normal' | 'Warning', reason: string, message: string): void {
  const subject = { apiVersion: 'v1', kind: 'Node', name: core.nodeName, uid: core.nodeName };
  core.event(subject, type, reason, message);
}

/** Says once that the Node was cordoned or uncordoned. Models recordNodeSchedulableEvent. */
function noteCordon(core: KubeletCore, node: Node): void {
  const unschedulable = node.spec.unschedulable === true;
  if (core.state.knownUnschedulable === unschedulable) return;
  core.state.knownUnschedulable = unschedulable;
  sayNodeIs(core, unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable');
}

/** Renews the lease, and reports the Node where there is something to report. Comes every ten seconds. */
export function beat(core: KubeletCore): void {
  core.after(core.jitter(RENEW_MS, RENEW_JITTER), 'lease', '', undefined, true);
  if (!core.online) return;
  renewLease(core);
  if (!core.state.registered) {
    registerNode(core);
    registerCsiNode(core);
  }
  if (core.state.statusWanted || !core.node || !isReady(core.node) || core.nowMs - core.state.reportedMs >= REPORT_MS)
    reportNode(core);
  if (core.node) noteCordon(core, core.node);
}

function isReady(node: Node): boolean {
  return holds(node, 'Ready');
}

function renewLease(core: KubeletCore): void {
  const { client, clock } = core.parts;
  const renewTime = clock.microTime;
  client.because([]);
  try {
    client.patch('leases', LEASE_NAMESPACE, core.nodeName, (lease) => ({
      ...lease,
      spec: { ...lease.spec, renewTime },
    }));
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
    createLease(core, renewTime);
  }
}

function createLease(core: KubeletCore, renewTime: string): void {
  const { client } = core.parts;
  const node = client.get('nodes', '', core.nodeName);
  if (!node) return;
  const owner = { apiVersion: 'v1', kind: 'Node', name: core.nodeName, uid: node.metadata.uid };
  const draft: Draft<Lease> = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: core.nodeName, namespace: LEASE_NAMESPACE, ownerReferences: [owner] },
    spec: { holderIdentity: core.nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime },
  };
  core.write(() => void client.create('leases', draft));
}
