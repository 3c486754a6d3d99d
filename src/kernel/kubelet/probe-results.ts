import { specOf } from './core';
import type { ContainerRecord, PodRecord, ProbeRecord, ProbeType, Run } from './state';

const SPEC_FIELDS = { startup: 'startupProbe', liveness: 'livenessProbe', readiness: 'readinessProbe' } as const;

/** The key of a probe within its Pod. */
export const probeKey = (container: string, type: ProbeType): string => `${container}/${type}`;

/** The probe of this type in the Pod's spec. */
export function probeSpec(record: PodRecord, container: string, type: ProbeType) {
  return specOf(record, container)[SPEC_FIELDS[type]];
}

/** What a probe says of a run; `undefined` where it has said nothing. */
export function resultOf(record: PodRecord, container: string, type: ProbeType, run: Run): boolean | null | undefined {
  const probe: ProbeRecord | undefined = record.probes.get(probeKey(container, type));
  return probe?.attempt === run.attempt ? probe.result : undefined;
}

/** Models pkg/kubelet/prober/prober_manager.go UpdatePodStatus: `started`. */
export function isStarted(record: PodRecord, container: ContainerRecord, run: Run | undefined): boolean {
  if (run?.seen !== 'running') return false;
  if (container.kind !== 'init' && probeSpec(record, container.name, 'startup')) {
    return resultOf(record, container.name, 'startup', run) === true;
  }
  return (
    container.kind !== 'sidecar' ||
    run.processes.size === 0 ||
    ![...run.processes.values()].some((one) => one.purpose === 'postStart')
  );
}

/** Models pkg/kubelet/prober/prober_manager.go UpdatePodStatus: `ready`. An init container is ready once it has succeeded. */
export function isReady(record: PodRecord, container: ContainerRecord, run: Run | undefined): boolean {
  if (container.kind === 'init') return run?.seen === 'exited' && run.exitCode === 0;
  if (!isStarted(record, container, run)) return false;
  if (!probeSpec(record, container.name, 'readiness')) return true;
  return resultOf(record, container.name, 'readiness', run!) === true;
}
