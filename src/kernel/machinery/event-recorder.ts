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

interface Known {
  name: string;
  namespace: string;
  count: number;
  /** When it was first and last seen: a time of the API, and virtual milliseconds. */
  first: string;
  lastMs: number;
}

interface Similar {
  /** The last of them, each once, oldest first. */
  messages: readonly string[];
  lastMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface EventRecorderState {
  /** Events written, by what must be equal to count one up instead. */
  known: Map<string, Known>;
  /** Messages seen lately, by what makes Events similar. */
  similar: Map<string, Similar>;
  /** Tokens left, by source and object. */
  buckets: Map<string, Bucket>;
  sequence: number;
}

const KNOWN_LIMIT = 4096;
const SIMILAR_LIMIT = 10;
const SIMILAR_WINDOW_MS = 600_000;
const BUCKET_SIZE = 25;
const BUCKET_REFILL_MS = 300_000;
/** How often series are looked through, and how long one may be silent. Models client-go/tools/events finishSeries. */
const FINISH_MS = 360_000;

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
  state: EventRecorderState = { known: new Map(), similar: new Map(), buckets: new Map(), sequence: 0 };

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
    const object = nameOf(subject);
    const similarKey = `${object}|${subject.fieldPath ?? ''}|${type}|${reason}`;
    const combined = this.#combine(similarKey, message);
    if (!this.#allowed(object)) return;
    const key = combined ? similarKey : `${similarKey}|${message}`;
    const text = combined ? `(combined from similar events): ${message}` : message;
    const known = this.state.known.get(key);
    if (known && this.#countUp(known, text)) return;
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
    this.#remember(key, subject, now, known, this.#create(subject, fields, known?.name));
  }

  /**
   * Records an Event in the style of events.k8s.io, as kube-scheduler does: eventTime and action, no count. Those about
   * the same revision of the object become a series, which keeps the first one's words. Models client-go/tools/events.
   */
  report(subject: EventSubject, type: 'Normal' | 'Warning', reason: string, action: string, message: string): void {
    const key = `report|${nameOf(subject)}|${subject.resourceVersion}|${type}|${reason}|${action}`;
    const last = this.state.known.get(key);
    const known = last && this.#isFinished(last) ? undefined : last;
    if (known && this.#extendSeries(known)) return;
    const now = this.clock.microTime;
    const fields = {
      type,
      reason,
      action,
      message,
      source: {},
      eventTime: known?.first ?? now,
      ...(known ? { series: { count: known.count, lastObservedTime: now } } : {}),
      reportingComponent: this.source.component,
      reportingInstance: `${this.source.component}-${this.source.host ?? 'podium'}`,
      firstTimestamp: null,
      lastTimestamp: null,
    };
    this.#remember(key, subject, now, known, this.#create(subject, fields, known?.name));
  }

  /** What was known goes on under its name where the Event itself has gone meanwhile. */
  #remember(key: string, subject: EventSubject, now: string, known: Known | undefined, name: string | undefined): void {
    if (!name || known) return;
    const { nowMs } = this.clock;
    this.state.known.set(key, { name, namespace: subject.namespace || 'default', count: 1, first: now, lastMs: nowMs });
    dropOldest(this.state.known);
  }

  /** Whether a series has been silent for so long that the next such Event is another one. */
  #isFinished({ lastMs }: Known): boolean {
    const lookMs = Math.floor(this.clock.nowMs / FINISH_MS) * FINISH_MS;
    return lastMs < lookMs - FINISH_MS;
  }

  #combine(similarKey: string, message: string): boolean {
    const nowMs = this.clock.nowMs;
    let similar = this.state.similar.get(similarKey);
    if (!similar || nowMs - similar.lastMs > SIMILAR_WINDOW_MS) similar = { messages: [], lastMs: nowMs };
    if (!similar.messages.includes(message)) similar.messages = similar.messages.slice(-SIMILAR_LIMIT).concat(message);
    similar.lastMs = nowMs;
    this.state.similar.delete(similarKey);
    this.state.similar.set(similarKey, similar);
    dropOldest(this.state.similar);
    return similar.messages.length > SIMILAR_LIMIT;
  }

  /** Whether the object has not been spoken of too often. */
  #allowed(key: string): boolean {
    const nowMs = this.clock.nowMs;
    const bucket = this.state.buckets.get(key) ?? { tokens: BUCKET_SIZE, atMs: nowMs };
    const tokens = Math.min(BUCKET_SIZE, bucket.tokens + (nowMs - bucket.atMs) / BUCKET_REFILL_MS);
    this.state.buckets.delete(key);
    this.state.buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: nowMs });
    dropOldest(this.state.buckets);
    return tokens >= 1;
  }

  #countUp(known: Known, message: string): boolean {
    return this.#patch(known, (event) => ({ ...event, count: known.count, message, lastTimestamp: this.clock.time }));
  }

  #extendSeries(known: Known): boolean {
    const lastObservedTime = this.clock.microTime;
    return this.#patch(known, (event) => ({ ...event, series: { count: known.count, lastObservedTime } }));
  }

  #patch(known: Known, change: (event: Event) => Event): boolean {
    known.count += 1;
    known.lastMs = this.clock.nowMs;
    try {
      this.client.patch('events', known.namespace, known.name, change);
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

/** What tells one object from all others. */
const nameOf = ({ kind, namespace, name, uid }: EventSubject): string => `${kind}|${uid ?? `${namespace}/${name}`}`;

function dropOldest(map: Map<string, unknown>): void {
  if (map.size > KNOWN_LIMIT) map.delete(map.keys().next().value!);
}
