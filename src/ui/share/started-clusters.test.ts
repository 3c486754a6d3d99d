// @vitest-environment node
import { afterEach, describe, expect, it } from 'vitest';
import { SimulationRig } from '../../host/simulation.rig';
import { addressOf, classCodeOf, nameOf, OWN, seedOf, startedAs, wishedCluster } from './started-clusters';
import { CLUSTERS } from './clusters';

const clusters = CLUSTERS.flatMap(({ preset }) => ['', 'otter', 'größe7'].map((classCode) => ({ preset, classCode })));

describe.each(clusters)('the cluster $preset of class "$classCode"', (cluster) => {
  it('is stored under a name of its own, which tells what it is', () => {
    expect(startedAs(nameOf(cluster))).toEqual(cluster);
    expect(clusters.filter((other) => nameOf(other) === nameOf(cluster))).toEqual([cluster]);
  });

  it('has an address, which opens it', () => {
    expect(wishedCluster(addressOf(cluster))).toEqual(cluster);
  });
});

it('has names and addresses that were there before', () => {
  expect([nameOf(OWN), addressOf(OWN)]).toEqual(['sandbox', '#/sandbox']);
  expect(startedAs('cluster-tpu')).toEqual({ preset: 'tpu', classCode: '' });
  expect(addressOf({ preset: 'tpu', classCode: '' })).toBe('#/sandbox?cluster=tpu');
  expect(addressOf({ preset: 'ml', classCode: 'otter' })).toBe('#/sandbox?cluster=ml&class=otter');
  expect(startedAs('shared-12ab34cd')).toBeUndefined();
});

it.each([
  ['Otter ', 'otter'],
  ['ＯＴＴＥＲ', 'otter'],
  ['7b', '7b'],
  ['x', undefined],
  ['two words', undefined],
  ['a-b', undefined],
  ['<script>', undefined],
  ['a'.repeat(25), undefined],
  ['', undefined],
])('reads the class code %j as %j', (text, code) => {
  expect(classCodeOf(text)).toBe(code);
});

it('says so where an address has no class code', () => {
  expect(wishedCluster('#/sandbox?class=two%20words')).toMatchObject({ problem: expect.stringMatching(/one word/) });
});

describe('a class', () => {
  const rigs: SimulationRig[] = [];
  afterEach(() => rigs.splice(0).forEach((rig) => rig.stop()));

  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } };
  const WEB = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 3, selector: { matchLabels: labels }, template },
  };
  const BATCH = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'batch' },
    spec: {
      parallelism: 2,
      completions: 2,
      template: { spec: { ...template.spec, restartPolicy: 'Never' } },
    },
  };

  /** Where which Pods are after the same two manifests, of which each machine applies the first and the second when it likes. */
  async function podsAfter(classCode: string, firstMs: number, secondMs: number): Promise<string[]> {
    const rig = new SimulationRig();
    rigs.push(rig);
    await rig.open('ml', seedOf(classCode));
    await rig.time({ advanceMs: firstMs });
    expect((await rig.request('POST', '/apis/apps/v1/namespaces/default/deployments', WEB)).code).toBe(201);
    await rig.time({ advanceMs: secondMs });
    expect((await rig.request('POST', '/apis/batch/v1/namespaces/default/jobs', BATCH)).code).toBe(201);
    await rig.time({ advanceMs: 15_000 });
    const { body } = await rig.request('GET', '/api/v1/namespaces/default/pods');
    const { items } = body as { items: { metadata: { name: string }; spec: { nodeName: string } }[] };
    return items.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`).sort();
  }

  it('has the same Pods on the same nodes, whenever each applies the same', async () => {
    const teacher = await podsAfter('otter', 3_000, 20_000);
    expect(teacher).toHaveLength(5);
    expect(await podsAfter('otter', 47_311, 90_123)).toEqual(teacher);
    expect(await podsAfter('otter', 600_000, 300_000)).toEqual(teacher);
    expect(await podsAfter('badger', 3_000, 20_000)).not.toEqual(teacher);
  });
});
