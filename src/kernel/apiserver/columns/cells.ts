import type { ApiObject, LabelSelector, PodTemplate } from '../../../api/objects';
import { humanDuration, parseTime } from '../../../api/time';
import type { Column } from '../kind';
import { labelsText, selectorText } from '../selector-text';

/** What the columns of several kinds have in common. */

export const NONE = '<none>';
export const UNSET = '<unset>';
export const UNKNOWN = '<unknown>';

/** How long ago a time was, as cells show it. `nowMs` is milliseconds since the Unix epoch. */
export function since(time: string | undefined | null, nowMs: number): string {
  return time ? humanDuration(nowMs - parseTime(time)) : UNKNOWN;
}

export function ageOf(object: ApiObject, nowMs: number): string {
  return since(object.metadata.creationTimestamp, nowMs);
}

export const AGE: Column = { name: 'Age', doc: 'meta.v1.ObjectMeta.creationTimestamp' };

/** What the template of a workload runs, and what it selects by: only shown with `-o wide`. */
export const TEMPLATE_COLUMNS: readonly Column[] = [
  { name: 'Containers', priority: 1, description: 'Names of each container in the template.' },
  { name: 'Images', priority: 1, description: 'Images referenced by each container in the template.' },
];

export function templateCells(template: PodTemplate | undefined): [names: string, images: string] {
  const containers = template?.spec?.containers ?? [];
  return [containers.map((one) => one.name).join(','), containers.map((one) => one.image ?? '').join(',')];
}

/** A label selector as a cell. Models metav1.FormatLabelSelector. */
export function selectorCell(selector: LabelSelector | undefined): string {
  return selectorText(selector) || NONE;
}

/** Labels as a cell. Models labels.FormatLabels. */
export function labelsCell(labels: Record<string, string> | undefined): string {
  return labelsText(labels) || NONE;
}

/** The first few of many, and how many more there are. */
export function shortened(items: readonly string[], max = 3): string {
  const shown = items.slice(0, max).join(',');
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown;
}
