import type { ApiObject, Draft, Event } from '../../api/objects';
import { isRefusal } from '../../api/status';
import type { TypedClient } from '../apiserver/typed-client';
import type { Clock } from '../time/clock';

/** What an Event is about. */
export interface EventSubject {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  resourceVersion?: string;
  /** A part of the object, such as `spec.containers{trainer}`. */
  fieldPath?: string;
}

export interface EventSource {
  component: string;
  host?: string;
}

/** An Event that has been written. */
interface Known {
  /** What it says; null where it combines several, or is a series. */
  message: string | null;
  name: string;
  count: number;
  /** When it was first and last seen: a time of the API, and virtual milliseconds. */
  first: string;
  lastMs: number;
}

/** A way to speak of an object: Events of the same way are similar. */
interface Manner {
  /** The part of the object that they are about; for a series, the object's revision. */
  readonly part: string;
  readonly type: string;
  readonly reason: string;
  /** Empty in the old style. */
  readonly action: string;
}

/** What has been said of an object in one manner. */
interface Way {
  readonly manner: Manner;
  /** What has been said lately, each message once, oldest first, and when that was. */
  messages: readonly string[];
  lastMs: number;
  known: readonly Known[];
}

/** The same where it is one Event, or none that was written, as it is in most cases: frozen. */
interface Once {
  readonly manner: Manner;
  /** Null in a series. */
  readonly message: string | null;
  readonly lastMs: number;
  /** The Event's name and its time; no name where it was not written. */
  readonly name: string;
  readonly first: string;
}

/** What has been said of one object, and how much more may be. */
interface Spoken {
  tokens: number;
  atMs: number;
  ways: readonly (Way | Once)[];
}

export interface EventRecorderState {
  /** By object, the one spoken of longest ago first. */
  spoken: Map<string, Spoken>;
  sequence: number;
}

const OBJECTS_LIMIT = 4096;
const WAYS_LIMIT = 64;
const KNOWN_LIMIT = 32;
const SIMILAR_LIMIT = 10;
const SIMILAR_WINDOW_MS = 600_000;
const BUCKET_SIZE = 25;
const BUCKET_REFILL_MS = 300_000;
/** How often series are looked through, and how long one may be silent. Models client-go/tools/events finishSeries. */
const FINISH_MS = 360_000;

/** The new style names no source. */
const NO_SOURCE: Partial<EventSource> = Object.freeze({});

export const emptyRecorder = (sequence = 0): EventRecorderState => ({ spoken: new Map(), sequence });

/** The subject for a whole object. */
export function subjectOf(object: ApiObject, fieldPath?: string): EventSubject {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    ...(namespace ? { namespace } : {}),
    name,
    uid,
    resourceVersion,
    ...(fieldPath ? { fieldPath } : {}),
  };
}

/**
 * Writes Events as upstream's components do: equal ones count up, similar ones are combined, and a component that
 * talks too much about one object is muted. Models client-go/tools/record.
 */
export class EventRecorder {
  state: EventRecorderState = emptyRecorder();

  readonly source: EventSource;

  constructor(
    source: EventSource,
    private readonly client: TypedClient,
    private readonly clock: Clock,
  ) {
    this.source = Object.freeze(source);
  }

  restore(state: EventRecorderState): void {
    this.state = state;
  }

