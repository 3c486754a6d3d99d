import { describe, expect, it } from 'vitest';
import type { Json } from '../objects';
import { applyStrategicPatch } from './strategic';

const POD = 'io.k8s.api.core.v1.Pod';
const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';
const SERVICE = 'io.k8s.api.core.v1.Service';

const containers = (...list: Json[]): Json => ({ spec: { containers: list } });
const a = {
  name: 'a',
  image: 'a:1',
  env: [
    { name: 'X', value: '1' },
    { name: 'Y', value: '2' },
  ],
};
const b = { name: 'b', image: 'b:1' };

const CASES: [about: string, type: string, original: Json, patch: Json, result: Json][] = [
  [
    'merges maps and deletes by null',
    POD,
    { metadata: { labels: { a: '1', b: '2' } } },
    { metadata: { labels: { a: null, c: '3' } } },
    { metadata: { labels: { b: '2', c: '3' } } },
  ],
  [
    'merges list items by their key',
    POD,
    containers(a, b),
    containers({ name: 'b', image: 'b:2' }),
    containers(a, { ...b, image: 'b:2' }),
  ],
  [
    'merges lists within list items',
    POD,
    containers(a),
    containers({ name: 'a', env: [{ name: 'X', value: '9' }] }),
    containers({
      ...a,
      env: [
        { name: 'X', value: '9' },
        { name: 'Y', value: '2' },
      ],
    }),
  ],
  ['puts new items where the patch has them', POD, containers(a), containers(b), containers(b, a)],
  [
    'replaces lists without a key',
    POD,
    containers({ ...a, args: ['x', 'y'] }),
    containers({ name: 'a', args: ['z'] }),
    containers({ ...a, args: ['z'] }),
  ],
  ['deletes an item', POD, containers(a, b), containers({ name: 'a', $patch: 'delete' }), containers(b)],
  [
    'replaces a list',
    POD,
    containers(a, b),
    containers({ $patch: 'replace' }, { name: 'c', image: 'c' }),
    containers({ name: 'c', image: 'c' }),
  ],
  [
    'replaces a map',
    SERVICE,
    { spec: { selector: { a: 'b' } } },
    { spec: { selector: { $patch: 'replace', z: 'z' } } },
    { spec: { selector: { z: 'z' } } },
  ],
  [
    'empties a map',
    POD,
    { metadata: { labels: { a: '1' } } },
    { metadata: { labels: { $patch: 'delete' } } },
    { metadata: { labels: {} } },
  ],
  [
    'keeps only the named keys',
    DEPLOYMENT,
    { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    { spec: { strategy: { type: 'Recreate' } } },
  ],
  [
    'orders items',
    POD,
    containers(a, b),
    {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [{ name: 'b', image: 'b:2' }],
      },
    },
    containers({ ...b, image: 'b:2' }, a),
  ],
  [
    'orders items that it does not change',
    POD,
    containers(a, b),
    { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
    containers(b, a),
  ],
  [
    'adds to a list of words',
    POD,
    { metadata: { finalizers: ['x/a'] } },
    { metadata: { finalizers: ['x/b'] } },
    { metadata: { finalizers: ['x/b', 'x/a'] } },
  ],
  [
    'takes out of a list of words',
    POD,
    { metadata: { finalizers: ['x/a', 'x/b'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/a'] } },
    { metadata: { finalizers: ['x/b'] } },
  ],
  [
    'leaves directives out of what is new',
    POD,
    {},
    containers({ name: 'a', $patch: 'delete' }, { name: 'b', image: null }),
    containers({ name: 'b' }),
  ],
];

const REFUSALS: [about: string, patch: Json, message: string][] = [
  [
    'an item without its key',
    containers({ image: 'x' }),
    'map: map[image:x] does not contain declared merge key: name',
  ],
  ['an unknown directive', { spec: { $patch: 'banana' } }, 'unknown patch type: banana in map: map[$patch:banana]'],
  ['a key that is not retained', { spec: { $retainKeys: ['a'], b: 1 } }, 'invalid patch format of retainKeys'],
  ['lists of lists', containers([]), 'lists of lists are not supported'],
];

describe('a strategic merge patch', () => {
  it.each(CASES)('%s', (_about, type, original, patch, result) => {
    const before = JSON.stringify([original, patch]);
    expect(applyStrategicPatch(original, patch, type)).toEqual(result);
    expect(JSON.stringify([original, patch])).toBe(before);
  });

  it.each(REFUSALS)('refuses %s', (_about, patch, message) => {
    expect(() => applyStrategicPatch(containers(a), patch, POD)).toThrow(message);
  });

  it('shares what it does not touch', () => {
    const original = { metadata: { labels: { a: '1' } }, spec: { containers: [a, b] } };
    const patched = applyStrategicPatch(original, { metadata: { labels: { b: '2' } } }, POD) as typeof original;
    expect(patched.spec).toBe(original.spec);
  });

  it('treats __proto__ as a key like any other', () => {
    const patch = JSON.parse('{"data":{"__proto__":"x"}}') as Json;
    const patched = applyStrategicPatch({ data: {} }, patch, 'io.k8s.api.core.v1.ConfigMap');
    expect(JSON.stringify(patched)).toBe('{"data":{"__proto__":"x"}}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
