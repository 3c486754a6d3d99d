import { setKey, type JsonMap } from '../../../api/json';
import type { ApiObject } from '../../../api/objects';
import type { Conversion } from '../kind';

/** Models pkg/apis/events/v1/conversion.go: the same Event, as events.k8s.io calls its parts. */

const NAMES: readonly (readonly [core: string, events: string])[] = [
  ['message', 'note'],
  ['involvedObject', 'regarding'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];
const TO_EVENTS = new Map(NAMES);
const TO_CORE = new Map(NAMES.map(([core, events]) => [events, core]));

function renamed(object: ApiObject, names: ReadonlyMap<string, string>, apiVersion: string): ApiObject {
  const copy: JsonMap = {};
  for (const [key, value] of Object.entries(object)) setKey(copy, names.get(key) ?? key, value);
  return { ...copy, apiVersion } as unknown as ApiObject;
}

export const eventConversion: Conversion = {
  toStored: (object) => renamed(object, TO_CORE, 'v1'),
  fromStored: (object) => renamed(object, TO_EVENTS, 'events.k8s.io/v1'),
  group: '',
  fields: { reportingComponent: 'reportingController' },
};