  /** Records an Event in the old style: source, count, first and last time. */
  event(subject: EventSubject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const spoken = this.#speakOf(subject);
    const manner = mannerOf(subject.fieldPath ?? '', type, reason, '');
    const way = wayOf(spoken, manner);
    const combined = way !== undefined && this.#combine(way, message);
    if (!this.#isAllowed(spoken)) {
      if (!way) this.#note(spoken, manner, message, '', undefined);
      return;
    }
    const text = combined ? `(combined from similar events): ${message}` : message;
    const known = way && knownOf(way, combined ? null : message);
    if (known && this.#countUp(subject, known, text)) return;
    const now = this.clock.time;
    const fields = {
      type,
      reason,
      message: text,
      source: this.source,
      count: known?.count ?? 1,
      firstTimestamp: known?.first ?? now,
      lastTimestamp: now,
      eventTime: null,
      reportingComponent: this.source.component,
      reportingInstance: this.source.host ?? '',
    };
    const name = this.#create(subject, fields, known?.name);
    if (way) this.#remember(way, combined ? null : message, now, known, name);
    else this.#note(spoken, manner, message, now, name);
  }

  /**
   * Records an Event in the style of events.k8s.io, as kube-scheduler does: eventTime and action, no count. Those about
   * the same revision of the object become a series, which keeps the first one's words. Models client-go/tools/events.
   */
  report(subject: EventSubject, type: 'Normal' | 'Warning', reason: string, action: string, message: string): void {
    const spoken = this.#speakOf(subject);
    const manner = mannerOf(subject.resourceVersion ?? '', type, reason, action);
    const way = wayOf(spoken, manner);
    const last = way && knownOf(way, null);
    const known = last && this.#isFinished(last) ? undefined : last;
    if (known && this.#extendSeries(subject, known)) return;
    const now = this.clock.microTime;
    const fields = {
      type,
      reason,
      action,
      message,
      source: NO_SOURCE,
      eventTime: known?.first ?? now,
      ...(known ? { series: { count: known.count, lastObservedTime: now } } : {}),
      reportingComponent: this.source.component,
      reportingInstance: `${this.source.component}-${this.source.host ?? 'podium'}`,
      firstTimestamp: null,
      lastTimestamp: null,
    };
    const name = this.#create(subject, fields, known?.name);
    if (way) this.#remember(way, null, now, known, name);
    else this.#note(spoken, manner, null, now, name);
  }

  /** What has been said of an object; the one spoken of longest ago is forgotten. */
  #speakOf(subject: EventSubject): Spoken {
    const { spoken } = this.state;
    const object = nameOf(subject);
    const said = spoken.get(object) ?? { tokens: BUCKET_SIZE, atMs: this.clock.nowMs, ways: [] };
    spoken.delete(object);
    spoken.set(object, said);
    if (spoken.size > OBJECTS_LIMIT) spoken.delete(spoken.keys().next().value!);
    return said;
  }

  /** Remembers what is said in this manner for the first time. */
  #note(spoken: Spoken, manner: Manner, message: string | null, first: string, name: string | undefined): void {
    const once: Once = Object.freeze({ manner, message, lastMs: this.clock.nowMs, name: name ?? '', first });
    spoken.ways = spoken.ways.slice(1 - WAYS_LIMIT).concat(once);
  }

