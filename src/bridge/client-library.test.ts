import { PassThrough } from 'node:stream';
import {
  CoordinationV1Api,
  CoreV1Api,
  AppsV1Api,
  KubeConfig,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  Watch,
  V1MicroTime,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bridge } from './bridge';
import { kubeconfigFor } from './kubeconfig';

/** The official client library against the bridge, unchanged: what works there works against the simulated cluster. */

const bridge = new Bridge();
const config = new KubeConfig();
let control = '';
let core: CoreV1Api;
const namespace = 'default';

beforeAll(async () => {
  expect(await bridge.start({ preset: 'empty', seed: 1, speed: 0 })).toBeUndefined();
  const server = `http://127.0.0.1:${await bridge.listen(0)}`;
  control = `${server}/podium/v1`;
  config.loadFromString(kubeconfigFor(server));
  core = config.makeApiClient(CoreV1Api);
});
beforeEach(() => post('reset', {}));
afterAll(() => bridge.close());

async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${control}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200);
}

/** Waits until something holds; a watch is told a few milliseconds later. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

/** The cluster has a ConfigMap of its own in every namespace. */
const labels = { made: 'here' };
const labelSelector = 'made=here';
const create = (name: string, data: Record<string, string> = {}): Promise<V1ConfigMap> =>
  core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels }, data } });
const namesOf = (items: readonly V1ConfigMap[]): string[] => items.map((item) => item.metadata!.name!).sort();
const CONFIG_MAPS = `/api/v1/namespaces/${namespace}/configmaps`;

describe('the client library', () => {
  it('lists, in pages and by labels', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await core.listNamespacedConfigMap({ namespace, labelSelector, limit: 2 });
    const _continue = first.metadata!._continue!;
    const second = await core.listNamespacedConfigMap({ namespace, labelSelector, limit: 2, _continue });
    expect([namesOf(first.items), namesOf(second.items)]).toEqual([['a', 'b'], ['c']]);
    expect((await core.listNamespacedConfigMap({ namespace, labelSelector: 'x=y' })).items).toEqual([]);
  });

  it('throws Status objects', async () => {
    await expect(core.readNamespacedConfigMap({ namespace, name: 'none' })).rejects.toMatchObject({ code: 404 });
    await create('a');
    await expect(create('a')).rejects.toMatchObject({ code: 409 });
  });

  it('takes every kind of patch', async () => {
    await create('a', { keep: '1', drop: '1' });
    const patch = (body: object | object[], strategy: string): Promise<V1ConfigMap> =>
      core.patchNamespacedConfigMap({ namespace, name: 'a', body }, setHeaderOptions('Content-Type', strategy));
    await patch([{ op: 'remove', path: '/data/drop' }], PatchStrategy.JsonPatch);
    await patch({ data: { merged: '1' } }, PatchStrategy.MergePatch);
    const { data } = await patch({ data: { strategic: '1' } }, PatchStrategy.StrategicMergePatch);
    expect(data).toEqual({ keep: '1', merged: '1', strategic: '1' });
  });

  it('applies on the server, with conflicts and force', async () => {
    const apply = (fieldManager: string, value: string, force?: boolean): Promise<V1ConfigMap> => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { value } };
      const asked = { namespace, name: 'a', body, fieldManager, ...(force === undefined ? {} : { force }) };
      return core.patchNamespacedConfigMap(asked, setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply));
    };
    await apply('one', '1');
    await expect(apply('two', '2')).rejects.toMatchObject({ code: 409 });
    const forced = await apply('two', '2', true);
    expect(forced.metadata!.managedFields!.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['two', 'Apply'],
    ]);
  });

  it('scales through the subresource', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const matchLabels = { app: 'web' };
    const template = { metadata: { labels: matchLabels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
    const spec = { replicas: 1, selector: { matchLabels }, template };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'web' }, spec } });
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'web' });
    scale.spec!.replicas = 3;
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'web', body: scale });
    expect((await apps.readNamespacedDeployment({ namespace, name: 'web' })).spec!.replicas).toBe(3);
  });
});

interface Watched {
  events: string[];
  revision: string;
  ended: boolean;
}

