import type { LabelSelector, Pod, PodSpec } from '../../../api/objects';
import { each, within } from '../defaults/fill';

/** Models pkg/registry/core/pod mutatePodAffinity and mutateTopologySpreadConstraints: keys become part of the selectors. */
export function withLabelKeys(pod: Pod): Pod {
  const labels = pod.metadata.labels ?? {};
  const ofTerm = <T extends object>(term: T): T => merged(term as Term, labels) as T;
  return within(pod, 'spec', (spec) => {
    const next = within(spec, 'topologySpreadConstraints', (list) => each(list, ofTerm));
    return within(next, 'affinity', (affinity) => {
      const inAffinity = <T extends Affinity>(one: T): T => {
        const preferred = within(one, 'preferredDuringSchedulingIgnoredDuringExecution', (list) =>
          each(list, (weighted) => within(weighted, 'podAffinityTerm', ofTerm)),
        );
        return within(preferred, 'requiredDuringSchedulingIgnoredDuringExecution', (list) => each(list, ofTerm));
      };
      return within(within(affinity, 'podAffinity', inAffinity), 'podAntiAffinity', inAffinity as never);
    });
  });
}

type Affinity = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>;
type Term = { matchLabelKeys?: string[]; mismatchLabelKeys?: string[]; labelSelector?: LabelSelector };

function merged(term: Term, labels: Record<string, string>): Term {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  if (!labelSelector) return term;
  const requirements = [
    ...matchLabelKeys.map((key) => ({ key, operator: 'In' as const })),
    ...mismatchLabelKeys.map((key) => ({ key, operator: 'NotIn' as const })),
  ].flatMap((one) => (labels[one.key] === undefined ? [] : [{ ...one, values: [labels[one.key]!] }]));
  if (requirements.length === 0) return term;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...requirements];
  return { ...term, labelSelector: { ...labelSelector, matchExpressions } };
}
