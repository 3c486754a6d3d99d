import { conditionOf } from '../../api/conditions';
import type { Lease, Node, NodeCondition } from '../../api/objects';
import { formatTime, parseTime } from '../../api/time';

/** What the controller has seen of a node, and when; times are virtual milliseconds of its own clock. */
export interface NodeHealth {
  /** When the node last gave a sign of life: another heartbeat or a renewed lease. */
  probeMs: number;
  heartbeat: string | undefined;
  renewTime: string | undefined;
}

/** A node that says nothing for so long is Unknown. */
const GRACE_MS = 50_000;
const STARTUP_GRACE_MS = 60_000;
/** Conditions that become Unknown with the node. */
const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Takes in what node and lease show now. Models tryUpdateNodeHealth, its first half. */
export function observe(
  known: NodeHealth | undefined,
  node: Node,
  lease: Lease | undefined,
  nowMs: number,
  epochMs: number,
): NodeHealth {
  const ready = conditionOf(node, 'Ready');
  const heartbeat = ready?.lastHeartbeatTime;
  const renewTime = lease?.spec.renewTime;
  if (!known) {
    const sinceMs = ready ? nowMs : parseTime(node.metadata.creationTimestamp) - epochMs;
    return { probeMs: sinceMs, heartbeat, renewTime };
  }
  const renewed = renewTime !== undefined && (known.renewTime === undefined || known.renewTime < renewTime);
  const alive = known.heartbeat !== heartbeat || renewed;
  return { probeMs: alive ? nowMs : known.probeMs, heartbeat, renewTime: renewTime ?? known.renewTime };
}

/** Whether the node has been silent for too long. */
export function isSilent(health: NodeHealth, node: Node, nowMs: number): boolean {
  const graceMs = conditionOf(node, 'Ready') ? GRACE_MS : STARTUP_GRACE_MS;
  return nowMs > health.probeMs + graceMs;
}

/** The Node with the kubelet's conditions Unknown; the same Node where they are already. */
export function asUnknown(node: Node, epochNowMs: number): Node {
  const now = formatTime(epochNowMs);
  let conditions: NodeCondition[] = node.status.conditions ?? [];
  for (const type of KUBELET_CONDITIONS) {
    const current = conditions.find((condition) => condition.type === type);
    if (current?.status === 'Unknown') continue;
    const unknown: NodeCondition = current
      ? {
          ...current,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        }
      : {
          type,
          status: 'Unknown',
          reason: 'NodeStatusNeverUpdated',
          message: 'Kubelet never posted node status.',
          lastHeartbeatTime: node.metadata.creationTimestamp,
          lastTransitionTime: now,
        };
    conditions = current
      ? conditions.map((condition) => (condition === current ? unknown : condition))
      : [...conditions, unknown];
  }
  return conditions === node.status.conditions ? node : { ...node, status: { ...node.status, conditions } };
}
