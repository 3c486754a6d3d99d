import type { Json } from '../../api/objects';
import { asError, ServerError } from '../errors';
import { isObject, listAt, numberAt, objectAt, textAt } from '../format/json';
import { sinceText } from '../printers/human';
import { goSort } from '../printers/sort';
import type { Session } from '../session';
import type { Description } from './description';

/** Which object Events are about. An empty kind or uid is not asked for. */
export interface EventSubject {
  name: string;
  namespace: string;
  kind: string;
  uid: string;
}

export function subjectOf(object: Json | undefined): EventSubject {
  return {
    name: textAt(object, 'metadata', 'name'),
    namespace: textAt(object, 'metadata', 'namespace'),
    kind: textAt(object, 'kind'),
    uid: textAt(object, 'metadata', 'uid'),
  };
}

/** The Events about an object; undefined where they cannot be read. Models searchEvents. */
export async function searchEvents(session: Session, subject: EventSubject): Promise<Json[] | undefined> {
  const terms = [`involvedObject.name=${subject.name}`, `involvedObject.namespace=${subject.namespace}`];
  if (subject.kind) terms.push(`involvedObject.kind=${subject.kind}`);
  if (subject.uid) terms.push(`involvedObject.uid=${subject.uid}`);
  const path = subject.namespace
    ? `/api/v1/namespaces/${encodeURIComponent(subject.namespace)}/events`
    : '/api/v1/events';
  try {
    const list = await session.rest.json('GET', path, { query: { fieldSelector: terms.join(','), limit: '500' } });
    return listAt(list, 'items').filter(isObject);
  } catch (thrown) {
    if (asError(thrown) instanceof ServerError) return undefined;
    throw thrown;
  }
}

/** Writes the Events of an object, the oldest first. Models DescribeEvents. */
export function writeEvents(description: Description, events: Json[] | undefined, nowMs: number): void {
  if (!events) return;
  if (events.length === 0) {
    description.line(0, 'Events:\t<none>');
    return;
  }
  description.flush();
  const sorted = [...events];
  const last = (event: Json): string => textAt(event, 'lastTimestamp');
  goSort(sorted, (left, right) => last(left) < last(right));
  description.line(0, 'Events:');
  description.line(1, 'Type\tReason\tAge\tFrom\tMessage');
  description.line(1, '----\t------\t----\t----\t-------');
  for (const event of sorted) {
    const field = textAt(event, 'involvedObject', 'fieldPath');
    const text = textAt(event, 'message').trim();
    const cells = [
      textAt(event, 'type'),
      textAt(event, 'reason'),
      eventAge(event, nowMs),
      textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
      field ? `${field}: ${text}` : text,
    ];
    description.line(1, cells.join('\t'));
  }
}

/** When an Event was seen last, how often and since when. */
export function eventAge(event: Json, nowMs: number): string {
  const first = sinceText(textAt(event, 'eventTime') || textAt(event, 'firstTimestamp'), nowMs);
  const series = objectAt(event, 'series');
  if (series) {
    return `${sinceText(textAt(series, 'lastObservedTime'), nowMs)} (x${numberAt(series, 'count') ?? 0} over ${first})`;
  }
  const count = numberAt(event, 'count') ?? 0;
  return count > 1 ? `${sinceText(textAt(event, 'lastTimestamp'), nowMs)} (x${count} over ${first})` : first;
}
