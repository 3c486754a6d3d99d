import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmallMap } from './small-map';
import { copyInSteps, copyState, hashState } from './state';

const key = fc.constantFrom('a', 'b', 'c');
const deed = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value: fc.nat(3) }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('clear' as const) }),
  fc.record({ kind: fc.constant('copy' as const) }),
);

describe('a small map', () => {
  it('is what a Map is after whatever is done to it, and has its hash', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 12 }), (deeds) => {
        const map = new Map<string, { value: number }>();
        let small = new SmallMap<string, { value: number }>();
        for (const one of deeds) {
          if (one.kind === 'set') {
            map.set(one.key, { value: one.value });
            small.set(one.key, { value: one.value });
          } else if (one.kind === 'delete') expect(small.delete(one.key)).toBe(map.delete(one.key));
          else if (one.kind === 'clear') [map, small].forEach((each) => each.clear());
          else small = copyState(small);
          expect([...small]).toEqual([...map]);
          expect([...small.keys()]).toEqual([...map.keys()]);
          expect([...small.values()]).toEqual([...map.values()]);
          expect(small.size).toBe(map.size);
          for (const name of ['a', 'b', 'c']) {
            expect(small.has(name)).toBe(map.has(name));
            expect(small.get(name)).toEqual(map.get(name));
          }
          expect(hashState(small)).toBe(hashState(map));
        }
      }),
    );
  });

  it('shares nothing that can be changed with its copy', () => {
    for (const keys of [['a'], ['a', 'b']]) {
      const small = new SmallMap(keys.map((name): [string, { value: number }] => [name, { value: 1 }]));
      const steps = copyInSteps({ small });
      let step = steps.next();
      while (!step.done) step = steps.next();
      for (const copy of [copyState(small), step.value.small]) {
        expect(copy).toBeInstanceOf(SmallMap);
        copy.get('a')!.value = 2;
        copy.set('c', { value: 3 });
      }
      expect([...small]).toEqual(keys.map((name) => [name, { value: 1 }]));
    }
  });

  it.each<[string, (map: Map<string, number>) => void]>([
    ['another entry comes', (map) => map.set('b', 2)],
    ['the entry goes', (map) => map.delete('a')],
    ['the entry makes room for another', (map) => map.delete('a') && map.set('b', 2)],
  ])('is gone through as a Map while %s', (_what, change) => {
    const seen = [new Map<string, number>(), new SmallMap<string, number>()].map((map) => {
      return [map.keys(), map.values(), map.entries()].map((visits) => {
        map.clear();
        map.set('a', 1);
        const visited: unknown[] = [];
        for (const visit of visits) {
          if (visited.length === 0) change(map);
          visited.push(visit);
        }
        return visited;
      });
    });
    expect(seen[1]).toEqual(seen[0]);
  });
});
