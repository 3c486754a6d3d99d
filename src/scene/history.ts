import type { CauseView, Frame } from '../protocol/frame';
import { kindOf } from './captions';
import { FramePicture } from './frame-picture';
import { isOver, StoryPicture, type Details, type NodeGlyph, type Picture, type PodGlyph } from './picture';
import { Story } from './story';
import { sameStrain } from './strain';

/** What something was, from when on, in story time. Null: it was not there. */
class Track<T> {
  #entries: { atMs: number; value: T | null }[] = [];

  get latest(): T | null {
    return this.#entries.at(-1)?.value ?? null;
  }

  /** Never before what is known already: of two truths the newer one wins. */
  push(atMs: number, value: T | null): void {
    const last = this.#entries.at(-1);
    this.#entries.push({ atMs: Math.max(atMs, last?.atMs ?? -Infinity), value });
  }

  at(storyMs: number): T | null {
    return this.#entries.findLast((entry) => entry.atMs <= storyMs)?.value ?? null;
  }

  /** Forgets what was over before a moment; true when nothing is left to tell. */
  forget(beforeMs: number): boolean {
    const first = this.#entries.findLastIndex((entry) => entry.atMs <= beforeMs);
    if (first > 0) this.#entries = this.#entries.slice(first);
    return this.#entries.length === 1 && this.#entries[0]!.value === null;
  }
}

/** Above so many Pods or nodes the stage shows frames as they are: nobody can follow that many stories. */
const STORY_LIMITS = { pods: 400, nodes: 400 };
/** How far back in story time the stage can go without asking for another frame. */
const KEPT_MS = 60_000;
const FORGET_EVERY = 120;

/**
 * Frames on the one hand, story time on the other: what the stage shows at a moment of the story. A Pod that was made
 * and bound within one frame still appears in the scheduler's box first, because its rows say so.
 */
export class History {
  story = new Story();
  #pods = new Map<string, Track<PodGlyph>>();
  #nodes = new Map<string, Track<NodeGlyph>>();
  #rest = new Track<Frame>();
  #tape = new Map<number, { kind: string; atMs: number }>();
  /** The newest revision on the tape; revisions stand on it in order. */
  #taped = -1;
  #epoch = -1;
  #frames = 0;
  #frame: Frame | null = null;
  /** The newest frame as it is. */
  #latest: FramePicture | null = null;

  /** The newest frame. */
  get frame(): Frame | null {
    return this.#frame;
  }