  /** What was known goes on under its name where the Event itself has gone meanwhile. */
  #remember(way: Way, message: string | null, first: string, known: Known | undefined, name: string | undefined): void {
    if (!name || known) return;
    const others = way.known.filter((one) => one.message !== message).slice(1 - KNOWN_LIMIT);
    way.known = others.concat({ message, name, count: 1, first, lastMs: this.clock.nowMs });
  }

  /** Whether a series has been silent for so long that the next such Event is another one. */
  #isFinished({ lastMs }: Known): boolean {
    const lookMs = Math.floor(this.clock.nowMs / FINISH_MS) * FINISH_MS;
    return lastMs < lookMs - FINISH_MS;
  }

  #combine(way: Way, message: string): boolean {
    const { nowMs } = this.clock;
    if (nowMs - way.lastMs > SIMILAR_WINDOW_MS) way.messages = [];
    if (!way.messages.includes(message)) way.messages = way.messages.slice(-SIMILAR_LIMIT).concat(message);
    way.lastMs = nowMs;
    return way.messages.length > SIMILAR_LIMIT;
  }

  /** Whether the object has not been spoken of too often. */
  #isAllowed(spoken: Spoken): boolean {
    const { nowMs } = this.clock;
    const tokens = Math.min(BUCKET_SIZE, spoken.tokens + (nowMs - spoken.atMs) / BUCKET_REFILL_MS);
    spoken.tokens = tokens >= 1 ? tokens - 1 : tokens;
    spoken.atMs = nowMs;
    return tokens >= 1;
  }

  #countUp(subject: EventSubject, known: Known, message: string): boolean {
    const lastTimestamp = this.clock.time;
    return this.#patch(subject, known, (event) => ({ ...event, count: known.count, message, lastTimestamp }));
  }

  #extendSeries(subject: EventSubject, known: Known): boolean {
    const lastObservedTime = this.clock.microTime;
    return this.#patch(subject, known, (event) => ({ ...event, series: { count: known.count, lastObservedTime } }));
  }

  #patch({ namespace }: EventSubject, known: Known, change: (event: Event) => Event): boolean {
    known.count += 1;
    known.lastMs = this.clock.nowMs;
    try {
      this.client.patch('events', namespace || 'default', known.name, change);
      return true;
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return false;
      throw error;
    }
  }

  /** Returns the Event's name; a namespace that is going away takes no Events, which is no fault. */
  #create(subject: EventSubject, fields: object, given?: string): string | undefined {
    const namespace = subject.namespace || 'default';
    for (;;) {
      const name = given ?? this.#nameFor(subject);
      const draft = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: subject,
        ...fields,
      } as unknown as Draft<Event>;
      try {
        this.client.create('events', draft);
        return name;
      } catch (error) {
        if (isRefusal(error, 'Forbidden') || isRefusal(error, 'NotFound')) return undefined;
        if (!isRefusal(error, 'AlreadyExists')) throw error;
      }
    }
  }

  /**
   * The subject's name and the nanosecond. The clock knows milliseconds only, so another component may have spoken of the
   * same subject in the same one: the next nanosecond is free sooner or later.
   */
  #nameFor({ name }: EventSubject): string {
    const stamp = BigInt(Math.floor(this.clock.epochNowMs)) * 1_000_000n;
    return `${name}.${(stamp + BigInt(this.state.sequence++ % 1_000_000)).toString(16)}`;
  }
}

/** What tells one object from all others: of Pods, which are many, only their uid. */
const nameOf = ({ kind, namespace, name, uid }: EventSubject): string =>
  kind === 'Pod' && uid ? uid : `${kind}|${uid ?? `${namespace}/${name}`}`;

/** Manners of speaking that were used lately: derived, so that what is equal is kept once. */
const manners = new Map<string, Manner>();
const MANNERS_KEPT = 1024;

function mannerOf(part: string, type: string, reason: string, action: string): Manner {
  const key = `${reason} ${part}`;
  const known = manners.get(key);
  if (known?.type === type && known.action === action) return known;
  if (manners.size >= MANNERS_KEPT) manners.clear();
  const manner = Object.freeze({ part, type, reason, action });
  manners.set(key, manner);
  return manner;
}

const isSameManner = (one: Manner, other: Manner): boolean =>
  one === other ||
  (one.reason === other.reason && one.part === other.part && one.type === other.type && one.action === other.action);

/** What has been said of an object in this manner, if anything, to be gone on with. */
function wayOf(spoken: Spoken, manner: Manner): Way | undefined {
  const index = spoken.ways.findIndex((way) => isSameManner(way.manner, manner));
  const said = spoken.ways[index];
  if (!said || 'known' in said) return said;
  const way = moreThanOnce(said);
  spoken.ways = spoken.ways.with(index, way);
  return way;
}

function moreThanOnce({ manner, message, lastMs, name, first }: Once): Way {
  const known = name === '' ? [] : [{ message, name, count: 1, first, lastMs }];
  return { manner, messages: message === null ? [] : [message], lastMs, known };
}

const knownOf = ({ known }: Way, message: string | null): Known | undefined =>
  known.find((one) => one.message === message);
