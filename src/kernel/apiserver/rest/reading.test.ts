import { describe, expect, it } from 'vitest';
import type { ApiResponse, WatchEvent } from '../../../api/client';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';
import { createApiServer } from '../in-process';
import type { WatchCursor } from './watch';

/** Lists, watches, tables and discovery. */

const CONFIG = '/api/v1/namespaces/lab/configmaps';
const MERGE = 'application/merge-patch+json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

type List = {
  items: { metadata: { name: string } }[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
};

const names = (response: ApiResponse): string[] =>
  (response.body as unknown as List).items.map((item) => item.metadata.name);

function withConfigMaps(...all: string[]): Rig {
  const rig = new Rig();
  for (const name of all) rig.ask('POST', CONFIG, { metadata: { name, labels: { name } } });
  return rig;
}

function watch(rig: Rig, query: Record<string, string>, accept?: string): WatchCursor {
  const request = { method: 'GET', path: CONFIG, query: { watch: '1', ...query }, headers: accept ? { accept } : {} };
  const opened = rig.server.openWatch(request, { actor: 'test' });
  if ('refusal' in opened) throw new Error(JSON.stringify(opened.refusal.body));
  return opened;
}

const shown = (events: WatchEvent[]): string[] =>
  events.map(({ type, object }) => `${type} ${(object as { metadata?: { name?: string } }).metadata?.name ?? ''}`);

describe('a list', () => {
  it('comes in pages of one moment', () => {
    const rig = withConfigMaps('c', 'a', 'b');
    const first = rig.ask('GET', `${CONFIG}?limit=2`);
    const { metadata } = first.body as unknown as List;
    expect(names(first)).toEqual(['a', 'b']);
    expect(metadata.remainingItemCount).toBe(1);
    rig.ask('POST', CONFIG, { metadata: { name: 'd' } });
    rig.ask('DELETE', `${CONFIG}/c`);
    const second = rig.ask('GET', `${CONFIG}?limit=2&continue=${metadata.continue}`);
    expect(names(second)).toEqual(['c']);
    expect((second.body as unknown as List).metadata.resourceVersion).toBe(metadata.resourceVersion);
    expect(rig.say('GET', `${CONFIG}?continue=nonsense`)).toContain('400 continue key is not valid');
  });

  it('selects by labels and fields', () => {
    const rig = withConfigMaps('a', 'b');
    expect(names(rig.ask('GET', `${CONFIG}?labelSelector=name!=a`))).toEqual(['b']);
    expect(names(rig.ask('GET', `${CONFIG}?fieldSelector=metadata.name=a`))).toEqual(['a']);
    expect(rig.say('GET', `${CONFIG}?fieldSelector=data.x=a`)).toContain('400 "data.x" is not a known field selector');
    expect(rig.say('GET', '/api/v1/pods?fieldSelector=spec.x=a')).toBe('400 field label not supported: spec.x');
  });

  it('waits for no revision of the future', () => {
    expect(withConfigMaps().say('GET', `${CONFIG}?resourceVersion=99999`)).toContain(
      '504 Timeout: Too large resource version: 99999',
    );
  });
});

describe('a watch', () => {
  it('tells what happened since its revision', () => {
    const rig = withConfigMaps('a');
    const cursor = watch(rig, { resourceVersion: String(rig.store.revision) });
    expect(cursor.next()).toEqual([]);
    rig.ask('POST', CONFIG, { metadata: { name: 'b' } });
    rig.ask('PATCH', `${CONFIG}/a`, { data: { x: '1' } }, MERGE);
    rig.ask('DELETE', `${CONFIG}/b`);
    expect(shown(cursor.next())).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
    expect(cursor.next()).toEqual([]);
  });

  it('sees objects come into its selection and leave it', () => {
    const rig = withConfigMaps('a');
    const cursor = watch(rig, { resourceVersion: String(rig.store.revision), labelSelector: 'on=yes' });
    for (const on of ['yes', 'yes', 'no', 'no', 'yes'])
      rig.ask('PATCH', `${CONFIG}/a`, { metadata: { labels: { on } }, data: { on } }, MERGE);
    rig.ask('PATCH', `${CONFIG}/a`, { data: { z: '1' } }, MERGE);
    expect(shown(cursor.next())).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'MODIFIED a']);
  });

  it('begins with what is there, and marks the end of that', () => {
    const rig = withConfigMaps('b', 'a');
    expect(shown(watch(rig, {}).next())).toEqual(['ADDED a', 'ADDED b']);
    const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
    const events = watch(rig, query).next();
    expect(shown(events)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK ']);
    expect(events.at(-1)!.object).toMatchObject({ metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } });
  });

  it('ends where its revision is forgotten', () => {
    const rig = withConfigMaps('a');
    const cursor = watch(rig, { resourceVersion: '1' });
    rig.store.state.compactedRevision = rig.store.revision;
    rig.ask('PATCH', `${CONFIG}/a`, { data: { x: '1' } }, MERGE);
    expect(cursor.next()).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    expect(cursor.ended).toBe(true);
    expect(cursor.next()).toEqual([]);
  });

  it('names the columns of its tables once', () => {
    const rig = withConfigMaps('a', 'b');
    const [first, second] = watch(rig, {}, TABLE).next();
    expect(first!.object).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', '0', '0s'] }] });
    expect((first!.object as { columnDefinitions: Json[] }).columnDefinitions).toHaveLength(3);
    expect(second!.object).toMatchObject({ columnDefinitions: null });
  });
});

