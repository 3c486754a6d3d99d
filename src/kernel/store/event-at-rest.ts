import { Folded, freezeDeep } from '../../base/state';
import type { ApiObject } from '../../api/objects';
import { formatMicroTime, formatTime, parseTime } from '../../api/time';

/**
 * Most objects in etcd are Events that nobody reads before they expire. One that was said once lies there as what tells it
 * from others of its form: the same reason, from the same component.
 */

type Fields = Readonly<Record<string, unknown>>;

/** An Event with nothing where Events of its form differ. */
interface Form extends Fields {
  readonly metadata: Fields & { readonly managedFields: Fields };
  readonly involvedObject: Fields;
}

/** What differs, besides `message` and the times. */
const METADATA = new Set(['name', 'uid', 'creationTimestamp', 'resourceVersion', 'managedFields']);
const SUBJECT = new Set(['name', 'uid', 'resourceVersion']);
const TIMES = ['firstTimestamp', 'lastTimestamp', 'eventTime'] as const;
const EVENT = new Set<string>(['metadata', 'involvedObject', 'message', ...TIMES]);
const NOTE = new Set(['epochSeconds']);

class EventAtRest extends Folded<ApiObject> {
  readonly #form: Form;
  readonly #name: string;
  readonly #uid: string;
  readonly #revision: number;
  readonly #subject: string;
  readonly #subjectUid: string | undefined;
  readonly #subjectRevision: string | undefined;
  readonly #message: string;
  readonly #seconds: number;
  readonly #thousandths: number;

  constructor(event: ApiObject, form: Form, message: string, epochMs: number) {
    super();
    const { name, uid, resourceVersion } = event.metadata;
    const subject = (event as unknown as Form).involvedObject;
    this.#form = form;
    this.#name = name;
    this.#uid = uid;
    this.#revision = Number(resourceVersion);
    this.#subject = subject['name'] as string;
    this.#subjectUid = subject['uid'] as string | undefined;
    this.#subjectRevision = subject['resourceVersion'] as string | undefined;
    this.#message = message;
    this.#seconds = Math.floor(epochMs / 1000);
    this.#thousandths = epochMs % 1000;
    Object.freeze(this);
  }

  override unfold(): ApiObject {
    const form = this.#form;
    const epochMs = 1000 * this.#seconds + this.#thousandths;
    const time = formatTime(epochMs);
    const subject = { name: this.#subject, uid: this.#subjectUid, resourceVersion: this.#subjectRevision };
    const event = {
      ...form,
      metadata: {
        ...form.metadata,
        name: this.#name,
        uid: this.#uid,
        creationTimestamp: time,
        resourceVersion: String(this.#revision),
        managedFields: { ...form.metadata.managedFields, epochSeconds: this.#seconds },
      },
      involvedObject: filled(form.involvedObject, subject),
      message: this.#message,
      firstTimestamp: form['firstTimestamp'] === null ? null : time,
      lastTimestamp: form['lastTimestamp'] === null ? null : time,
      eventTime: form['eventTime'] === null ? null : formatMicroTime(epochMs),
    };
    return freezeDeep(event) as unknown as ApiObject;
  }
}

/** The values of those fields that there are. */
function filled(form: Fields, values: Fields): Fields {
  const made: Record<string, unknown> = { ...form };
  for (const key in values) if (key in form) made[key] = values[key];
  return made;
}

/** The Event as it lies in etcd, or `undefined` for one that has more to it. */
export function eventAtRest(event: ApiObject): Folded<ApiObject> | undefined {
  const { metadata, involvedObject, message } = event as unknown as Form;
  if (!isMap(involvedObject) || typeof message !== 'string' || !isNoteAsSent(metadata.managedFields)) return undefined;
  const epochMs = momentOf(event as unknown as Form);
  if (epochMs === undefined || !hasTexts(metadata, METADATA) || !hasTexts(involvedObject, SUBJECT)) return undefined;
  if (metadata.managedFields['epochSeconds'] !== Math.floor(epochMs / 1000)) return undefined;
  const known = formOf(event as unknown as Form);
  if (known.message !== message) known.message = message;
  return new EventAtRest(event, known.form, known.message, epochMs);
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether what differs is text, where it is there. */
function hasTexts(fields: Fields, names: ReadonlySet<string>): boolean {
  for (const name of names) {
    const value = fields[name];
    if (name === 'managedFields' || typeof value === 'string') continue;
    if (value !== undefined || name in fields || name === 'name') return false;
  }
  return true;
}

/** Whether it is known of the Event's managers only who made it, and when. */
function isNoteAsSent(note: Fields | undefined): note is Fields {
  if (!note || Array.isArray(note)) return false;
  return note['previous'] === undefined && note['before'] === undefined && note['after'] === undefined;
}

/** The one moment at which the Event was made and said, in milliseconds since the Unix epoch. */
function momentOf({ metadata, firstTimestamp, lastTimestamp, eventTime }: Form): number | undefined {
  const time = metadata['creationTimestamp'];
  if (typeof time !== 'string') return undefined;
  let epochMs = parseTime(time);
  if (typeof eventTime === 'string') epochMs += Number(eventTime.slice(20, 23));
  else if (eventTime !== null) return undefined;
  if (!Number.isInteger(epochMs) || formatTime(epochMs) !== time) return undefined;
  if (eventTime !== null && formatMicroTime(epochMs) !== eventTime) return undefined;
  for (const other of [firstTimestamp, lastTimestamp]) if (other !== null && other !== time) return undefined;
  return epochMs;
}

/** The last form of each component and reason, and what was said in it last: derived, so that what is equal is kept once. */
const forms = new Map<unknown, Map<unknown, { form: Form; message: string }>>();
const COMPONENTS_KEPT = 16_384;
const REASONS_KEPT = 256;

function formOf(event: Form): { form: Form; message: string } {
  let ofComponent = forms.get(event['reportingInstance']);
  if (!ofComponent) {
    if (forms.size >= COMPONENTS_KEPT) forms.clear();
    forms.set(event['reportingInstance'], (ofComponent = new Map()));
  }
  let known = ofComponent.get(event['reason']);
  if (!known || !isOfForm(known.form, event)) {
    if (ofComponent.size >= REASONS_KEPT) ofComponent.clear();
    ofComponent.set(event['reason'], (known = { form: formFor(event), message: '' }));
  }
  return known;
}

function formFor(event: Form): Form {
  return freezeDeep({
    ...blank(event, EVENT),
    metadata: { ...blank(event.metadata, METADATA), managedFields: blank(event.metadata.managedFields, NOTE) },
    involvedObject: blank(event.involvedObject, SUBJECT),
  });
}

function blank(fields: Fields, names: ReadonlySet<string>): Fields {
  const made: Record<string, unknown> = { ...fields };
  for (const name of names) if (made[name] !== undefined && made[name] !== null) made[name] = '';
  return made;
}

const isOfForm = (form: Form, event: Form): boolean =>
  TIMES.every((time) => (form[time] === null) === (event[time] === null)) &&
  isAlike(form, event, EVENT) &&
  isAlike(form.metadata, event.metadata, METADATA) &&
  isAlike(form.metadata.managedFields, event.metadata.managedFields, NOTE) &&
  isAlike(form.involvedObject, event.involvedObject, SUBJECT);

/** Whether both have the same fields in the same order, and the same values but for those named. */
function isAlike(form: Fields, other: Fields, names: ReadonlySet<string>): boolean {
  const keys = Object.keys(form);
  const others = Object.keys(other);
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    if (key !== others[index] || (form[key] !== other[key] && !names.has(key))) return false;
  }
  return true;
}
