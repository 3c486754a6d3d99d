import type { Json } from '../../api/objects';
import { labelSelectorText } from '../cluster/pods';
import { at, listAt, numberAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';
import type { Description } from './description';

/** How many Pods of a controller are in which phase. Models getPodStatusForController. */
export async function podsStatus(session: Session, controller: JsonObject, selector: string): Promise<string> {
  const namespace = textAt(controller, 'metadata', 'namespace');
  const uid = textAt(controller, 'metadata', 'uid');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const list = await session.rest.json('GET', path, { query: { labelSelector: selector, limit: '500' } });
  const owned = listAt(list, 'items').filter((pod) =>
    listAt(pod, 'metadata', 'ownerReferences').some(
      (owner) => at(owner, 'controller') === true && textAt(owner, 'uid') === uid,
    ),
  );
  const count = (phase: string): number => owned.filter((pod) => textAt(pod, 'status', 'phase') === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

/** Conditions of workloads: type, status and reason. */
export function writeReasons(description: Description, object: JsonObject): void {
  const conditions = listAt(object, 'status', 'conditions');
  if (conditions.length === 0) return;
  description.line(0, 'Conditions:');
  description.line(1, 'Type\tStatus\tReason');
  description.line(1, '----\t------\t------');
  for (const condition of conditions) {
    description.line(
      1,
      `${textAt(condition, 'type')} \t${textAt(condition, 'status')}\t${textAt(condition, 'reason')}`,
    );
  }
}

/** A selector as labels.Selector prints it; empty for one that selects everything. */
export function selectorOf(object: Json | undefined): string {
  return labelSelectorText(at(object, 'spec', 'selector'));
}

export function count(object: Json | undefined, ...path: string[]): number {
  return numberAt(object, ...path) ?? 0;
}