/** Watches ConfigMaps from a revision until the server ends it. */
async function watchFrom(resourceVersion: string, timeoutSeconds?: number): Promise<Watched & { stop(): void }> {
  const watched: Watched = { events: [], revision: resourceVersion, ended: false };
  const query = { resourceVersion, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
  const controller = await new Watch(config).watch(
    CONFIG_MAPS,
    query,
    (type, object: V1ConfigMap & { code?: number }) => {
      watched.events.push(`${type} ${object.code ?? object.metadata!.name!}`);
      watched.revision = object.metadata?.resourceVersion ?? watched.revision;
    },
    () => (watched.ended = true),
  );
  return Object.assign(watched, { stop: () => controller.abort() });
}

describe('its watches', () => {
  it('go on where they were when the server has ended them', async () => {
    const from = (await core.listNamespacedConfigMap({ namespace })).metadata!.resourceVersion!;
    const first = await watchFrom(from, 1);
    await create('a');
    await until(() => first.ended);
    await create('b');
    const second = await watchFrom(first.revision);
    await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
    await until(() => second.events.length === 2);
    second.stop();
    expect([first.events, second.events]).toEqual([['ADDED a'], ['ADDED b', 'DELETED a']]);
  });

  it('are told 410 where their revision is forgotten', async () => {
    await create('a');
    const from = (await core.listNamespacedConfigMap({ namespace })).metadata!.resourceVersion!;
    const watched = await watchFrom(from);
    await post('reset', {});
    await until(() => watched.ended);
    expect(watched.events).toEqual(['ERROR 410']);
  });

  it('let informers list anew then', async () => {
    const informer = makeInformer(
      config,
      CONFIG_MAPS,
      () => core.listNamespacedConfigMap({ namespace, labelSelector }),
      labelSelector,
    );
    const seen: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, (object) => seen.push(`${verb} ${object.metadata!.name!}`));
    for (const name of ['a', 'b', 'c']) await create(name);
    await informer.start();
    expect(namesOf(informer.list(namespace))).toEqual(['a', 'b', 'c']);
    await core.replaceNamespacedConfigMap({
      namespace,
      name: 'a',
      body: { metadata: { name: 'a', labels }, data: { x: '1' } },
    });
    await until(() => informer.get('a', namespace)?.data?.['x'] === '1');
    await post('reset', {});
    await until(() => informer.list(namespace).length === 0);
    await create('d');
    await until(() => informer.get('d', namespace) !== undefined);
    await informer.stop();
    expect(seen).toEqual(['add a', 'add b', 'add c', 'update a', 'delete a', 'delete b', 'delete c', 'add d']);
  });
});

it('follows logs until the container ends', async () => {
  await post('reset', { seed: 7, preset: 'ml' });
  const command = ['sh', '-c', 'echo one; sleep 20; echo two'];
  const container = { name: 'main', image: 'busybox:1.36', command };
  const body = { metadata: { name: 'talker' }, spec: { restartPolicy: 'Never', containers: [container] } };
  await core.createNamespacedPod({ namespace, body });
  await post('time', { advanceMs: 15_000 });
  const stream = new PassThrough();
  let text = '';
  let ended = false;
  stream.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => (ended = true));
  await new Log(config).log(namespace, 'talker', 'main', stream, { follow: true });
  await until(() => text === 'one\n');
  await post('time', { advanceMs: 20_000 });
  await until(() => ended);
  expect(text).toBe('one\ntwo\n');
});

/** Models client-go's leaderelection: whoever writes its name into an expired Lease leads. */
class Contender {
  readonly #leases = config.makeApiClient(CoordinationV1Api);
  constructor(
    readonly name: string,
    readonly now: () => number,
  ) {}

  /** Tries to lead; returns whether it does. A lost race is no error. */
  async step(): Promise<boolean> {
    const time = new V1MicroTime(this.now());
    const spec = { holderIdentity: this.name, leaseDurationSeconds: 15, acquireTime: time, renewTime: time };
    try {
      const lease = await this.#leases.readNamespacedLease({ namespace, name: 'lock' });
      const { holderIdentity, renewTime } = lease.spec!;
      if (holderIdentity !== this.name && this.now() < new Date(renewTime!).getTime() + 15_000) return false;
      const held = holderIdentity === this.name ? lease.spec : spec;
      await this.#leases.replaceNamespacedLease({
        namespace,
        name: 'lock',
        body: { ...lease, spec: { ...held, renewTime: time } },
      });
      return true;
    } catch (error) {
      const { code } = error as { code?: number };
      if (code === 409) return false;
      if (code !== 404) throw error;
      await this.#leases.createNamespacedLease({ namespace, body: { metadata: { name: 'lock' }, spec } });
      return true;
    }
  }
}

it('elects one leader by a Lease, and another one when the first is silent', async () => {
  let now = Date.UTC(2026, 0, 1);
  const [one, two] = [new Contender('one', () => now), new Contender('two', () => now)];
  const first = await Promise.all([one.step(), two.step().catch(() => false)]);
  expect(first.filter(Boolean)).toHaveLength(1);
  const [leader, other] = first[0] ? [one, two] : [two, one];
  now += 10_000;
  expect([await leader.step(), await other.step()]).toEqual([true, false]);
  now += 14_000;
  expect(await other.step()).toBe(false);
  now += 2_000;
  expect([await other.step(), await leader.step()]).toEqual([true, false]);
});
