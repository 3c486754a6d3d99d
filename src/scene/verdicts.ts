import type { NodeScore, Refusal, SchedulingRecord, Verdict } from '../api/scheduling';
import type { NodeDetail, PodDetail } from '../protocol/frame';
import { EASE, DURATION, span } from './easing';
import { hasKeyFor, plateTexts, type Taint } from './keys';
import type { Picture, PodGlyph } from './picture';
import type { Ref } from './ref';
import type { Moment, Story } from './story';

/** A stretch of a score bar: one plugin's points. `shade` 0–3, in the order of the legend. */
export interface ScorePart {
  plugin: string;
  shade: number;
  from: number;
  to: number;
}

/** What the scheduler pins to a node while it decides. Nothing is sent to the node. */
export interface Note {
  node: string;
  kind: 'no' | 'fits' | 'best';
  /** 0…1 and a little over: how far the note has landed. */
  shown: number;
  /** In Podium's words, longest first. */
  titles: string[];
  plugin: string;
  /** Points so far; they count up. */
  score: number;
  parts: ScorePart[];
  /** 1, 2, 3 on the podium; 0 below it, or before it is decided. */
  rank: number;
  /** Whether the notes are ticks still (0), or growing bars. */
  scored: number;
}

/** A moment of scheduling at one point of story time. */
export interface Decision {
  moment: Moment;
  notes: ReadonlyMap<string, Note>;
  /** 0…1 and a little over by node: how far the bars with a matching key have lifted. */
  lift: ReadonlyMap<string, number>;
  /** Known once the filter is through. */
  fit: number | null;
  winner: string;
  /** How far the dashed place for the Pod has appeared. */
  placed: number;
}

/** Above so many nodes a verdict is a cross or a tick, and the reasons stand together in the scheduler's box. */
export const BRIEF_ABOVE = 12;

const STEP_MS = 110;
const FILTER_MS = 600;
const GROW_MS = 640;
const LEAVE_MS = 250;
const SHADES = 4;

/** What a moment shows at a story time. `nodes` are the stage's nodes in order, `pod` the Pod that is placed. */
export function decisionAt(
  moment: Moment,
  storyMs: number,
  nodes: readonly NodeDetail[],
  pod: PodDetail | undefined,
): Decision {
  const { record } = moment;
  const step = Math.min(STEP_MS, FILTER_MS / Math.max(1, nodes.length));
  const leaving = 1 - span(storyMs, moment.endMs - LEAVE_MS, moment.endMs);
  const decided = storyMs >= moment.decidedMs;
  const notes = new Map<string, Note>();
  const lift = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    const fromMs = moment.filterMs + index * step;
    const landed = EASE.land(span(storyMs, fromMs, fromMs + DURATION.land)) * leaving;
    if (landed <= 0) continue;
    lift.set(node.name, landed);
    const note = noteFor(record, node, pod);
    if (!note) continue;
    notes.set(node.name, scoreNote({ ...note, shown: landed }, record, moment, storyMs, decided));
  }
  const winner = record.node ?? '';
  return {
    moment,
    notes,
    lift,
    fit: storyMs >= moment.scoreMs - DURATION.land ? record.feasible : null,
    winner: decided ? winner : '',
    placed: winner === '' ? 0 : EASE.out(span(storyMs, moment.decidedMs, moment.decidedMs + 200)),
  };
}

/** What the stage shows of scheduling, and the Pod it is about, while the stage has it. */
export interface Placing {
  decision: Decision;
  pod: PodGlyph | undefined;
}

/**
 * The moment of scheduling that runs; else, while somebody asks about a Pod that waits, what kept it out at the last
 * attempt: then all verdicts stand, and nothing moves. Verdicts that will stand do not leave first.
 */
export function placingAt(
  picture: Picture,
  story: Story,
  storyMs: number,
  asked: Ref | undefined,
): Placing | undefined {
  const running = story.momentAt(storyMs);
  const standing = asked && refusalOf(asked, picture, story);
  const moment = running ?? standing;
  if (!moment) return undefined;
  const pod = picture.podWith(moment.pod);
  const nodes = picture.nodes.map((node) => node.detail);
  const atMs = moment === standing ? Math.min(storyMs, moment.endMs - LEAVE_MS) : storyMs;
  return { decision: decisionAt(moment, atMs, nodes, pod?.detail), pod };
}

function refusalOf({ resource, namespace, name }: Ref, picture: Picture, story: Story): Moment | undefined {
  const key = `${namespace}/${name}`;
  const moment = resource === 'pods' ? story.refusalOf(key) : undefined;
  return moment && moment.record.atMs <= picture.atMs && picture.podWith(key)?.node === '' ? moment : undefined;
}

