import type { ApiRequest } from '../api/client';
import type { ApiObject } from '../api/objects';
import { failureText, succeeded, type RequestRecord } from '../api/requests';
import { badRequest } from '../api/status';
import { LEARNER, type Happening, type StoryEvent, type StoryView } from '../api/story';
import { readTrainingResult } from '../api/training-checkpoint';
import type { Input } from '../kernel/input';
import type { StoreEvent } from '../kernel/store/event';
import type { Session } from './session';
import { stretchOf } from './training-run';

/** What has happened, in its order and with its moments, for whoever judges it: lessons. */

const RESOURCE = /^[a-z]+(,[a-z]+)*$/;

interface Asked {
  readonly resources: readonly string[];
  readonly namespace: string;
  readonly since: number;
  readonly inputs: number;
  readonly afterMs: number;
  /** Whether requests between programs are told. */
  readonly traffic: boolean;
}

export function storyView(session: Session, request: ApiRequest): StoryView {
  const asked = askedBy(request);
  const { cluster, timeline } = session;
  const { store } = cluster;
  const events = store.eventsAfter(asked.since);
  return {
    epoch: session.epoch,
    branch: session.branch.id,
    atMs: session.nowMs,
    epochMs: cluster.clock.state.epochMs,
    revision: store.revision,
    inputs: timeline.applied,
    whole: events !== undefined,
    events: events ? written(session, events, asked) : present(session, asked),
    happenings: happenings(session, asked),
  };
}

function askedBy({ query = {} }: ApiRequest): Asked {
  const { resources = '', namespace = 'default', since = '0', inputs = '0', after = '-1', traffic } = query;
  if (!RESOURCE.test(resources)) throw badRequest('resources must be names, parted by commas');
  for (const number of [since, inputs, after])
    if (!/^-?\d+(\.\d+)?$/.test(number)) throw badRequest('since, inputs and after must be numbers');
  return {
    resources: resources.split(','),
    namespace,
    since: Number(since),
    inputs: Number(inputs),
    afterMs: Number(after),
    traffic: traffic === 'true',
  };
}

function concerns({ resource, object }: Pick<StoreEvent, 'resource' | 'object'>, asked: Asked): boolean {
  const { namespace } = object.metadata;
  return asked.resources.includes(resource) && (namespace === undefined || namespace === asked.namespace);
}

function written(session: Session, events: readonly StoreEvent[], asked: Asked): StoryEvent[] {
  const told = events.filter((event) => concerns(event, asked));
  const causes = new Map(
    session.cluster.store.causes.since((told[0]?.revision ?? 0) - 1).map((row) => [row.revision, row]),
  );
  return told.map(({ revision, atMs, type, resource, key, object: stored }) => {
    const object = withoutManagers(stored);
    const cause = causes.get(revision);
    const input = cause?.input === undefined ? undefined : session.timeline.inputs[cause.input];
    const by = input?.kind === 'request' ? LEARNER : (cause?.actor ?? '');
    return { atMs, type, resource, key, by, object };
  });
}

/** Who manages which fields is a note in the store, and nobody here asks. */
function withoutManagers(object: ApiObject): ApiObject {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** What there is now, where too much has happened to tell. */
function present(session: Session, asked: Asked): StoryEvent[] {
  return asked.resources.flatMap((resource) =>
    [...session.cluster.store.all(resource)]
      .filter(([, object]) => concerns({ resource, object }, asked))
      .map(([key, object]) => ({
        atMs: session.nowMs,
        type: 'ADDED' as const,
        resource,
        key,
        by: '',
        object: withoutManagers(object),
      })),
  );
}

function happenings(session: Session, asked: Asked): Happening[] {
  const { timeline, cluster } = session;
  const fresh = timeline.inputs.slice(asked.inputs, timeline.applied).flatMap(happeningOf);
  const repairs = cluster.controlPlane.repairs
    .filter(({ atMs }) => atMs > asked.afterMs)
    .map((one) => ({ kind: 'repair' as const, ...one }));
  const traffic = asked.traffic ? trafficAfter(cluster.network.requests(), asked) : [];
  return [...fresh, ...repairs, ...traffic].sort((left, right) => left.atMs - right.atMs);
}

function happeningOf(input: Input): Happening[] {
  const { atMs } = input;
  switch (input.kind) {
    case 'request':
    case 'world':
      return [{ atMs, kind: input.kind }];
    case 'fault':
      return [{ atMs, kind: 'fault', fault: input.fault }];
    case 'training': {
      const result = readTrainingResult(input.result);
      if (!result || result.failure || !input.of) return [];
      const { state, loss, r2 } = result;
      return [{ atMs, kind: 'training', ...input.of, ...stretchOf(input.run), step: state.t - 1, loss, r2 }];
    }
    case 'stdin':
      return [];
  }
}

function trafficAfter(records: readonly RequestRecord[], { namespace, afterMs }: Asked): Happening[] {
  return records
    .filter(({ endMs, from }) => endMs > afterMs && from.namespace === namespace)
    .map((record) => ({
      atMs: record.endMs,
      kind: 'traffic',
      from: record.from.pod,
      service: record.service.slice(record.service.indexOf('/') + 1),
      code: record.code,
      ok: succeeded(record),
      failure: record.failure ? failureText(record.failure) : '',
    }));
}
