import { describe, expect, it } from 'vitest';
import type { ApiObject, Draft, Event } from '../../api/objects';
import { Folded, hashState } from '../../base/state';
import { createApiServer } from '../apiserver/in-process';
import { EventRecorder } from '../machinery/event-recorder';

const NOW_MS = Date.UTC(2026, 0, 5, 9) + 123;
const POD = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'a', uid: 'uid-a', resourceVersion: '7' };
const NODE = { apiVersion: 'v1', kind: 'Node', name: 'cpu-1', uid: 'cpu-1' };

function makeServer() {
  const { server } = createApiServer({ nowMs: NOW_MS });
  server.bootstrap();
  const { store, clock } = server;
  const client = server.clientFor('kubelet/cpu-1', 'kubelet');
  const kubelet = new EventRecorder({ component: 'kubelet', host: 'cpu-1' }, client, clock);
  const scheduler = new EventRecorder({ component: 'default-scheduler' }, server.clientFor('kube-scheduler'), clock);
  const written: ApiObject[] = [];
  store.onWrite(({ resource, object }) => resource === 'events' && written.push(object));
  return { server, store, clock, client, kubelet, scheduler, written };
}

type Server = ReturnType<typeof makeServer>;

const byHand = (more: object): Draft<Event> =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'by-hand', namespace: 'default' },
    involvedObject: POD,
    reason: 'Tried',
    message: 'by hand',
    type: 'Normal',
    source: {},
    ...more,
  }) as unknown as Draft<Event>;

/** What is written, and whether it lies folded. */
const WRITES: Record<string, [folds: boolean, write: (server: Server) => void]> = {
  'of a kubelet about a container': [
    true,
    ({ kubelet }) =>
      kubelet.event({ ...POD, fieldPath: 'spec.containers{c}' }, 'Normal', 'Started', 'Container started'),
  ],
  'of a kubelet about its Node': [true, ({ kubelet }) => kubelet.event(NODE, 'Normal', 'NodeReady', 'is ready')],
  'of the scheduler': [true, ({ scheduler }) => scheduler.report(POD, 'Normal', 'Scheduled', 'Binding', 'on cpu-1')],
  'that counts': [
    false,
    ({ kubelet, clock }) => {
      kubelet.event(POD, 'Warning', 'BackOff', 'again');
      clock.moveTo(clock.nowMs + 5_000);
      kubelet.event(POD, 'Warning', 'BackOff', 'again');
    },
  ],
  'that is a series': [
    false,
    ({ scheduler }) => {
      for (let times = 0; times < 2; times++)
        scheduler.report(POD, 'Warning', 'FailedScheduling', 'Scheduling', 'no node');
    },
  ],
  'without its times': [false, ({ client }) => client.create('events', byHand({}))],
  'about nothing that has a name': [
    false,
    ({ client }) => client.create('events', byHand({ involvedObject: { namespace: 'default' } })),
  ],
  'that is changed': [
    true,
    ({ kubelet, client, written }) => {
      kubelet.event(POD, 'Normal', 'Pulled', 'image');
      const { name } = written[0]!.metadata;
      client.patch('events', 'default', name, (event) => ({ ...event, message: 'another' }));
    },
  ],
};

describe('an Event at rest', () => {
  it.each(Object.entries(WRITES))('%s is read as it was written', (_name, [folds, write]) => {
    const server = makeServer();
    write(server);
    const object = server.written.at(-1)!;
    const key = `default/${object.metadata.name}`;
    const lies = server.store.state.objects.get('events')!.get(key)!;
    expect(lies instanceof Folded).toBe(folds);
    expect(hashState(lies)).toBe(hashState(structuredClone(object)));
    for (const read of [server.store.get('events', key), ...server.store.all('events').values()]) {
      expect(JSON.stringify(read)).toBe(JSON.stringify(object));
      expect(Object.isFrozen(read)).toBe(true);
      expect(read).toBe(server.store.get('events', key));
    }
    expect(server.store.all('events').size).toBe(1);
  });

  it('keeps apart what two of a form say', () => {
    const { kubelet, store, written } = makeServer();
    kubelet.event(POD, 'Normal', 'Pulled', 'one image');
    kubelet.event({ ...POD, name: 'b', uid: 'uid-b', resourceVersion: '8' }, 'Normal', 'Pulled', 'another');
    kubelet.event({ ...POD, name: 'c', uid: 'uid-c' }, 'Warning', 'Pulled', 'another');
    expect(JSON.stringify([...store.all('events').values()])).toBe(JSON.stringify(written));
  });

  it('says who manages its fields', () => {
    const { kubelet, server } = makeServer();
    kubelet.event(POD, 'Normal', 'Pulled', 'image');
    const { body } = server.handle({ method: 'GET', path: '/api/v1/events' }, { actor: 'test' });
    const [event] = (body as unknown as { items: ApiObject[] }).items;
    const [entry] = event!.metadata.managedFields as unknown as { manager: string; fieldsV1: object }[];
    expect(entry).toMatchObject({ manager: 'kubelet', time: '2026-01-05T09:00:00Z' });
    expect(Object.keys(entry!.fieldsV1)).toContain('f:involvedObject');
  });
});

describe('the history of what lies folded', () => {
  it('tells the writes as they were', () => {
    const { kubelet, client, store, written } = makeServer();
    const from = store.revision;
    const told: unknown[] = [];
    store.onWrite((event) => told.push(structuredClone(event)));
    kubelet.event(POD, 'Normal', 'Pulled', 'image');
    const { name } = written[0]!.metadata;
    client.patch('events', 'default', name, (event) => ({ ...event, message: 'another' }));
    client.remove('events', 'default', name);
    const history = store.eventsAfter(from)!;
    expect(history.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(history).toEqual(told);
    for (const { object } of store.state.events.slice(-3)) expect(object).toBeInstanceOf(Folded);
  });
});
