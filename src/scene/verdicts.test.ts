import { describe, expect, it } from 'vitest';
import type { SchedulingRecord } from '../api/scheduling';
import { attempt, Ids, makeFrame } from './frames.rig';
import { FramePicture } from './frame-picture';
import type { Ref } from './ref';
import { Story } from './story';
import { decisionAt, decisionSentence, groupedReasons, placingAt, type Decision } from './verdicts';

const { frame, details } = makeFrame({ pods: [{ name: 'train-1', tolerates: ['nvidia.com/gpu'] }] }, new Ids());
const picture = new FramePicture(frame, details);
const record = attempt('train-1', 1000, ['gpu-a100-1', 'gpu-a100-2']);
const story = new Story();
story.add([], [record]);
const moment = story.momentAt(1000)!;
const at = (storyMs: number): Decision =>
  decisionAt(
    moment,
    storyMs,
    picture.nodes.map((node) => node.detail),
    picture.pods[0]!.detail,
  );

describe('a moment of scheduling', () => {
  it('filters in node order, and lets bars lift', () => {
    const early = at(moment.filterMs + 250);
    expect([...early.notes.keys()]).toEqual(['cpu-1', 'cpu-2', 'cpu-3']);
    expect(early.fit).toBeNull();
    expect(early.lift.get('cpu-1')).toBeGreaterThan(0.9);
  });

  it('says why a node is out, in words that fit', () => {
    const note = at(moment.scoreMs).notes.get('gpu-t4-1')!;
    expect([note.kind, note.plugin, note.titles]).toEqual([
      'no',
      'TaintToleration',
      ['No key for dedicated=vision', 'No key for dedicated', 'No key'],
    ]);
  });

  it('lets scores grow, plugin by plugin, on one scale', () => {
    const half = at(moment.scoreMs + 150).notes.get('gpu-a100-1')!;
    const done = at(moment.decidedMs).notes.get('gpu-a100-1')!;
    expect(half.score).toBeGreaterThan(0);
    expect(half.score).toBeLessThan(390);
    expect(done.score).toBe(390);
    expect(done.parts.map((part) => [part.plugin, part.shade])).toEqual([
      ['TaintToleration', 0],
      ['NodeResourcesFit', 1],
    ]);
    expect(done.parts.at(-1)!.to).toBeCloseTo(390 / 400);
  });

  it('names the winner only once it is decided, and promises it a place', () => {
    const before = at(moment.decidedMs - 1);
    const after = at(moment.decidedMs + 300);
    expect([before.winner, before.placed, before.fit]).toEqual(['', 0, 2]);
    expect([
      after.winner,
      after.placed,
      after.notes.get('gpu-a100-1')!.kind,
      after.notes.get('gpu-a100-2')!.rank,
    ]).toEqual(['gpu-a100-1', 1, 'best', 2]);
  });

  it('is gone at its end', () => {
    expect(at(moment.endMs).notes.size).toBe(0);
  });

  it('is read as one sentence', () => {
    expect(decisionSentence(record)).toBe('2 of 6 nodes fit; gpu-a100-1 is best with 390.');
    expect(decisionSentence(attempt('wide', 0, []))).toBe('0 of 6 nodes fit. wide stays Pending.');
    expect(groupedReasons(record)).toEqual(['4 × node(s) had untolerated taint(s)']);
  });
});

describe('a Pod that waits', () => {
  const wide: SchedulingRecord = { ...attempt('wide', 1000, []), outcome: 'Unschedulable' };
  const scene = (node = ''): FramePicture => {
    const { frame, details } = makeFrame({ atMs: 60_000, pods: [{ name: 'wide', node }] }, new Ids());
    return new FramePicture(frame, details);
  };
  const told = new Story();
  told.add([], [wide]);
  const asked: Ref = { resource: 'pods', namespace: 'default', name: 'wide' };

  it('says on each node what kept it out, as long as somebody asks', () => {
    const notes = placingAt(scene(), told, 60_000, asked)!.decision.notes;
    expect([...notes.values()].map(({ kind, shown }) => `${kind} ${shown}`)).toEqual(Array(6).fill('no 1'));
    expect(placingAt(scene(), told, 60_000, undefined)).toBeUndefined();
    expect(placingAt(scene(), told, 60_000, { ...asked, name: 'other' })).toBeUndefined();
  });

  it('lets no verdict leave that will stand', () => {
    const { endMs } = told.refusalOf('default/wide')!;
    const shown = (ref: Ref | undefined): number =>
      placingAt(scene(), told, endMs - 20, ref)!.decision.notes.get('cpu-1')!.shown;
    expect(shown(asked)).toBe(1);
    expect(shown(undefined)).toBeLessThan(0.2);
  });

  it('says it no longer once it has a node, or before it was tried', () => {
    expect(placingAt(scene('cpu-1'), told, 60_000, asked)).toBeUndefined();
    const placed = new Story();
    placed.add([], [wide, { ...attempt('wide', 2000, ['gpu-a100-1']) }]);
    expect(placingAt(scene(), placed, 60_000, asked)).toBeUndefined();
    const later = new Story();
    later.add([], [{ ...wide, atMs: 70_000 }]);
    expect(placingAt(scene(), later, 60_000, asked)).toBeUndefined();
  });
});