function noteFor(record: SchedulingRecord, node: NodeDetail, pod: PodDetail | undefined): Note | null {
  const refusal = record.refusals.find((one) => one.nodes.includes(node.name));
  const base = { node: node.name, shown: 0, score: 0, parts: [], rank: 0, scored: 0 };
  if (refusal) return { ...base, kind: 'no', titles: refusalTexts(refusal, node, pod), plugin: refusal.plugin };
  const fits = record.node === node.name || record.scores.some((one) => one.node === node.name);
  if (fits) return { ...base, kind: 'fits', titles: ['Fits'], plugin: '' };
  const against = record.refusedBy;
  if (!against) return null;
  return { ...base, kind: 'no', titles: againstAll(against), plugin: against.plugin };
}

/** A refusal that holds for every node, before any was looked at. */
function againstAll({ plugin, reasons }: Verdict): string[] {
  const reason = reasons[0] ?? 'Not possible';
  return plugin === 'VolumeBinding' ? ['Its volume is not bound yet', 'No volume'] : [reason, 'Not possible'];
}

function scoreNote(note: Note, record: SchedulingRecord, moment: Moment, storyMs: number, decided: boolean): Note {
  if (note.kind === 'no') return note;
  const place = record.scores.findIndex((one) => one.node === note.node);
  const best = record.node === note.node;
  const score = record.scores[place];
  const scored = EASE.out(span(storyMs, moment.scoreMs, moment.scoreMs + GROW_MS));
  const rank = decided ? (best ? 1 : Math.max(2, place + 1)) : 0;
  return {
    ...note,
    kind: decided && best ? 'best' : 'fits',
    titles: [decided && best ? 'Best' : 'Fits'],
    scored,
    score: score ? Math.round(score.total * scored) : 0,
    parts: score ? scoreParts(score, record, scored) : [],
    rank: rank <= 3 ? rank : 0,
  };
}

/** Bars of one length for one number of points: the full bar is the next hundred above the best. */
function scoreParts(score: NodeScore, record: SchedulingRecord, grown: number): ScorePart[] {
  const best = Math.max(1, ...record.scores.map((one) => one.total));
  const full = Math.ceil(best / 100) * 100;
  let at = 0;
  return record.scorers.map((plugin, index) => {
    const from = at;
    at += (Math.max(0, score.scores[index] ?? 0) * grown) / full;
    return { plugin, shade: index % SHADES, from, to: at };
  });
}

/** Podium's words for a refusal, longest first; the API's own message stands in the inspector. */
function refusalTexts(refusal: Refusal, node: NodeDetail, pod: PodDetail | undefined): string[] {
  const reason = refusal.reasons[0] ?? 'Not possible';
  switch (refusal.plugin) {
    case 'TaintToleration': {
      const taint = pod && closedGate(node, pod);
      return taint ? [...plateTexts(taint).map((text) => `No key for ${text}`), 'No key'] : [reason, 'No key'];
    }
    case 'NodeAffinity':
      return [...wantedLabels(pod), 'Other labels wanted', 'Other labels'];
    case 'NodeUnschedulable':
      return ['Cordoned: no new Pods', 'Cordoned'];
    case 'NodeName':
      return ['The Pod names another node', 'Another node'];
    case 'VolumeBinding':
      return ['Its volume is elsewhere', 'No volume'];
    default:
      return [reason, reason.split(' ')[0] ?? reason];
  }
}

function closedGate(node: NodeDetail, pod: PodDetail): Taint | undefined {
  return node.taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !hasKeyFor(pod, taint));
}

function wantedLabels(pod: PodDetail | undefined): string[] {
  const [first] = Object.entries(pod?.nodeSelector ?? {});
  return first ? [`Wants ${first[0]}=${first[1]}`, `Wants ${first[0].slice(first[0].lastIndexOf('/') + 1)}`] : [];
}

/** The reasons of a record, most nodes first: `3 × Insufficient nvidia.com/gpu`. */
export function groupedReasons(record: SchedulingRecord): string[] {
  return [...record.refusals]
    .sort((a, b) => b.count - a.count)
    .map((one) => `${one.count} × ${one.reasons.join(', ') || one.plugin}`);
}

/** `2 of 6 nodes fit; gpu-a100-1 is best with 474.` */
export function decisionSentence(record: SchedulingRecord): string {
  const count = `${record.feasible} of ${record.nodes} nodes ${record.feasible === 1 ? 'fits' : 'fit'}`;
  if (record.outcome !== 'Scheduled' || !record.node) return `${count}. ${record.name} stays Pending.`;
  const best = record.scores.find((one) => one.node === record.node);
  if (!best) return `${count}: ${record.node}.`;
  return `${count}; ${record.node} is best with ${Math.round(best.total)}.`;
}
