import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyState } from '../../base/state';
import { Clock } from './clock';

const EPOCH = Date.UTC(2026, 0, 5, 9);

function drain(clock: Clock, untilMs = Infinity): string[] {
  const seen: string[] = [];
  for (let timer = clock.take(untilMs); timer; timer = clock.take(untilMs)) seen.push(`${timer.atMs} ${timer.key}`);
  return seen;
}

describe('the clock', () => {
  it('hands timers out by moment, then in the order in which they were set', () => {
    const clock = new Clock(EPOCH);
    clock.set(20, 'a', 'k', 'late');
    clock.set(10, 'a', 'k', 'first');
    clock.set(10, 'b', 'k', 'second');
    expect(drain(clock, 15)).toEqual(['10 first', '10 second']);
    expect(clock.nowMs).toBe(10);
    expect(drain(clock)).toEqual(['20 late']);
  });

  it('has one timer of each owner, kind and key: setting it again moves it', () => {
    const clock = new Clock(EPOCH);
    clock.set(10, 'a', 'k', 'x');
    clock.set(30, 'a', 'k', 'x');
    clock.set(20, 'a', 'k', 'y');
    expect(drain(clock)).toEqual(['20 y', '30 x']);
  });

  it('forgets what is cancelled, and is quiet when only periodic work is left', () => {
    const clock = new Clock(EPOCH);
    clock.set(10, 'a', 'k', 'x');
    clock.set(10, 'lease', 'k', 'renew', undefined, true);
    expect(clock.quiet).toBe(false);
    clock.cancel('a', 'k', 'x');
    expect(clock.quiet).toBe(true);
    expect(clock.nextAtMs()).toBe(10);
  });

  it('tells and cancels the timers of one owner', () => {
    const clock = new Clock(EPOCH);
    clock.set(10, 'a', 'k', 'x');
    clock.set(20, 'a', 'l', 'x');
    clock.set(30, 'b', 'k', 'x');
    expect(clock.of('a').map(({ kind }) => kind)).toEqual(['k', 'l']);
    clock.cancelAll('a');
    expect(clock.of('a')).toEqual([]);
    expect(drain(clock)).toEqual(['30 x']);
    expect(clock.quiet).toBe(true);
  });

  it('writes its time as Kubernetes does', () => {
    const clock = new Clock(EPOCH);
    clock.moveTo(1_234);
    expect([clock.time, clock.microTime]).toEqual(['2026-01-05T09:00:01Z', '2026-01-05T09:00:01.234000Z']);
  });

  it('goes on from a copy as the original does, whatever was set, moved and cancelled', () => {
    const step = fc.record({ atMs: fc.nat(50), key: fc.nat(6), cancel: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(step, { maxLength: 20 }), (before, after) => {
        const clock = new Clock(EPOCH);
        const apply = (target: Clock, { atMs, key, cancel }: { atMs: number; key: number; cancel: boolean }): void =>
          cancel ? target.cancel('o', 'k', String(key)) : target.after(atMs, 'o', 'k', String(key));
        before.forEach((one) => apply(clock, one));
        clock.take(25);
        const copy = new Clock(EPOCH);
        copy.restore(copyState(clock.state));
        for (const one of after) {
          apply(clock, one);
          apply(copy, one);
        }
        expect(drain(copy)).toEqual(drain(clock));
      }),
      { seed: 20260105 },
    );
  });
});
