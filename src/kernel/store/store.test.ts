import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../api/objects';
import { Store } from './store';

const BY_HAND = { actor: 'test', revisions: [] };

function configMap(name: string, data: Record<string, string> = {}): ApiObject {
  const metadata = { namespace: 'default', name, uid: `uid-${name}`, resourceVersion: '', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as ApiObject;
}

describe('the store', () => {
  it('gives each write a revision and tells what became of the object', () => {
    const store = new Store();
    const seen: string[] = [];
    store.onWrite((event) => seen.push(`${event.revision} ${event.type} ${event.key}`));
    store.put('configmaps', 'default/a', configMap('a'), 0, BY_HAND);
    store.put('configmaps', 'default/a', configMap('a', { x: '1' }), 0, BY_HAND);
    const last = store.remove('configmaps', 'default/a', 0, BY_HAND);
    expect(seen).toEqual(['2 ADDED default/a', '3 MODIFIED default/a', '4 DELETED default/a']);
    expect(last.metadata.resourceVersion).toBe('4');
    expect(store.count('configmaps')).toBe(0);
    expect([...store.keysIn('configmaps', 'default')]).toEqual([]);
  });

  it('keeps what it holds from being changed', () => {
    const store = new Store();
    const object = store.put('configmaps', 'default/a', configMap('a'), 0, BY_HAND);
    expect(() => ((object.metadata as { name: string }).name = 'b')).toThrow(TypeError);
  });

  it('gives the events after a revision, until they are compacted away', () => {
    const store = new Store();
    for (let index = 0; index < 5; index++)
      store.put('configmaps', `default/${index}`, configMap(String(index)), 0, BY_HAND);
    expect(store.eventsAfter(4)!.map((event) => event.revision)).toEqual([5, 6]);
    for (let index = 0; index < 20_000; index++) store.put('configmaps', 'default/a', configMap('a'), 0, BY_HAND);
    expect(store.eventsAfter(4)).toBeUndefined();
    expect(store.eventsAfter(store.revision)).toEqual([]);
  });

  it('leads from a revision back to what a person did', () => {
    const store = new Store();
    const job = store.put('jobs', 'default/a', configMap('a'), 0, { actor: 'kubectl', revisions: [], input: 7 });
    const seen = Number(job.metadata.resourceVersion);
    const pod = store.put('pods', 'default/p', configMap('p'), 5, { actor: 'job-controller', revisions: [seen] });
    store.put('leases', 'default/l', configMap('l'), 6, BY_HAND);
    const chain = store.causes.chain(Number(pod.metadata.resourceVersion));
    expect(chain.map((row) => `${row.actor} ${row.verb} ${row.resource}`)).toEqual([
      'job-controller create pods',
      'kubectl create jobs',
    ]);
    expect(chain.at(-1)!.input).toBe(7);
    expect(store.causes.since(0).map((row) => row.resource)).toEqual(['jobs', 'pods']);
  });
});
