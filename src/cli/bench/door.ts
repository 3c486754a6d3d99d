import type { ApiRequest } from '../../api/client';
import type { ApiObject, Draft, Json, Pod } from '../../api/objects';
import { assert } from '../../base/assert';
import { createApiServer } from '../../kernel/apiserver/in-process';

/** What the API server's door costs, without HTTP and without a cluster behind it. */

const NOW_MS = Date.UTC(2026, 0, 5, 9);
const OBJECTS = 1_000;
const WATCHERS = 100;
const PODS = '/api/v1/namespaces/default/pods';
const ORIGIN = { actor: 'bench' };

const podNamed = (name: string): Draft<Pod> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: {
    containers: [{ name: 'server', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
  },
});

function makeDoor() {
  const { server } = createApiServer({ nowMs: NOW_MS });
  server.bootstrap();
  const admin = server.clientFor('admin');
  admin.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  const ask = (method: string, path: string, body?: Json): Json => {
    const request: ApiRequest = {
      method,
      path,
      headers: { 'user-agent': 'bench' },
      ...(body === undefined ? {} : { body }),
    };
    const answer = server.handle(request, ORIGIN);
    assert(answer.code < 300, `${method} ${path}: ${answer.code}`);
    return answer.body;
  };
  return { server, ask, client: server.clientFor('kubelet') };
}

/** How many times a second something is done, by CPU time. */
function perSecond(times: number, work: (index: number) => void): number {
  const start = process.cpuUsage();
  for (let index = 0; index < times; index++) work(index);
  const { user, system } = process.cpuUsage(start);
  return Math.round(times / ((user + system) / 1e6));
}

/** Requests a second: creates, gets, lists of a thousand Pods, and events to a hundred watchers. */
export function doorRequests(): Record<string, number> {
  const { server, ask, client } = makeDoor();
  const createsPerSecond = perSecond(OBJECTS, (index) => {
    ask('POST', PODS, podNamed(`p-${index}`) as unknown as Json);
  });
  const getsPerSecond = perSecond(20 * OBJECTS, (index) => {
    ask('GET', `${PODS}/p-${index % OBJECTS}`);
  });
  const listsOf1000PerSecond = perSecond(50, () => {
    ask('GET', PODS);
  });
  const cursors = Array.from({ length: WATCHERS }, () => {
    const opened = server.openWatch({ method: 'GET', path: PODS, query: { watch: 'true' } }, ORIGIN);
    assert(!('refusal' in opened), 'the watch is opened');
    opened.next();
    return opened;
  });
  let delivered = 0;
  const writes = perSecond(OBJECTS, (index) => {
    client.patch('pods', 'default', `p-${index}`, (pod) => withPhase(pod, 'Running'), 'status');
    for (const cursor of cursors) delivered += cursor.next().length;
  });
  assert(delivered === OBJECTS * WATCHERS, 'every watcher hears every write');
  return { createsPerSecond, getsPerSecond, listsOf1000PerSecond, watchEventsPerSecond: writes * WATCHERS };
}

const withPhase = (pod: Pod, phase: 'Pending' | 'Running'): Pod => ({ ...pod, status: { ...pod.status, phase } });

/** Writes a second of a part of the cluster, and how much of an object is copied at each: only its outermost two maps. */
export function doorHotWrites(): Record<string, number> {
  const { server, client } = makeDoor();
  client.create('pods', podNamed('p'));
  let copied = 0;
  const writesPerSecond = perSecond(20 * OBJECTS, (index) => {
    let sent: Pod | undefined;
    const written = client.patch(
      'pods',
      'default',
      'p',
      (pod) => (sent = withPhase(pod, index % 2 === 0 ? 'Running' : 'Pending')),
      'status',
    );
    copied += bytesNotShared(written, sent!);
  });
  assert(server.store.count('pods') === 1, 'there is one Pod');
  return { writesPerSecond, bytesCopiedPerWrite: Math.round(copied / (20 * OBJECTS)) };
}

/** The JSON bytes of what is stored below the object and its metadata and is not the very value that was sent. */
function bytesNotShared(stored: ApiObject, sent: ApiObject): number {
  const pairs = [
    [stored, sent],
    [stored.metadata, sent.metadata],
  ] as unknown as readonly (readonly [Record<string, Json>, Record<string, Json>])[];
  let bytes = 0;
  for (const [is, was] of pairs) {
    for (const key of Object.keys(is)) {
      const value = is[key];
      if (typeof value !== 'object' || value === was[key] || key === 'metadata' || key === 'managedFields') continue;
      bytes += JSON.stringify(value).length;
    }
  }
  return bytes;
}
