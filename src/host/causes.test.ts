import { afterEach, expect, it } from 'vitest';
import type { CauseLink } from '../protocol/control';
import { SimulationRig } from './simulation.rig';

let rig: SimulationRig | undefined;
afterEach(() => rig?.stop());

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'server', image: 'podium/model-server:1.0' }] },
};

it('tells of each link what it changed, where the Pod is, and nothing that every write changes', async () => {
  rig = new SimulationRig();
  await rig.open();
  await rig.request('POST', '/api/v1/namespaces/default/pods', POD);
  await rig.time({ advanceMs: 60_000 });
  const { items } = (await rig.request('GET', '/podium/v1/causes?resource=pods&key=default/web')).body as unknown as {
    items: CauseLink[];
  };
  const [created, bound] = [items.at(-1)!, items.at(-2)!];
  expect(created).toMatchObject({ verb: 'create', input: 0 });
  expect(created.changes).toBeUndefined();
  const node = bound.changes!.find(({ path }) => path.join('.') === 'spec.nodeName')!;
  expect(node.before).toBeUndefined();
  expect(items.slice(0, -1).map((link) => link.node)).toEqual(items.slice(0, -1).map(() => node.after));
  const paths = items.flatMap(({ changes = [] }) => changes.map(({ path }) => path.join('.')));
  expect(paths.filter((path) => /managedFields|resourceVersion|TransitionTime/.test(path))).toEqual([]);
  expect(paths).toContain('status.phase');
});
