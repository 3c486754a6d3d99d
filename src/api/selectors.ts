import type { LabelSelector } from './objects';

/** Models k8s.io/apimachinery/pkg/labels Selector: requirements that must all hold. */
export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: readonly string[];
}

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether one requirement holds. `NotIn` holds where the key is absent. */
export function requirementHolds(requirement: LabelRequirement, labels: Labels): boolean {
  const value = labels?.[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return value !== undefined && compareIntegers(value, requirement.operator, requirement.values[0] ?? '');
  }
}

function compareIntegers(value: string, operator: 'Gt' | 'Lt', bound: string): boolean {
  const integer = /^[+-]?\d+$/;
  if (!integer.test(value) || !integer.test(bound)) return false;
  return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

/** The requirements of a metav1.LabelSelector; `undefined` selects nothing, an empty one everything. */
export function selectorRequirements(selector: LabelSelector | undefined): LabelRequirement[] | undefined {
  if (!selector) return undefined;
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, operator: 'In', values: [value] });
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    requirements.push({ key, operator: operator as LabelRequirement['operator'], values: values ?? [] });
  }
  return requirements;
}

/** Whether labels match a metav1.LabelSelector. Nil matches nothing, empty matches everything. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  for (const key in selector.matchLabels) {
    if (labels?.[key] !== selector.matchLabels[key]) return false;
  }
  if (!selector.matchExpressions) return true;
  return selectorRequirements(selector)!.every((requirement) => requirementHolds(requirement, labels));
}

/** Whether every label of `wanted` is there with that value: the selectors of Services and ReplicationControllers. */
export function labelsInclude(labels: Labels, wanted: Readonly<Record<string, string>>): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}
