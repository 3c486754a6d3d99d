import type { Node, Pod } from './objects';
import { requirementHolds, type LabelRequirement } from './selectors';

type NodeAffinity = NonNullable<NonNullable<Pod['spec']['affinity']>['nodeAffinity']>;
type NodeSelector = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>;
export type NodeSelectorTerm = NodeSelector['nodeSelectorTerms'][number];

/** What of a Node terms speak of. */
export interface NamedNode {
  metadata: Pick<Node['metadata'], 'name' | 'labels'>;
}

/** Whether a term matches; one without requirements matches nothing. Models component-helpers nodeaffinity. */
export function termMatches(term: NodeSelectorTerm, node: NamedNode): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const { labels, name } = node.metadata;
  for (const { key, operator, values } of matchExpressions) {
    const requirement = { key, operator: operator as LabelRequirement['operator'], values: values ?? [] };
    if (!requirementHolds(requirement, labels)) return false;
  }
  return matchFields.every(({ operator, values }) => (operator === 'In') === (values ?? []).includes(name));
}

/** Whether one of the terms matches. */
export function nodeSelectorMatches(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => termMatches(term, node));
}

/** Whether a node has what the Pod requires of it: nodeSelector and required node affinity. */
export function requiredNodeAffinityMatches(pod: Pod, node: Node): boolean {
  const { nodeSelector, affinity } = pod.spec;
  for (const key in nodeSelector) if (node.metadata.labels?.[key] !== nodeSelector[key]) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || nodeSelectorMatches(required, node);
}
