import type { Pod } from '../../api/objects';
import type { PodStrain } from '../../protocol/frame';
import type { PodRow } from './pod-table';
import type { FrameSource } from './source';

/** So long a restart is worth drawing. */
const RESTART_MS = 2_000;
/** So many Pods are looked at for a frame: of more at once nobody sees the single one. */
const LOOKED_AT = 2_000;
const DEFAULT_THRESHOLD = 3;

/** What a kubelet knows of a probe. */
export interface ProbeTally {
  readonly container: string;
  readonly type: 'startup' | 'liveness' | 'readiness';
  /** How the last try went, and how many in a row went like it. */
  readonly last: boolean | null;
  readonly inRow: number;
}

/** What goes on in some Pods and ends by itself. `progressOf` says how far a Pod's image is pulled, 0…1. */
export function strainsOf(
  rows: Iterable<PodRow>,
  source: Pick<FrameSource, 'clock' | 'kubelets' | 'imageSizeMb'>,
  progressOf: (uid: string) => number | undefined,
): PodStrain[] {
  const strains: PodStrain[] = [];
  let looked = 0;
  for (const row of rows) {
    if (++looked > LOOKED_AT) break;
    const probe = failingProbe(row, source);
    const pull = pullOf(row, source, progressOf(row.pod.metadata.uid));
    const initsDone = row.state.phase === 'Creating' ? initsDoneOf(row.pod) : undefined;
    const restarted = row.restartedMs >= 0 && source.clock.nowMs - row.restartedMs < RESTART_MS;
    if (!probe && !pull && initsDone === undefined && !restarted) continue;
    strains.push({
      id: row.id,
      ...(probe ? { probe } : {}),
      ...(pull ? { pull } : {}),
      ...(initsDone === undefined ? {} : { initsDone }),
      ...(restarted ? { restartedMs: row.restartedMs } : {}),
    });
  }
  return strains;
}

/** Of the probes that fail the one that is closest to having a consequence. */
function failingProbe({ pod, node }: PodRow, { kubelets }: Pick<FrameSource, 'kubelets'>): PodStrain['probe'] {
  const probes = kubelets.get(node)?.state.pods.get(pod.metadata.uid)?.probes;
  let worst: PodStrain['probe'];
  for (const { container, type, last, inRow } of probes?.values() ?? []) {
    if (last !== false || inRow === 0) continue;
    const spec = pod.spec.containers.find((one) => one.name === container)?.[`${type}Probe`];
    const limit = spec?.failureThreshold ?? DEFAULT_THRESHOLD;
    const failures = Math.min(inRow, limit);
    if (!worst || failures / limit > worst.failures / worst.limit) worst = { type, failures, limit };
  }
  return worst;
}

function pullOf(
  { pod, node }: PodRow,
  source: Pick<FrameSource, 'kubelets' | 'imageSizeMb'>,
  progress: number | undefined,
): PodStrain['pull'] {
  const pull = source.kubelets.get(node)?.state.pulls.find((one) => one.uid === pod.metadata.uid);
  if (!pull || progress === undefined) return undefined;
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const image = all.find((one) => one.name === pull.container)?.image ?? '';
  const totalMb = source.imageSizeMb(image);
  return totalMb > 0 ? { image, doneMb: Math.round(totalMb * progress), totalMb } : undefined;
}

/** How many init containers have done their work, or run beside the others; undefined where there are none. */
function initsDoneOf(pod: Pod): number | undefined {
  if ((pod.spec.initContainers ?? []).length === 0) return undefined;
  const statuses = pod.status.initContainerStatuses ?? [];
  return statuses.filter((one) => one.state?.terminated?.exitCode === 0 || (one.started && one.state?.running)).length;
}
