import { holds } from '../../api/conditions';
import type { Node } from '../../api/objects';
import { formatTime } from '../../api/time';
import type { NodeGroup } from '../machinery/node-groups';
import { isBeingDeleted } from './node-deletion';

/** What the autoscaler says of itself. Models cluster-autoscaler/clusterstate/api ClusterAutoscalerStatus. */

export const STATUS_NAMESPACE = 'kube-system';
export const STATUS_NAME = 'cluster-autoscaler-status';
export const LAST_UPDATED = 'cluster-autoscaler.kubernetes.io/last-updated';

/** How a group's machines stand. */
export interface Readiness {
  ready: number;
  unready: number;
  notStarted: number;
  beingDeleted: number;
  /** Machines that have no Node yet. */
  unregistered: number;
}

export interface GroupStatus {
  readonly group: NodeGroup;
  readonly readiness: Readiness;
  readonly scalingUp: boolean;
  readonly candidates: number;
}

/** Since when each condition is as it is, by name. */
export type Transitions = Map<string, { status: string; sinceMs: number }>;

interface Clocked {
  readonly nowMs: number;
  readonly epochNowMs: number;
  readonly transitions: Transitions;
}

/** As Go prints a time: `2026-01-05 09:12:41.5 +0000 UTC`. */
export function goTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23).replace(/\.?0+$/, '')} +0000 UTC`;
}

export function statusText(groups: readonly GroupStatus[], others: readonly Node[], clocked: Clocked): string {
  const all = sumOf(
    groups.map(({ readiness }) => readiness),
    others,
  );
  const scalingUp = groups.some((one) => one.scalingUp);
  const candidates = groups.reduce((sum, one) => sum + one.candidates, 0);
  return [
    `time: ${goTime(clocked.epochNowMs)}`,
    'autoscalerStatus: Running',
    'clusterWide:',
    ...indented(conditions('cluster', all, scalingUp, candidates, clocked)),
    ...(groups.length > 0 ? ['nodeGroups:'] : []),
    ...groups.flatMap((status) => groupLines(status, clocked)),
    '',
  ].join('\n');
}

function groupLines({ group, readiness, scalingUp, candidates }: GroupStatus, clocked: Clocked): string[] {
  const size = [`cloudProviderTarget: ${group.machines.length}`, `minSize: ${group.min}`, `maxSize: ${group.max}`];
  return [
    `- name: ${group.name}`,
    ...indented(conditions(group.name, readiness, scalingUp, candidates, clocked, size)),
  ];
}

function conditions(
  name: string,
  readiness: Readiness,
  scalingUp: boolean,
  candidates: number,
  clocked: Clocked,
  size: readonly string[] = [],
): string[] {
  const healthy = readiness.unready <= UNREADY_ALLOWED ? 'Healthy' : 'Unhealthy';
  const up = scalingUp ? 'InProgress' : 'NoActivity';
  const down = candidates > 0 ? 'CandidatesPresent' : 'NoCandidates';
  return [
    'health:',
    ...indented([
      `status: ${healthy}`,
      'nodeCounts:',
      ...indented(countLines(readiness)),
      ...size,
      ...times(`${name}/health`, healthy, clocked),
    ]),
    'scaleUp:',
    ...indented([`status: ${up}`, ...times(`${name}/scaleUp`, up, clocked)]),
    'scaleDown:',
    ...indented([
      `status: ${down}`,
      ...(candidates > 0 ? [`candidates: ${candidates}`] : []),
      ...times(`${name}/scaleDown`, down, clocked),
    ]),
  ];
}

/** So many nodes may be unready before the autoscaler stops. Models --ok-total-unready-count. */
export const UNREADY_ALLOWED = 3;

function countLines({ ready, unready, notStarted, beingDeleted, unregistered }: Readiness): string[] {
  const registered = [
    `total: ${ready + unready + notStarted + beingDeleted}`,
    `ready: ${ready}`,
    `notStarted: ${notStarted}`,
    ...(beingDeleted > 0 ? [`beingDeleted: ${beingDeleted}`] : []),
    ...(unready > 0 ? ['unready:', `  total: ${unready}`, '  resourceUnready: 0'] : []),
  ];
  return ['registered:', ...indented(registered), 'longUnregistered: 0', `unregistered: ${unregistered}`];
}

/** When the condition was looked at, and since when it is so. */
function times(name: string, status: string, { nowMs, epochNowMs, transitions }: Clocked): string[] {
  const known = transitions.get(name);
  if (known?.status !== status) transitions.set(name, { status, sinceMs: nowMs });
  const since = epochNowMs - nowMs + transitions.get(name)!.sinceMs;
  return [`lastProbeTime: "${formatTime(epochNowMs)}"`, `lastTransitionTime: "${formatTime(since)}"`];
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** The groups' counts, and nodes that belong to none. */
function sumOf(groups: readonly Readiness[], others: readonly Node[]): Readiness {
  const sum: Readiness = { ready: 0, unready: 0, notStarted: 0, beingDeleted: 0, unregistered: 0 };
  for (const one of groups) for (const key of Object.keys(sum) as (keyof Readiness)[]) sum[key] += one[key];
  for (const node of others) sum[isBeingDeleted(node) ? 'beingDeleted' : isReady(node) ? 'ready' : 'unready'] += 1;
  return sum;
}

export const isReady = (node: Node): boolean => holds(node, 'Ready');
