import type { Pod, ResourceQuota } from '../../../api/objects';
import { qosClassOf } from '../kinds/qos';

/** Which Pods a quota with scopes is about. Models pkg/quota/v1/evaluator/core podMatchesScopeFunc. */

export interface ScopeRule {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** The quota's scopes, those in short and those with operators alike. */
export function scopeRules({ scopes = [], scopeSelector }: ResourceQuota['spec']): ScopeRule[] {
  const short = scopes.map((scopeName) => ({ scopeName, operator: 'Exists' }));
  return [...short, ...((scopeSelector?.matchExpressions ?? []) as ScopeRule[])];
}

export function isInScope(rules: readonly ScopeRule[], pod: Pod): boolean {
  return rules.every((rule) => matches(rule, pod));
}

function matches({ scopeName, operator, values = [] }: ScopeRule, pod: Pod): boolean {
  const { activeDeadlineSeconds, priorityClassName = '' } = pod.spec;
  const isTerminating = activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0;
  switch (scopeName) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return qosClassOf(pod) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(pod) !== 'BestEffort';
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      break;
  }
  if (operator === 'Exists') return priorityClassName !== '';
  if (operator === 'DoesNotExist') return priorityClassName === '';
  return values.includes(priorityClassName) === (operator === 'In');
}

interface AffinityTerm {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: object;
}

/** Whether a Pod's affinity looks into other namespaces. */
function crossesNamespaces({ spec }: Pod): boolean {
  const terms: AffinityTerm[] = [];
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    terms.push(...((affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) as AffinityTerm[]));
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      terms.push(podAffinityTerm as AffinityTerm);
    }
  }
  return terms.some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined);
}
