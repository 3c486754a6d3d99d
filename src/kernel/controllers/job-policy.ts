import { conditionOf } from '../../api/conditions';
import type { ContainerStatus, Job, Pod } from '../../api/objects';

type FailurePolicy = NonNullable<Job['spec']['podFailurePolicy']>;
type FailureRule = FailurePolicy['rules'][number];
type SuccessPolicy = NonNullable<Job['spec']['successPolicy']>;

/** What a rule makes of a failed Pod. `message` is there only where the Job has to fail. */
export interface Verdict {
  readonly action?: FailureRule['action'];
  /** Whether the failure counts towards the back-off limit. */
  readonly counts: boolean;
  readonly message?: string;
}

/** Models pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy. */
export function judgeFailure(policy: FailurePolicy | undefined, pod: Pod): Verdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const why = rule.onExitCodes ? matchExitCodes(rule, pod) : matchConditions(rule, pod);
    if (why === undefined) continue;
    const message = `${why} matching ${rule.action} rule at index ${index}`;
    if (rule.action === 'FailJob') return { action: rule.action, counts: true, message };
    return { action: rule.action, counts: rule.action !== 'Ignore' };
  }
  return { counts: true };
}

function matchExitCodes(rule: FailureRule, pod: Pod): string | undefined {
  const { containerName, operator, values } = rule.onExitCodes!;
  const statuses: ContainerStatus[] = [
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.initContainerStatuses ?? []),
  ];
  for (const status of statuses) {
    const code = status.state?.terminated?.exitCode;
    if (code === undefined || code === 0 || (containerName !== undefined && containerName !== status.name)) continue;
    if (values.includes(code) !== (operator === 'In')) continue;
    return `Container ${status.name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${code}`;
  }
  return undefined;
}

function matchConditions(rule: FailureRule, pod: Pod): string | undefined {
  for (const pattern of rule.onPodConditions ?? []) {
    const condition = conditionOf(pod, pattern.type);
    if (condition && condition.status === (pattern.status ?? 'True')) {
      return `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${pattern.type}`;
    }
  }
  return undefined;
}

/** The message of the first rule that is met. Models pkg/controller/job/success_policy.go matchSuccessPolicy. */
export function metSuccessRule(
  policy: SuccessPolicy | undefined,
  succeeded: ReadonlySet<number>,
  parse: (text: string) => ReadonlySet<number>,
): string | undefined {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const wanted = rule.succeededIndexes === undefined ? undefined : parse(rule.succeededIndexes);
    const reached = wanted ? [...wanted].filter((one) => succeeded.has(one)).length : succeeded.size;
    if (reached < (rule.succeededCount ?? wanted?.size ?? Infinity)) continue;
    return `Matched rules at index ${index}`;
  }
  return undefined;
}
