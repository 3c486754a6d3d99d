import { describe, expect, it } from 'vitest';
import type { Json } from '../../api/objects';
import { leavesOf } from '../editor/difference';
import { differingFields } from './differing-fields';

const pod = (spec: Json, metadata: Json = {}, status: Json = {}): Json => ({ metadata, spec, status });
const between = (here: Json, there: Json): string[] =>
  differingFields(leavesOf(here), leavesOf(there)).map((one) => `${one.path}: ${one.here} | ${one.there}`);

describe('the fields in which two branches differ', () => {
  it.each([
    ['nothing where all is the same', pod({ nodeName: 'a' }), pod({ nodeName: 'a' }), []],
    ['a value', pod({ nodeName: 'a' }), pod({ nodeName: 'b' }), ['spec.nodeName: a | b']],
    [
      'what only one of them has',
      pod({ nodeName: 'a' }),
      pod({ priority: 3 }),
      ['spec.nodeName: a | undefined', 'spec.priority: undefined | 3'],
    ],
    [
      'items by what names them, whatever their order',
      pod({ containers: [{ name: 'x', image: 'one' }, { name: 'y' }] }),
      pod({ containers: [{ name: 'y' }, { name: 'x', image: 'two' }] }),
      ['spec.containers[name=x].image: one | two'],
    ],
    [
      'keys with dots and slashes in quotes',
      pod({}, { labels: { 'app.kubernetes.io/name': 'a' } }),
      pod({}, { labels: { 'app.kubernetes.io/name': 'b' } }),
      ["metadata.labels['app.kubernetes.io/name']: a | b"],
    ],
    [
      'a part that only one of them has as one, in a few words',
      pod(
        { tolerations: [{ key: 'gpu', operator: 'Exists' }], tolerationsX: 1 },
        { name: 'a' },
        { podIPs: [{ ip: '1' }] },
      ),
      pod({ volumes: [{ name: 'v', a: 1, b: 2, c: 3, d: 4 }] }, { name: 'a' }, { podIPs: [{ ip: '1' }] }),
      [
        'spec.tolerations: [key=gpu].key: gpu, [key=gpu].operator: Exists | undefined',
        'spec.tolerationsX: 1 | undefined',
        'spec.volumes: undefined | [name=v].name: v, [name=v].a: 1, [name=v].b: 2, and 2 more',
      ],
    ],
    [
      'not what every write changes, nor times',
      pod({}, { uid: '1', resourceVersion: '4' }, { conditions: [{ type: 'Ready', lastTransitionTime: '1' }] }),
      pod({}, { uid: '2', resourceVersion: '9' }, { conditions: [{ type: 'Ready', lastTransitionTime: '2' }] }),
      [],
    ],
  ] as [string, Json, Json, string[]][])('%s', (_what, here, there, told) => {
    expect(between(here, there)).toEqual(told);
  });
});
