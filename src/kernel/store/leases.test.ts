import { describe, expect, it } from 'vitest';
import type { Event } from '../../api/objects';
import { ClusterRig } from '../cluster.rig';
import { Clock } from '../time/clock';
import type { ApiObject } from '../../api/objects';
import { Leases } from './leases';
import { Store } from './store';

const BY_HAND = { actor: 'test', revisions: [] };
const HOUR = 3_600_000;

/** A store with leases on a clock of its own; `at` runs what is due and writes an Event, or takes it away. */
function newStore() {
  const clock = new Clock(0);
  const store = new Store();
  let quorum = true;
  const leases = new Leases(store, clock, () => quorum);
  const runTo = (ms: number): void => {
    for (let timer = clock.take(ms); timer; timer = clock.take(ms)) leases.handle(timer);
    clock.moveTo(ms);
  };
  const write = (resource: string, name: string): void => {
    const metadata = { namespace: 'default', name, uid: name, resourceVersion: '', creationTimestamp: '' };
    store.put(
      resource,
      `default/${name}`,
      { apiVersion: 'v1', kind: 'Event', metadata } as ApiObject,
      clock.nowMs,
      BY_HAND,
    );
  };
  return { clock, store, leases, runTo, write, setQuorum: (has: boolean) => (quorum = has) };
}

describe('the leases of etcd', () => {
  it('let an Event go an hour and a minute after its last write, and nothing else', () => {
    const { store, runTo, write } = newStore();
    const gone: string[] = [];
    store.onWrite(({ type, key, atMs }) => type === 'DELETED' && gone.push(`${key} ${atMs}`));
    write('events', 'once');
    write('events', 'again');
    write('configmaps', 'settings');
    runTo(HOUR / 2);
    write('events', 'again');
    runTo(3 * HOUR);
    expect(gone).toEqual([`default/once ${HOUR + 60_000}`, `default/again ${1.5 * HOUR + 60_000}`]);
    expect(store.count('configmaps')).toBe(1);
  });

  it('are shared by the writes of a minute, a thousand at most', () => {
    const { leases, runTo, write } = newStore();
    for (let index = 0; index < 1001; index++) write('events', `burst-${index}`);
    expect(leases.state.leases.size).toBe(2);
    runTo(59_999);
    write('events', 'late');
    expect(leases.state.leases.size).toBe(2);
    runTo(60_000);
    write('events', 'later');
    expect(leases.state.leases.size).toBe(3);
  });

  it('wait for a quorum, and forget what was deleted', () => {
    const { store, leases, runTo, write, setQuorum } = newStore();
    write('events', 'kept');
    write('events', 'removed');
    store.remove('events', 'default/removed', 0, BY_HAND);
    setQuorum(false);
    runTo(2 * HOUR);
    expect(store.count('events')).toBe(1);
    setQuorum(true);
    runTo(2 * HOUR + 1000);
    expect(store.count('events')).toBe(0);
    expect(leases.state.leases.size).toBe(0);
  });
});

describe('a cluster an hour later', () => {
  const eventsOf = (rig: ClusterRig, about: string): Event[] =>
    ([...rig.cluster.store.all('events').values()] as Event[]).filter(
      ({ involvedObject }) => involvedObject.name === about,
    );

  it('has forgotten what was told once; what is told again keeps its name and its count', () => {
    const rig = new ClusterRig('laptop', 3);
    const pod = (name: string, image: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'main', image }] },
    });
    rig.request('POST', '/api/v1/namespaces/default/pods', pod('fine', 'nginx:1.27'));
    rig.request('POST', '/api/v1/namespaces/default/pods', pod('broken', 'nginx:nope'));
    rig.run(10 * 60_000);
    expect(eventsOf(rig, 'fine').map(({ reason }) => reason)).toContain('Started');
    const told = eventsOf(rig, 'broken').find(({ reason }) => reason === 'BackOff')!;
    rig.run(2 * HOUR);
    expect(eventsOf(rig, 'fine')).toEqual([]);
    const later = eventsOf(rig, 'broken').find(({ reason }) => reason === 'BackOff')!;
    expect(later.metadata.name).toBe(told.metadata.name);
    expect(later.count).toBeGreaterThan(told.count!);
    expect(later.firstTimestamp).toBe(told.firstTimestamp);
  });
});
