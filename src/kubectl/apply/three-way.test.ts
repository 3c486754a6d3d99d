import { describe, expect, it } from 'vitest';
import { applyStrategicPatch } from '../../api/patch/strategic';
import { typeNameOfKind } from '../../api/schema/tables';
import type { JsonObject } from '../format/json';
import { patchSchemaOf } from './patch-schema';
import { mergeDiff, threeWayMergePatch, threeWayStrategicPatch, twoWayStrategicPatch } from './three-way';

const schema = patchSchemaOf('apps/v1', 'Deployment')!;
const typeName = typeNameOfKind('apps/v1', 'Deployment')!;

const deployment = (containers: JsonObject[], spec: JsonObject = {}): JsonObject => ({
  spec: { ...spec, template: { spec: { containers } } },
});

describe('the three-way strategic patch', () => {
  it('is empty where nothing changed', () => {
    const same = deployment([{ name: 'a', image: 'x' }]);
    expect(threeWayStrategicPatch(same, same, { ...same, status: { replicas: 1 } }, schema)).toEqual({});
  });

  it('removes what was applied before and leaves what others have set', () => {
    const before = deployment(
      [
        {
          name: 'a',
          image: 'x',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
      { replicas: 2 },
    );
    const after = deployment([{ name: 'a', image: 'x', env: [{ name: 'B', value: '2' }] }]);
    const live = deployment(
      [
        {
          name: 'a',
          image: 'x',
          imagePullPolicy: 'Always',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
        { name: 'sidecar', image: 'y' },
      ],
      { replicas: 2, paused: true },
    );
    const patched = applyStrategicPatch(live, threeWayStrategicPatch(before, after, live, schema), typeName);
    expect(patched).toEqual({
      spec: {
        paused: true,
        template: {
          spec: {
            containers: [
              { name: 'a', image: 'x', imagePullPolicy: 'Always', env: [{ name: 'B', value: '2' }] },
              { name: 'sidecar', image: 'y' },
            ],
          },
        },
      },
    });
  });

  it('names list elements by their merge key and keeps their order', () => {
    const before = deployment([{ name: 'a', image: 'x' }]);
    const after = deployment([
      { name: 'a', image: 'z' },
      { name: 'b', image: 'y' },
    ]);
    expect(twoWayStrategicPatch(before, after, schema)).toEqual({
      spec: {
        template: {
          spec: {
            $setElementOrder: undefined,
            '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
            containers: [
              { image: 'z', name: 'a' },
              { image: 'y', name: 'b' },
            ],
          },
        },
      },
    });
  });
});

describe('merge patches', () => {
  it('replace lists and set null for what is gone', () => {
    expect(mergeDiff({ a: [1], b: 1, c: { d: 1 } }, { a: [2], c: { d: 2 } })).toEqual({ a: [2], b: null, c: { d: 2 } });
  });

  it('three ways remove only what was applied', () => {
    expect(threeWayMergePatch({ a: 1, b: 1 }, { a: 2 }, { a: 1, b: 1, theirs: 1 })).toEqual({ a: 2, b: null });
  });
});
