import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyInSteps, copyState, freezeDeep, hashState } from './state';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.string(), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).value;

describe('state', () => {
  it('is copied whole, and the copy has the same hash', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const copy = copyState(value);
        expect(copy).toEqual(value);
        expect(hashState(copy)).toBe(hashState(value));
      }),
      { seed: 20260105 },
    );
  });

  it('shares what is frozen and nothing else', () => {
    const frozen = freezeDeep({ a: { b: 1 } });
    const state = { frozen, list: [frozen], map: new Map([['x', { y: 1 }]]) };
    const copy = copyState(state);
    expect(copy.frozen).toBe(frozen);
    expect(copy.list[0]).toBe(frozen);
    expect(copy.list).not.toBe(state.list);
    copy.map.get('x')!.y = 2;
    expect(state.map.get('x')!.y).toBe(1);
  });

  it('is copied in steps to the same copy, and large collections take several', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const steps = copyInSteps(value);
        let step = steps.next();
        while (!step.done) step = steps.next();
        expect(hashState(step.value)).toBe(hashState(value));
      }),
    );
    const large = { one: new Map([['many', new Map(Array.from({ length: 1000 }, (_, index) => [index, { index }]))]]) };
    const steps = copyInSteps(large);
    let count = 0;
    for (let step = steps.next(); ; step = steps.next(), count++) {
      if (!step.done) continue;
      expect(step.value).toEqual(large);
      expect(step.value.one.get('many')!.get(7)).not.toBe(large.one.get('many')!.get(7));
      break;
    }
    expect(count).toBeGreaterThan(2);
  });

  it('has another hash when anything differs', () => {
    const states: unknown[] = [
      0,
      1,
      '1',
      true,
      null,
      [],
      [0],
      {},
      { a: 1 },
      { b: 1 },
      { a: '1' },
      new Map(),
      new Map([['a', 1]]),
      new Set(['a']),
      ['a'],
    ];
    expect(new Set(states.map((state) => hashState(state))).size).toBe(states.length);
    expect(hashState({ a: 1, b: 2 })).toBe(hashState({ b: 2, a: 1 }));
  });
});
