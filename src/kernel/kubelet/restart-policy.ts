import type { Container } from '../../api/objects';
import { specOf } from './core';
import { hasEnded } from './container-run';
import type { ContainerRecord, PodRecord, Run } from './state';

/**
 * Whether a container without a running run is to be started (again). `run` is the newest one the kubelet has seen.
 * Models pkg/kubelet/container/helpers.go ShouldContainerBeRestarted.
 */
export function shouldStart(record: PodRecord, container: ContainerRecord, run: Run | undefined): boolean {
  if (record.pod.metadata.deletionTimestamp) return false;
  if (!run) return true;
  if (run.seen === 'running') return false;
  return restartsAfter(record, container, run.exitCode);
}

/** Whether a run that ended with the code is followed by another one. */
export function restartsAfter(record: PodRecord, container: ContainerRecord, exitCode: number): boolean {
  if (matchingRule(record, container, exitCode)) return true;
  const spec = specOf(record, container.name);
  const policy = policyOf(record, container, spec);
  if (policy === 'Never') return false;
  if (container.kind === 'init') return exitCode !== 0;
  return policy === 'Always' || exitCode !== 0;
}

/** The restart policy that holds for a container: its own, or the Pod's. */
export function policyOf(record: PodRecord, container: ContainerRecord, spec = specOf(record, container.name)): string {
  if (container.kind === 'sidecar') return 'Always';
  return spec.restartPolicy ?? record.pod.spec.restartPolicy ?? 'Always';
}

type Rule = NonNullable<Container['restartPolicyRules']>[number];

/** The first of the container's restartPolicyRules that an exit code fits: it says that there is another run. */
export function matchingRule(record: PodRecord, { name }: ContainerRecord, exitCode: number): Rule | undefined {
  return specOf(record, name).restartPolicyRules?.find(({ exitCodes }) => {
    const listed = exitCodes?.values?.includes(exitCode) ?? false;
    return exitCodes && listed === (exitCodes.operator === 'In');
  });
}

/** Whether a container has ended for good, as far as the kubelet has seen. */
export function isDone(record: PodRecord, container: ContainerRecord, run: Run | undefined): boolean {
  return run !== undefined && run.seen === 'exited' && hasEnded(run) && !restartsAfter(record, container, run.exitCode);
}
