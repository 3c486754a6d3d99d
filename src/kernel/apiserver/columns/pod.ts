import type { Container, ContainerStatus, Json, Pod } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, NONE, since } from './cells';

/** Models pkg/printers/internalversion printPod. */

export const podTable: TableColumns<Pod> = {
  columns: [
    { name: 'Ready', description: 'The aggregate readiness state of this pod for accepting traffic.' },
    { name: 'Status', description: 'The aggregate status of the containers in this pod.' },
    {
      name: 'Restarts',
      description:
        'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    },
    AGE,
    { name: 'IP', priority: 1, doc: 'core.v1.PodStatus.podIP' },
    { name: 'Node', priority: 1, doc: 'core.v1.PodSpec.nodeName' },
    { name: 'Nominated Node', priority: 1, doc: 'core.v1.PodStatus.nominatedNodeName' },
    { name: 'Readiness Gates', priority: 1, doc: 'core.v1.PodSpec.readinessGates' },
  ],
  cells(pod, nowMs) {
    const summary = summarize(pod);
    return [
      `${summary.ready}/${summary.total}`,
      summary.reason,
      restartsCell(summary, nowMs),
      ageOf(pod, nowMs),
      pod.status.podIPs?.[0]?.ip || pod.status.podIP || NONE,
      pod.spec.nodeName || NONE,
      pod.status.nominatedNodeName || NONE,
      gatesCell(pod),
    ];
  },
  conditions(pod) {
    const { phase } = pod.status;
    if (phase === 'Succeeded') return [completed('Succeeded', 'The pod has completed successfully.')];
    return phase === 'Failed' ? [completed('Failed', 'The pod failed.')] : [];
  },
};

function completed(reason: string, message: string): Json {
  return { type: 'Completed', status: 'True', reason, message };
}

/** What the containers say together. */
interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  /** When the last container ended that was restarted. */
  lastEnd: string;
}

const isSidecar = (container: Container | undefined): boolean => container?.restartPolicy === 'Always';

function summarize(pod: Pod): Summary {
  const init = (pod.spec.initContainers ?? []) as Container[];
  const total = (pod.spec.containers?.length ?? 0) + init.filter(isSidecar).length;
  const summary: Summary = { ready: 0, total, reason: firstReason(pod), restarts: 0, lastEnd: '' };
  const sidecars = { restarts: 0, lastEnd: '' };
  const initializing = readInitContainers(pod, init, summary, sidecars);
  const isInitialized = pod.status.conditions?.some((one) => one.type === 'Initialized' && one.status === 'True');
  if (!initializing || isInitialized) {
    Object.assign(summary, sidecars);
    readContainers(pod, summary);
  }
  const ended = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  if (pod.metadata.deletionTimestamp && pod.status.reason === 'NodeLost') summary.reason = 'Unknown';
  else if (pod.metadata.deletionTimestamp && !ended) summary.reason = 'Terminating';
  return summary;
}

function firstReason(pod: Pod): string {
  const gated = pod.status.conditions?.some((one) => one.type === 'PodScheduled' && one.reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : pod.status.reason || (pod.status.phase ?? '');
}

function countRestart(status: ContainerStatus, into: { restarts: number; lastEnd: string }): void {
  into.restarts += status.restartCount ?? 0;
  const end = status.lastState?.terminated?.finishedAt ?? '';
  if (end > into.lastEnd) into.lastEnd = end;
}

/** Reads the init containers up to the first that is not done. Returns whether there is one. */
function readInitContainers(
  pod: Pod,
  init: Container[],
  summary: Summary,
  sidecars: { restarts: number; lastEnd: string },
): boolean {
  const statuses = (pod.status.initContainerStatuses ?? []) as ContainerStatus[];
  for (const [index, status] of statuses.entries()) {
    const sidecar = isSidecar(init.find((container) => container.name === status.name));
    countRestart(status, summary);
    if (sidecar) countRestart(status, sidecars);
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) summary.ready += 1;
      continue;
    }
    if (terminated) summary.reason = `Init:${terminated.reason || exitText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${init.length}`;
    return true;
  }
  return false;
}

function exitText(terminated: { exitCode: number; signal?: number }): string {
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function readContainers(pod: Pod, summary: Summary): void {
  let running = false;
  for (const status of [...(pod.status.containerStatuses ?? [])].reverse()) {
    countRestart(status, summary);
    const { terminated, waiting } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) summary.reason = terminated.reason || exitText(terminated);
    else if (status.ready && status.state?.running) {
      running = true;
      summary.ready += 1;
    }
  }
  if (summary.reason !== 'Completed' || !running) return;
  const ready = pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  summary.reason = ready ? 'Running' : 'NotReady';
}

function restartsCell({ restarts, lastEnd }: Summary, nowMs: number): string {
  return restarts !== 0 && lastEnd !== '' ? `${restarts} (${since(lastEnd, nowMs)} ago)` : String(restarts);
}

function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const isTrue = (type: string): boolean =>
    pod.status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  return `${gates.filter((gate) => isTrue(gate.conditionType)).length}/${gates.length}`;
}