describe('tables', () => {
  const POD = {
    phase: 'Running',
    podIP: '10.0.0.1',
    containerStatuses: [
      { name: 'main', ready: true, restartCount: 2, image: 'x', imageID: '', state: { running: {} } },
    ],
  };
  const waiting = (reason: string): Json => ({
    name: 'main',
    ready: false,
    restartCount: 3,
    image: 'x',
    imageID: '',
    state: { waiting: { reason } },
    lastState: { terminated: { exitCode: 1, finishedAt: '2025-12-31T23:58:00Z' } },
  });
  const CASES: [status: Json, cells: Json[]][] = [
    [{ phase: 'Pending' }, ['0/1', 'Pending', '0']],
    [POD, ['1/1', 'Running', '2']],
    [{ ...POD, containerStatuses: [waiting('CrashLoopBackOff')] }, ['0/1', 'CrashLoopBackOff', '3 (2m ago)']],
    [{ phase: 'Failed', reason: 'Evicted' }, ['0/1', 'Evicted', '0']],
    [
      {
        phase: 'Succeeded',
        containerStatuses: [
          {
            name: 'main',
            ready: false,
            restartCount: 0,
            image: 'x',
            imageID: '',
            state: { terminated: { exitCode: 0, reason: 'Completed' } },
          },
        ],
      },
      ['0/1', 'Completed', '0'],
    ],
    [
      {
        phase: 'Failed',
        containerStatuses: [
          {
            name: 'main',
            ready: false,
            restartCount: 0,
            image: 'x',
            imageID: '',
            state: { terminated: { exitCode: 3 } },
          },
        ],
      },
      ['0/1', 'ExitCode:3', '0'],
    ],
  ];

  it.each(CASES)('say how a Pod is: %j', (status, cells) => {
    const rig = new Rig();
    const path = '/api/v1/namespaces/lab/pods';
    rig.ask('POST', path, { metadata: { name: 'p' }, spec: { containers: [{ name: 'main', image: 'x' }] } });
    rig.ask('PATCH', `${path}/p/status`, { status }, MERGE);
    const { body } = rig.server.handle({ method: 'GET', path, headers: { accept: TABLE } }, { actor: 'test' });
    expect((body as { rows: { cells: Json[] }[] }).rows[0]!.cells.slice(1, 4)).toEqual(cells);
  });
});

describe('discovery', () => {
  it('lists what is served, and nothing else', () => {
    const rig = new Rig();
    const { resources } = rig.ask('GET', '/apis/apps/v1').body as { resources: { name: string }[] };
    expect(resources.map((one) => one.name)).toEqual([
      'controllerrevisions',
      'daemonsets',
      'daemonsets/status',
      'deployments',
      'deployments/scale',
      'deployments/status',
      'replicasets',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets',
      'statefulsets/scale',
      'statefulsets/status',
    ]);
    expect(rig.say('GET', '/apis/apps/v1/namespaces/lab/ponies')).toBe(
      '404 the server could not find the requested resource',
    );
    expect(rig.ask('GET', '/nope')).toMatchObject({ code: 404, body: '404 page not found\n' });
    expect(rig.say('POST', '/api/v1/configmaps', {})).toBe(
      '405 the server does not allow this method on the requested resource',
    );
    expect(rig.ask('GET', '/readyz').body).toBe('ok');
  });
});

describe('an API server without a cluster', () => {
  it('holds what it is given, as it is', async () => {
    const { client, restore } = createApiServer({ nowMs: Date.UTC(2026, 5, 15) });
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 's', namespace: 'ml', resourceVersion: '41', uid: 'u' },
      spec: {},
    };
    restore([set]);
    const path = '/apis/apps/v1/namespaces/ml/statefulsets';
    expect((await client.request({ method: 'GET', path: `${path}/s` })).body).toEqual(set);
    restore([]);
    expect((await client.request({ method: 'GET', path: `${path}/s` })).code).toBe(404);
  });
});

describe('an Event', () => {
  it('reads as either of its two versions', () => {
    const rig = new Rig();
    const body = {
      metadata: { name: 'e' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: { kind: 'Pod', name: 'p', namespace: 'lab' },
      reason: 'Scheduled',
      action: 'Binding',
      note: 'bound',
      reportingController: 'default-scheduler',
      reportingInstance: 'one',
      type: 'Normal',
    };
    const path = '/apis/events.k8s.io/v1/namespaces/lab/events';
    expect(rig.ask('POST', path, body).body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      note: 'bound',
      regarding: { name: 'p' },
    });
    const core = rig.ask('GET', '/api/v1/namespaces/lab/events/e').body;
    expect(core).toMatchObject({
      apiVersion: 'v1',
      message: 'bound',
      involvedObject: { name: 'p' },
      reportingComponent: 'default-scheduler',
    });
    expect(rig.ask('PATCH', `${path}/e`, { note: 'moved' }, MERGE).body).toMatchObject({ note: 'moved' });
    expect(rig.say('POST', path, { ...body, metadata: { name: 'f' }, reportingController: '' })).toContain(
      'Event "f" is invalid: [reportingController: Required value',
    );
    const table = rig.server.handle(
      { method: 'GET', path: `${path}/e`, headers: { accept: TABLE } },
      { actor: 'test' },
    );
    expect((table.body as { rows: { cells: Json[] }[] }).rows[0]!.cells).toContain('pod/p');
  });
});
