import type { ControlPlaneView, LoopView } from '../protocol/frame';
import { DURATION, EASE, span } from './easing';
import type { Picture, PodGlyph } from './picture';
import type { Moment, Story } from './story';

/** A row of the Controllers box: a loop as want and have. */
export interface LoopRow {
  key: string;
  /** Longest first. */
  names: string[];
  text: string;
  /** Want and have differ. */
  unequal: boolean;
  /** Degrees: the glyph turns once a reconcile. */
  turn: number;
}

const ROWS = 3;

/** The loops that acted most recently. A Pod whose creation is still on its way to etcd is not had yet. */
export function loopRows(view: ControlPlaneView, story: Story, storyMs: number): LoopRow[] {
  return view.loops.slice(0, ROWS).map((loop) => {
    const have = Math.max(0, loop.have - onTheirWay(loop, story, storyMs));
    const actedMs = story.storyAt(loop.atMs);
    return {
      key: `${loop.controller} ${loop.subject}`,
      names: loopNames(loop),
      text: loop.subject === '' ? `${have} of ${loop.want} Ready` : `want ${loop.want}, have ${have}`,
      unequal: have !== loop.want,
      turn: 360 * EASE.travel(span(storyMs, actedMs, actedMs + DURATION.scene)),
    };
  });
}

function onTheirWay(loop: LoopView, story: Story, storyMs: number): number {
  const owner = loop.subject.slice(loop.subject.indexOf(' ') + 1);
  const prefix = `${owner.slice(owner.indexOf('/') + 1)}-`;
  return story.messagesBetween(storyMs, storyMs + DURATION.move * 2).filter(({ kind, row }) => {
    if (kind !== 'write' || row.resource !== 'pods' || row.verb !== 'create') return false;
    return row.actor === loop.controller && row.key.slice(row.key.indexOf('/') + 1).startsWith(prefix);
  }).length;
}

/** The short names that kubectl takes. */
const SHORT_KINDS: Record<string, string> = { Deployment: 'deploy', ReplicaSet: 'rs', Job: 'job' };
const HASH = /-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/;

/** `Node lifecycle`, or `ReplicaSet infer-6b8f7c9d5` and shorter. */
function loopNames(loop: LoopView): string[] {
  if (loop.subject === '') return ['Node lifecycle', 'Nodes'];
  const [kind = '', name = ''] = [
    loop.subject.slice(0, loop.subject.indexOf(' ')),
    loop.subject.slice(loop.subject.indexOf(' ') + 1),
  ];
  const bare = name.replace(HASH, '');
  const short = SHORT_KINDS[kind] ?? kind;
  return [...new Set([`${kind} ${name}`, `${kind} ${bare}`, `${short}/${bare}`, bare, kind])];
}

/** What the Scheduler's box shows. */
export type SchedulerView =
  | { mode: 'deciding'; moment: Moment; pod: PodGlyph | undefined }
  | { mode: 'waiting'; title: string; note: string; pods: readonly PodGlyph[]; refused: boolean }
  | { mode: 'idle'; last: string; note: string };

export function schedulerView(picture: Picture, story: Story, storyMs: number): SchedulerView {
  const moment = story.momentAt(storyMs);
  if (moment && storyMs < moment.writeMs + DURATION.move) {
    return { mode: 'deciding', moment, pod: picture.podWith(moment.pod) };
  }
  const { scheduler } = picture.controlPlane;
  const pods = picture.unplaced;
  const nodes = `${scheduler.fit} of ${scheduler.nodes} nodes ${scheduler.fit === 1 ? 'fits' : 'fit'}`;
  if (pods.length > 0) {
    const refused = scheduler.unschedulable > 0;
    const title = refused ? 'Cannot place' : scheduler.backoff > 0 ? 'Tries again soon' : 'In the queue';
    const itsOwn = scheduler.winner === '' && pods.some((pod) => pod.key === scheduler.pod);
    return { mode: 'waiting', title, note: refused ? (itsOwn ? nodes : 'no node fits') : '', pods, refused };
  }
  const last = scheduler.pod.slice(scheduler.pod.indexOf('/') + 1);
  return { mode: 'idle', last, note: last === '' ? '' : nodes };
}

/** What each box of the control plane says where it has one line: longest first. */
export function boxLines(
  view: ControlPlaneView,
  loops: readonly LoopRow[],
  scheduler: SchedulerView,
): { etcd: string[]; controllers: string[]; scheduler: string[] } {
  const unequal = loops.find((loop) => loop.unequal);
  return {
    etcd: [`rev ${view.revision}`, `${view.revision}`],
    controllers: unequal ? [unequal.text, 'working'] : ['as wanted'],
    scheduler: schedulerLines(scheduler),
  };
}

function schedulerLines(scheduler: SchedulerView): string[] {
  if (scheduler.mode === 'idle') return ['queue is empty', 'idle'];
  if (scheduler.mode === 'deciding') return [`places ${scheduler.moment.record.name}`, 'places a Pod', 'decides'];
  const count = scheduler.pods.length;
  return scheduler.refused
    ? [`${count} cannot be placed`, `${count} refused`]
    : [`${count} in the queue`, `${count} wait`];
}

/** The names under which a control plane component may be stopped. */
const COMPONENTS = {
  etcd: 'etcd',
  apiserver: 'kube-apiserver',
  controllers: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
} as const;

/** Why a component does nothing: longest first; nothing for one that works. */
export function lastWords(view: ControlPlaneView, component: keyof typeof COMPONENTS): readonly string[] {
  return wordsOf(view, COMPONENTS[component]);
}

function wordsOf(view: ControlPlaneView, name: string): readonly string[] {
  const at = view.down.indexOf(name);
  return at < 0 ? [] : (view.lastWords[at] ?? ['stopped by you', 'stopped']);
}

/** Each component with what it is at, or why it is at nothing. */
export function componentRows(view: ControlPlaneView): { name: string; text: string }[] {
  return Object.values(COMPONENTS).map((name) => ({ name, text: componentSentence(view, name) }));
}

/** What one component is at, by the name under which it may be stopped. */
export function componentSentence(view: ControlPlaneView, name: string): string {
  return wordsOf(view, name)[0] ?? (name === COMPONENTS.etcd ? view.members : 'works');
}