  /** Story time of the newest frame. */
  get nowMs(): number {
    return this.story.storyAt(this.#frame?.atMs ?? 0);
  }

  /** Takes the next frame in. Returns whether it tells anything that the one before did not. */
  push(frame: Frame, details: Details): boolean {
    if (frame.epoch === this.#epoch && frame.sequence <= (this.#frame?.sequence ?? -1)) return false;
    const first = frame.epoch !== this.#epoch;
    const fresh = first || this.#frame?.atMs !== frame.atMs || this.#frame.run !== frame.run || frame.causes.length > 0;
    if (first) this.#clear(frame.epoch);
    this.#frame = frame;
    this.#latest = new FramePicture(frame, details);
    this.story.add(frame.causes, frame.scheduling);
    const liveMs = this.nowMs;
    this.#rest.push(first ? -Infinity : liveMs, frame);
    this.#pushTape(frame, first ? -Infinity : liveMs);
    if (isStory(frame)) this.#pushTracks(frame, this.#latest, first ? -Infinity : liveMs);
    else this.#pods.clear();
    if (++this.#frames % FORGET_EVERY === 0) this.#forget();
    return fresh;
  }

  /** What the stage shows at a moment of the story. */
  at(storyMs: number): Picture | null {
    const frame = this.#frame;
    const shown = this.#rest.at(storyMs) ?? frame;
    if (!frame || !shown) return null;
    if (!isStory(frame)) return this.#latest;
    const pods = present(this.#pods, storyMs);
    return new StoryPicture(
      Math.min(this.story.virtualAt(storyMs), frame.atMs),
      pods,
      this.#nodesAt(storyMs, pods),
      shown.volumes,
      shown.services,
      { ...shown.controlPlane, ...this.#tapeAt(storyMs, shown) },
    );
  }

  /** Nodes carry the requests of the Pods that the story has told of, and of those that are never on the stage. */
  #nodesAt(storyMs: number, pods: readonly PodGlyph[]): NodeGlyph[] {
    const there = byNode(pods);
    return present(this.#nodes, storyMs).map((node) => withRequests(node, there.get(node.name) ?? [], 1));
  }

  #clear(epoch: number): void {
    this.#epoch = epoch;
    this.story = new Story();
    this.#pods = new Map();
    this.#nodes = new Map();
    this.#rest = new Track();
    this.#tape = new Map();
    this.#taped = -1;
    this.#frame = this.#latest = null;
  }

  #pushTracks(frame: Frame, { pods, nodes }: Picture, liveMs: number): void {
    const rows = rowsByKey(frame.causes);
    for (const pod of pods) this.#pushPod(pod, rows.get(`pods/${pod.key}`) ?? [], liveMs);
    this.#pushGone(this.#pods, new Set(pods.map((pod) => pod.key)), 'pods', rows, liveMs);
    const there = byNode(pods);
    for (const told of nodes) {
      const node = withRequests(told, there.get(told.name) ?? [], -1);
      const track = trackOf(this.#nodes, node.name);
      if (track.latest && sameNode(track.latest, node)) continue;
      track.push(this.#heldMs(rows.get(`nodes/${node.name}`) ?? [], liveMs), node);
    }
    this.#pushGone(this.#nodes, new Set(nodes.map((node) => node.name)), 'nodes', rows, liveMs);
  }

  #pushPod(pod: PodGlyph, rows: readonly CauseView[], liveMs: number): void {
    const track = trackOf(this.#pods, pod.key);
    const before = track.latest;
    if (before && samePod(before, pod)) return;
    const made = rows.find((row) => row.verb === 'create');
    const bound = rows.find((row) => row.node);
    if (made && bound && made !== bound && before?.id !== pod.id) {
      const heldMs = this.story.heldAt(made.revision) ?? liveMs;
      track.push(heldMs, { ...pod, node: '', phase: 'Pending', ring: null, flags: 0, progress: 0, ready: 0 });
    }
    track.push(this.#heldMs(bound && before?.node !== pod.node ? [bound] : rows, liveMs), pod);
  }

  #pushGone<T>(
    tracks: Map<string, Track<T>>,
    there: ReadonlySet<string>,
    resource: string,
    rows: Map<string, CauseView[]>,
    liveMs: number,
  ): void {
    for (const [key, track] of tracks) {
      if (there.has(key) || track.latest === null) continue;
      track.push(this.#heldMs(rows.get(`${resource}/${key}`) ?? [], liveMs), null);
    }
  }

  /** When etcd holds the last of some rows; a change that no row tells of is so at once. */
  #heldMs(rows: readonly CauseView[], liveMs: number): number {
    const last = rows.at(-1);
    return (last && this.story.heldAt(last.revision)) ?? liveMs;
  }

  #pushTape(frame: Frame, liveMs: number): void {
    const written = frame.causes.map(({ revision, resource }) => ({ revision, kind: kindOf(resource) }));
    const cells = [...written, ...frame.controlPlane.tape].sort((a, b) => a.revision - b.revision);
    for (const { revision, kind } of cells) {
      if (this.#tape.has(revision) || revision <= this.#taped) continue;
      const before = this.#tape.get(this.#taped)?.atMs ?? -Infinity;
      this.#tape.set(revision, { kind, atMs: Math.max(before, this.story.heldAt(revision) ?? liveMs) });
      this.#taped = revision;
    }
    for (const revision of this.#tape.keys()) {
      if (this.#tape.size <= 200) break;
      this.#tape.delete(revision);
    }
  }

  #tapeAt(storyMs: number, shown: Frame): Pick<Frame['controlPlane'], 'tape' | 'revision'> {
    const known = [...this.#tape].filter(([, cell]) => cell.atMs <= storyMs);
    const tape = known.slice(-5).map(([revision, { kind }]) => ({ revision, kind }));
    const coming = [...this.#tape].find(([, cell]) => cell.atMs > storyMs)?.[0] ?? Infinity;
    return { tape, revision: Math.min(shown.controlPlane.revision, coming - 1) };
  }

  #forget(): void {
    const beforeMs = this.nowMs - KEPT_MS;
    this.#rest.forget(beforeMs);
    for (const tracks of [this.#pods, this.#nodes] as Map<string, Track<unknown>>[]) {
      for (const [key, track] of tracks) if (track.forget(beforeMs)) tracks.delete(key);
    }
  }
}

function isStory({ pods, nodes }: Frame): boolean {
  return pods.count <= STORY_LIMITS.pods && nodes.count <= STORY_LIMITS.nodes;
}

function trackOf<T>(tracks: Map<string, Track<T>>, key: string): Track<T> {
  let track = tracks.get(key);
  if (!track) tracks.set(key, (track = new Track()));
  return track;
}

function present<T>(tracks: Map<string, Track<T>>, storyMs: number): T[] {
  return [...tracks.values()].map((track) => track.at(storyMs)).filter((one) => one !== null);
}

function byNode(pods: readonly PodGlyph[]): Map<string, PodGlyph[]> {
  const there = new Map<string, PodGlyph[]>();
  for (const pod of pods) {
    const some = there.get(pod.node);
    if (some) some.push(pod);
    else there.set(pod.node, [pod]);
  }
  return there;
}

/** A node's requests with those of some Pods added, or (`sign` −1) taken away. */
function withRequests(node: NodeGlyph, pods: readonly PodGlyph[], sign: 1 | -1): NodeGlyph {
  const holding = pods.filter((pod) => !isOver(pod));
  const total = (of: (pod: PodGlyph) => number): number => sign * holding.reduce((sum, pod) => sum + of(pod), 0);
  return {
    ...node,
    cpuRequested: node.cpuRequested + total((pod) => pod.detail.cpuMilli),
    memoryRequested: node.memoryRequested + total((pod) => pod.detail.memoryBytes),
    devicesUsed: node.devicesUsed + total((pod) => pod.detail.devices[node.detail.deviceResource] ?? 0),
  };
}

function rowsByKey(rows: readonly CauseView[]): Map<string, CauseView[]> {
  const byKey = new Map<string, CauseView[]>();
  for (const row of rows) {
    const key = `${row.resource}/${row.key}`;
    const there = byKey.get(key);
    if (there) there.push(row);
    else byKey.set(key, [row]);
  }
  return byKey;
}

function samePod(a: PodGlyph, b: PodGlyph): boolean {
  return (
    a.id === b.id &&
    a.detail === b.detail &&
    a.node === b.node &&
    a.phase === b.phase &&
    a.flags === b.flags &&
    a.progress === b.progress &&
    a.ready === b.ready &&
    a.restarts === b.restarts &&
    sameStrain(a.strain, b.strain) &&
    a.ring?.what === b.ring?.what &&
    a.ring?.untilMs === b.ring?.untilMs
  );
}

function sameNode(a: NodeGlyph, b: NodeGlyph): boolean {
  return (
    a.id === b.id &&
    a.detail === b.detail &&
    a.state === b.state &&
    a.flags === b.flags &&
    a.cpuRequested === b.cpuRequested &&
    a.memoryRequested === b.memoryRequested &&
    a.devicesUsed === b.devicesUsed &&
    a.heardAtMs === b.heardAtMs &&
    a.cpuUsed === b.cpuUsed &&
    a.memoryUsed === b.memoryUsed &&
    a.proxied === b.proxied
  );
}
