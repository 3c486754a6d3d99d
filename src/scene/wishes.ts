import { termMatches, type NodeSelectorTerm } from '../api/node-affinity';
import type { NodeDetail, PodDetail } from '../protocol/frame';
import type { Picture, PodGlyph } from './picture';
import type { Ref } from './ref';

/** What a Pod requires of its node: it pulls, where a key only opens. */
type Wishes = Pick<PodDetail, 'nodeSelector' | 'nodeTerms'>;

/** Whether the Pod requires anything of its node: it is drawn with an arrow then. */
export function hasWish({ nodeSelector, nodeTerms }: Wishes): boolean {
  return nodeTerms.length > 0 || Object.keys(nodeSelector).length > 0;
}

/** Whether a node is what the Pod requires; a Pod that requires nothing takes any. */
export function isWished(
  { nodeSelector, nodeTerms }: Wishes,
  { name, labels }: Pick<NodeDetail, 'name' | 'labels'>,
): boolean {
  for (const [key, value] of Object.entries(nodeSelector)) if (labels[key] !== value) return false;
  return nodeTerms.length === 0 || nodeTerms.some((term) => termMatches(term, { metadata: { name, labels } }));
}

/** `zone=a`, `disk in (ssd, nvme)`: all that the Pod requires, in the words of a selector; terms are alternatives. */
export function wishText({ nodeSelector, nodeTerms }: Wishes): string {
  const labels = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  const terms = nodeTerms.map(termText).filter(Boolean).join(' or ');
  return [...labels, ...(terms === '' ? [] : [terms])].join(', ');
}

function termText({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): string {
  return [...matchExpressions, ...matchFields].map(requirementText).join(', ');
}

function requirementText({ key, operator, values = [] }: { key: string; operator: string; values?: string[] }): string {
  const [first = ''] = values;
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${first}` : `${key} in (${values.join(', ')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}≠${first}` : `${key} not in (${values.join(', ')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `no ${key}`;
    case 'Gt':
      return `${key} > ${first}`;
    case 'Lt':
      return `${key} < ${first}`;
    default:
      return `${key} ${operator}`;
  }
}

/** The Pod whose requirements the stage shows: the one that is placed, else the one that is selected. */
export function wisherOf(
  placing: PodGlyph | undefined,
  selection: Ref | undefined,
  picture: Picture,
): PodDetail | undefined {
  const shown =
    placing ??
    (selection?.resource === 'pods' ? picture.podWith(`${selection.namespace}/${selection.name}`) : undefined);
  return shown && hasWish(shown.detail) ? shown.detail : undefined;
}
