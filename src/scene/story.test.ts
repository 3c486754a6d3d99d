import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CauseView } from '../protocol/frame';
import { DURATION } from './easing';
import { attempt, oneJob, row } from './frames.rig';
import { Story, type Message } from './story';

const all = (story: Story): Message[] => story.messagesBetween(-Infinity, Infinity);

function storyOf(rows: readonly CauseView[], records = [oneJob().record]): Story {
  const story = new Story();
  story.add(rows, records);
  return story;
}

describe('one Job in story time', () => {
  const { rows, record } = oneJob();
  const story = storyOf(rows, [record]);
  const message = (id: string): Message => all(story).find((one) => one.id === id)!;

  it('is told hop by hop, each after what caused it', () => {
    const apply = message('w10');
    const heard = message('e10controllers');
    const made = message('w11');
    const seen = message('e11scheduler');
    const bound = message('w13');
    const told = message('e13node:gpu-a100-1');
    expect([apply.from, apply.to]).toEqual(['learner', 'etcd']);
    expect([heard.from, heard.to, heard.startMs]).toEqual(['etcd', 'controllers', apply.endMs]);
    expect(made.startMs).toBe(heard.endMs);
    expect(seen.startMs).toBe(made.endMs);
    expect(bound.startMs).toBeGreaterThan(seen.endMs);
    expect(told.startMs).toBe(bound.endMs);
    expect(message('w14').startMs).toBe(told.endMs);
    expect(apply.endMs - apply.startMs).toBe(DURATION.move);
  });

  it('writes the binding once the scheduler has shown why', () => {
    const moment = story.momentAt(message('w13').startMs)!;
    expect(moment.pod).toBe('default/train-1');
    expect(moment.startMs).toBe(message('e11scheduler').endMs);
    expect(message('w13').startMs).toBe(moment.writeMs);
    expect(moment.record).toBe(record);
  });

  it('stretches where much happens at once, and only there', () => {
    expect(story.storyAt(900)).toBe(900);
    expect(story.storyAt(1100)).toBeGreaterThan(4000);
    expect(story.storyAt(9000) - story.storyAt(8000)).toBe(1000);
  });

  it('knows the virtual moment of each story time', () => {
    for (const virtualMs of [0, 999, 1021, 3000, 8000]) {
      expect(story.virtualAt(story.storyAt(virtualMs))).toBeCloseTo(virtualMs, 6);
    }
    expect(story.virtualAt(story.storyAt(1020) - 500)).toBeLessThanOrEqual(1020);
  });
});

describe('a story', () => {
  it('is the same however its rows are cut into frames', () => {
    const { rows, record } = oneJob();
    const whole = storyOf(rows);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: rows.length }), { maxLength: 4 }), (cuts) => {
        const parts = new Story();
        const ends = [...new Set([...cuts, rows.length])].sort((a, b) => a - b);
        let from = 0;
        let told = false;
        for (const end of ends) {
          const part = rows.slice(from, end);
          const due: boolean = !told && (part.at(-1)?.atMs ?? 0) >= record.atMs;
          parts.add(part, due ? [record] : []);
          told ||= due;
          from = end;
        }
        expect(all(parts)).toEqual(all(whole));
      }),
      { seed: 11, numRuns: 50 },
    );
  });

  it('shows the same dots at a moment, whether it was played up to it or sought', () => {
    const story = storyOf(oneJob().rows);
    const played: string[] = [];
    for (let ms = 0; ms <= 12_000; ms += 40)
      played.push(
        story
          .messagesAt(ms)
          .map((one) => one.id)
          .join(),
      );
    const sought: string[] = [];
    for (let ms = 12_000; ms >= 0; ms -= 40)
      sought.unshift(
        story
          .messagesAt(ms)
          .map((one) => one.id)
          .join(),
      );
    expect(sought).toEqual(played);
  });

  it('keeps writes in the order of revisions and never far behind', () => {
    const rows = Array.from({ length: 300 }, (_, index) =>
      row(
        index + 10,
        1000 + index * 2,
        index % 2 ? 'kubelet/cpu-1' : 'replicaset-controller',
        `update pods default/p-${index}`,
        [index + 9],
        'cpu-1',
      ),
    );
    const story = storyOf(rows, []);
    const writes = all(story).filter((one) => one.kind === 'write');
    for (let index = 1; index < writes.length; index++) {
      expect(writes[index]!.startMs).toBeGreaterThanOrEqual(writes[index - 1]!.startMs);
    }
    expect(story.storyAt(1600)).toBeLessThanOrEqual(1600 + 9300);
    for (const { startMs, row: cause } of writes) expect(startMs).toBeLessThanOrEqual(story.storyAt(cause.atMs) + 1000);
  });

  it('has a row for every dot and no dot for Events and leases', () => {
    const rows = [
      row(10, 0, 'kubelet/cpu-1', 'create events default/x'),
      row(11, 0, 'kubelet/cpu-1', 'update leases kube-node-lease/cpu-1'),
    ];
    expect(all(storyOf(rows, []))).toEqual([]);
  });

  it('spreads out one attempt at a time, and none that only repeats a refusal', () => {
    const story = new Story();
    const refused = attempt('wide', 1000, []);
    story.add([], [refused]);
    const { endMs } = story.momentAt(1000)!;
    story.add([], [{ ...refused, atMs: 20_000, attempt: 2 }]);
    expect(story.momentAt(20_100)).toBeUndefined();
    story.add(
      [],
      [
        { ...refused, atMs: 40_000, attempt: 3, feasible: 1, outcome: 'Scheduled', node: 'cpu-1' },
        attempt('other', 40_001, ['cpu-1']),
      ],
    );
    expect(story.momentAt(40_100)?.pod).toBe('default/wide');
    expect(story.momentAt(endMs + 1)).toBeUndefined();
  });
});
