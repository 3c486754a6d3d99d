import type { LabelSelector } from './objects';

/** A label selector as Go prints a *metav1.LabelSelector. */
export function goSelector(selector: LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  );
  const matchLabels = `map[string]string{${labels.map(([key, value]) => `${key}: ${value},`).join('')}}`;
  const listed = `[]LabelSelectorRequirement{${expressions.map((one) => `${one},`).join('')}}`;
  return `&LabelSelector{MatchLabels:${matchLabels},MatchExpressions:${listed},}`;
}
