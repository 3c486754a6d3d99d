import { describe, expect, it } from 'vitest';
import type { PodStrain } from '../protocol/frame';
import { Ids, makeFrame } from './frames.rig';
import { FramePicture } from './frame-picture';
import type { PodGlyph } from './picture';
import { capLeft, probeDots, sameStrain, strainWords, ticksOf } from './strain';

const strain = (more: Partial<PodStrain>): { strain: PodStrain } => ({ strain: { id: 1, ...more } });
const readiness = (failures: number, limit = 3): { strain: PodStrain } =>
  strain({ probe: { type: 'readiness', failures, limit } });

describe('a failing probe', () => {
  it.each<[number, number, boolean[]]>([
    [1, 3, [false, false, true]],
    [2, 3, [false, true, true]],
    [3, 3, [true, true, true]],
    [1, 1, [true]],
    [1, 30, [false, false, true]],
    [29, 30, [false, true, true]],
    [30, 30, [true, true, true]],
  ])('%i of %i', (failures, limit, hollow) => {
    expect(probeDots(readiness(failures, limit))).toEqual(hollow);
  });

  it('is nothing while none fails', () => {
    expect(probeDots({})).toEqual([]);
  });
});

it('a cap drains at a restart and fills again, forwards and backwards', () => {
  const pod = strain({ restartedMs: 1_000 });
  expect([999, 1_000, 1_420, 2_200, 9_000].map((atMs) => capLeft(pod, atMs))).toEqual([1, 1, 0, 1, 1]);
  expect(capLeft(pod, 1_200)).toBeGreaterThan(0);
  expect(capLeft(pod, 1_200)).toBeLessThan(1);
  expect(capLeft({}, 1_200)).toBe(1);
});

describe('ticks of containers', () => {
  const glyph = (more: Partial<PodGlyph>, inits: string[] = []): PodGlyph => {
    const { frame, details } = makeFrame({ pods: [{ name: 'p', node: 'cpu-1' }] }, new Ids());
    const [pod] = new FramePicture(frame, details).pods;
    return { ...pod!, ...more, detail: { ...pod!.detail, initContainerNames: inits } };
  };

  it('one each, filled where ready, five at most', () => {
    expect(ticksOf(glyph({ containers: 2, ready: 1 }))).toEqual([
      { init: false, on: true },
      { init: false, on: false },
    ]);
    expect(ticksOf(glyph({ containers: 9, ready: 9 }))).toHaveLength(5);
  });

  it('init containers fill one after another, and are full once the Pod runs', () => {
    const inits = ['a', 'b'];
    const on = (pod: PodGlyph): boolean[] =>
      ticksOf(pod)
        .filter((one) => one.init)
        .map((one) => one.on);
    expect(on(glyph({ phase: 'Creating', ready: 0, ...strain({ initsDone: 1 }) }, inits))).toEqual([true, false]);
    expect(on(glyph({ phase: 'Creating', ready: 0 }, inits))).toEqual([false, false]);
    expect(on(glyph({ phase: 'Running' }, inits))).toEqual([true, true]);
  });
});

it('says in words what goes on', () => {
  expect(strainWords({})).toBe('');
  expect(strainWords(readiness(2))).toBe('its readiness probe has failed 2 of 3 times');
  expect(strainWords(readiness(3))).toBe('its readiness probe has failed 3 times in a row');
  expect(strainWords(strain({ pull: { image: 'busybox', doneMb: 1, totalMb: 4 } }))).toBe(
    '1 of 4 MB of busybox pulled',
  );
});

it('tells strains apart', () => {
  expect(sameStrain(undefined, undefined)).toBe(true);
  expect(sameStrain(readiness(1).strain, readiness(1).strain)).toBe(true);
  expect(sameStrain(readiness(1).strain, readiness(2).strain)).toBe(false);
  expect(sameStrain(readiness(1).strain, undefined)).toBe(false);
});
