import type { ApiRequest, ApiResponse, Channel, ChannelListener, WatchEvent } from '../api/client';
import { ApiError } from '../api/status';
import type { Frame } from '../protocol/frame';
import type { Cluster } from '../kernel/cluster';
import { BEHAVIOUR } from '../kernel/input';
import type { FrameMessage } from '../protocol/frame-message';
import { CONTROL_PREFIX } from '../protocol/control';
import { brokenConnection, internalError, onlyLooking, refusalResponse } from './answers';
import { openChannel } from './channel';
import { handleControl } from './control';
import { Beside } from './beside';
import { newDocument, parseDocument, type ClusterDocument } from './document';
import { FrameBuilder } from './frames/frame-builder';
import { refusedMark } from './frames/marks';
import { NextFrame, type FrameState } from './frames/next-frame';
import { Pacer, type SeekLimits } from './pacer';
import { relivedWords, reliving } from './reliving';
import { Session } from './session';
import type { JournalStorage } from './storage';
import { Streams } from './streams';
import { TrainingOffice, type Trainer } from './trainer';

/** What a host lends to a simulation. */
export interface SimulationHost {
  /** Monotonic wall time in ms. */
  wallMs: () => number;
  storage?: JournalStorage;
  trainer?: Trainer;
  /** Called when something happened that the next slice should see at once. */
  wake: () => void;
  /** Takes the document's lock away from whoever holds it. */
  takeOver?: (name: string) => Promise<boolean>;
}

/** How the opening of a document went: why it could not be opened, or what has to be said of it. */
export interface Opened {
  problem?: string;
  said?: string;
}

/** How a document that came from elsewhere is opened. `atMs`: the moment to look at, in virtual ms. */
interface TextOpening {
  kept?: boolean;
  atMs?: number | undefined;
}

/** How far the cluster has run is stored this often, in wall time. */
const SAVE_PROGRESS_MS = 2_000;
const BROKEN_SLEEP_MS = 100;
const BESIDE_SLICE_MS = 6;
/** While the head is dragged, a snapshot so far ahead is shown rather than run to. */
const GLANCE_FAR_MS = 5_000;
/** Booting takes so much of a slice: a cluster of thousands of nodes takes many. */
const BOOT_SLICE_MS = 8;

/** A cluster that boots for a document, and whoever waits for that. */
interface Booting {
  readonly cluster: Cluster;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** A cluster that runs: session, pacer, streams and control API behind one door. The same in browser and Node. */
export class Simulation {
  readonly pacer: Pacer;
  readonly streams: Streams;
  readonly office: TrainingOffice;
  session: Session;
  name = 'default';
  /** Whether another tab holds the document: then this one only looks. */
  viewer = false;
  /** Why the cluster stands still, where it broke; history can be changed to before it. */
  failure = '';
  #frames: FrameBuilder;
  readonly #next = new NextFrame();
  #beside: Beside | undefined;
  #savedMs = 0;
  #savedAtWallMs = 0;
  /** Answers that take some of the cluster's time. */
  #late: { atMs: number; session: Session; epoch: number; come: () => void }[] = [];
  readonly #booting: Booting[] = [];
  readonly #listener = {
    historyChanged: (): void => {
      this.failure = '';
      this.streams.expire();
      this.#frames.reset();
    },
  };
  /** Requests that came while history was being replayed wait for its end. */
  #seeking: Promise<void> = Promise.resolve();

  constructor(private readonly host: SimulationHost) {
    const document = newDocument({ preset: 'empty' }, 1);
    const cluster = Session.clusterOf(document);
    if ('problem' in cluster) throw new Error(cluster.problem);
    cluster.boot(() => false);
    this.session = new Session(document, cluster, undefined, this.name, this.#listener);
    this.office = new TrainingOffice(host.trainer, host.wake);
    this.pacer = new Pacer(() => this.session, this.office, host.wallMs);
    this.streams = new Streams(() => this.session.cluster, host.wallMs);
    this.#frames = new FrameBuilder(this.session.cluster);
  }

  /** Opens what is stored under a name; where there is nothing, a new cluster. Returns why it could not, if so. */
  async openStored(name: string, preset: string, seed: number): Promise<Opened> {
    let stored: ClusterDocument | { problem: string } | undefined;
    let problem: string | undefined;
    try {
      stored = await this.host.storage?.load(name, !this.viewer);
    } catch (error) {
      problem = `What was saved cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (stored && 'problem' in stored) return this.#openAside(stored.problem, preset, seed);
    const document = stored ?? newDocument({ preset }, seed);
    const opened = await this.#open(document, name, problem !== undefined ? 'not' : stored ? 'already' : 'anew');
    if (opened.problem && stored) return this.#openAside(opened.problem, preset, seed);
    return problem ? { problem } : opened;
  }

  /**
   * Opens a document that came from elsewhere. Where it is `kept`, it is stored in the place of what was there. With `atMs`
   * that moment is looked at, and the cluster does not go on from its end first.
   */
  async openText(name: string, text: string, { kept = true, atMs }: TextOpening = {}): Promise<Opened> {
    const document = parseDocument(text);
    if ('problem' in document) return document;
    const opened = await this.#open(document, name, kept ? 'anew' : 'not');
    if (opened.problem !== undefined || atMs === undefined) return opened;
    const looking = this.lookAt(atMs);
    /* What is relived needs training on the way there, and who computes it comes once a cluster is open. */
    if (opened.said === undefined) await looking;
    return opened;
  }

  /** Starts over with another cluster. */
  async reset(document: ClusterDocument): Promise<{ problem?: string }> {
    return this.#open(document, this.name, 'anew');
  }

  /** One request through the door. Below `/podium/v1/` it is for the control API. */
  async request(request: ApiRequest): Promise<ApiResponse> {
    for (let awaited; awaited !== this.#seeking; await awaited) awaited = this.#seeking;
    if (request.path.startsWith(CONTROL_PREFIX)) return this.#answer(() => handleControl(this, request));
    return this.#answer(async () => {
      if (this.viewer && this.session.cluster.api.isWrite(request)) throw onlyLooking();
      const { response, saved } = this.session.request(request);
      if (response.code >= 400 && this.session.cluster.api.isWrite(request))
        this.#frames.tell(refusedMark(this.session.nowMs, request, response));
      this.host.wake();
      await saved;
      if (response.afterMs !== undefined) await this.#pass(response.afterMs);
      if (response.connection === undefined || response.code === 101) return response;
      return (await this.#endOf(response.connection)) ?? refusalResponse(brokenConnection());
    });
  }

  /** The answer that comes over a connection. */
  #endOf(connection: string): Promise<ApiResponse | undefined> {
    return new Promise((come) => this.streams.read(connection, () => {}, come));
  }

  /** Opens a connection into a container. What is sent before it is open waits. */
  channel(request: ApiRequest, listener: ChannelListener): Channel {
    return openChannel(this, request, listener);
  }

  /** Bytes for the process at the other end of a connection. */
  send(connection: string, data: string, ends: boolean): void {
    if (this.viewer) return;
    this.session.send(connection, data, ends).catch(() => {
      /* Another tab has taken the document over. */
    });
    this.host.wake();
  }

  /** Comes when so much of the cluster's time has passed; at once where it stands still, or history changes. */
  #pass(ms: number): Promise<void> {
    const { session } = this;
    const { nowMs, epoch } = session;
    return new Promise((come) => this.#late.push({ atMs: nowMs + ms, session, epoch, come }));
  }

  #answerLate(): void {
    if (this.#late.length === 0) return;
    const { session } = this;
    const { nowMs, epoch } = session;
    const stands = this.pacer.speed === 0 && !this.pacer.seeking;
    const due = this.#late.filter(
      (one) => stands || one.session !== session || one.epoch !== epoch || one.atMs <= nowMs,
    );
    this.#late = this.#late.filter((one) => !due.includes(one));
    for (const { come } of due) come();
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.streams.watch(request, onEvent, onEnd);
  }

  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.streams.log(request, onText, onEnd);
  }

  /** Runs to a moment as fast as possible; requests wait until it is reached. */
  seek(atMs: number, limits?: SeekLimits): Promise<void> {
    const reached = this.pacer.seek(atMs, limits);
    this.#seeking = reached;
    this.host.wake();
    return reached;
  }

  /** Going back stops the clock: a moment is looked at. Going forward within what has happened is the same. */
  async lookAt(atMs: number, withinMs?: number): Promise<void> {
    const { session, pacer } = this;
    const targetMs = Math.min(atMs, session.endMs);
    pacer.setSpeed(0);
    if (session.timeline.goesBackTo(targetMs, withinMs === undefined ? undefined : GLANCE_FAR_MS))
      session.rewind(targetMs);
    await this.seek(targetMs, withinMs === undefined ? {} : { withinMs });
  }

  /** One slice of virtual time. Returns how long the owner may sleep, in ms. */
  slice(): number {
    if (this.#booting.length > 0) return this.#sliceBoot(this.#booting[0]!);
    let sleepMs = BROKEN_SLEEP_MS;
    try {
      sleepMs = this.pacer.slice();
      if (this.#followBeside()) sleepMs = 0;
    } catch (error) {
      this.#break(error);
    }
    this.streams.pull(this.host.wallMs());
    this.#answerLate();
    this.#saveProgress();
    this.#next.offer(() => this.#frameState(), this.host.wallMs());
    return sleepMs;
  }

  /** While a cluster boots, the one that is open stands still: it is about to be closed. */
  #sliceBoot({ cluster, done, failed }: Booting): number {
    const startMs = this.host.wallMs();
    try {
      if (!cluster.boot(() => this.host.wallMs() - startMs >= BOOT_SLICE_MS)) return 0;
      done();
    } catch (error) {
      failed(error);
    }
    this.#booting.shift();
    return 0;
  }

  /** The branch beside has its own share of a slice. Returns whether it needs more. */
  #followBeside(): boolean {
    const startMs = this.host.wallMs();
    const ends = (): boolean => this.host.wallMs() - startMs >= BESIDE_SLICE_MS;
    return this.#beside?.follow(this.session.nowMs, ends) === false;
  }

  /** Another tab has taken the document over: this one looks on, and stores nothing more. */
  lost(): void {
    this.viewer = true;
    this.session.journal.takenOver();
  }

  /** A part of the cluster broke. It stands still; what was stored is safe, and rewinding leads to before it. */
  #break(error: unknown): void {
    console.error(error);
    this.failure = `The cluster stopped: ${error instanceof Error ? error.message : String(error)}. Undo, or go back in time, to go on.`;
    this.pacer.stop();
  }

  /** Makes this tab the one that may write, from what the other has stored. */
  async takeOver(): Promise<{ problem?: string }> {
    if (!this.viewer) return {};
    if (!(await this.host.takeOver?.(this.name))) return { problem: 'This cluster cannot be taken over here.' };
    this.viewer = false;
    const { start, seed } = this.session.document;
    return this.openStored(this.name, 'preset' in start ? start.preset : 'empty', seed);
  }

  #saveProgress(): void {
    const wallMs = this.host.wallMs();
    const endMs = this.session.endMs;
    if (endMs === this.#savedMs || wallMs - this.#savedAtWallMs < SAVE_PROGRESS_MS || this.pacer.seeking) return;
    this.#savedMs = endMs;
    this.#savedAtWallMs = wallMs;
    this.session.journal.headChanged();
  }

  /** How often something changed that one sees. */
  get changes(): number {
    return this.#frames.changes;
  }

  frame(): FrameMessage {
    return this.#frames.build({
      endMs: this.session.endMs,
      speed: this.pacer.speed,
      run: this.#runState(),
      note: this.#note(),
      saved: this.#saved,
      branches: this.session.document.branches,
      branch: this.session.branch.id,
      inputs: this.session.timeline.inputs,
      applied: this.session.timeline.applied,
    });
  }

  /**
   * Calls `answer` once with the next frame that shows anything new, and with that of the branch beside where one is
   * looked at. Who asks again before that is answered instead.
   */
  nextFrame(beside: string | undefined, answer: (frame: FrameMessage, beside?: FrameMessage) => void): void {
    this.#next.ask(beside ?? '', () => {
      const other = this.besideFrame(beside);
      answer(this.frame(), other);
    });
    this.host.wake();
  }

  /** Nobody waits for a frame any more. */
  dropFrame(): void {
    this.#next.drop();
  }

  /** The frame of another branch at the open one's moment; undefined for the open one, and where there is no such. */
  besideFrame(id: string | undefined): FrameMessage | undefined {
    const { document, branch: open } = this.session;
    if (this.#beside?.branch.id !== id || id === open.id) {
      const branch = id === open.id ? undefined : document.branches.find((one) => one.id === id);
      this.#beside = branch && new Beside(this.session, branch);
      this.host.wake();
    }
    return this.#beside?.frame({
      speed: this.pacer.speed,
      run: this.#runState(),
      saved: this.#saved,
      branches: document.branches,
    });
  }

  /** What the branch beside answers to a GET of a path; undefined where no branch is looked at. */
  besideObject(path: string): ApiResponse | undefined {
    return this.#beside?.read(path);
  }

  #frameState(): FrameState {
    const { session, pacer } = this;
    const { document, timeline } = session;
    const key = [
      this.#frames.state,
      this.#beside?.state,
      this.#runState(),
      pacer.speed,
      this.#note(),
      this.#saved,
      session.branch.id,
      session.endMs > session.nowMs ? session.endMs : '',
      timeline.inputs.length,
      ...document.branches.map(({ id, name, inputs }) => `${id} ${name} ${inputs.length}`),
    ];
    const untold = this.#frames.untold || this.#beside?.untold === true;
    return { key: key.join('|'), untold, atMs: session.nowMs, stands: pacer.speed === 0 };
  }

  /** Whether something that happened is not yet stored, so that who did it has no answer yet. */
  get saving(): boolean {
    return this.#saved === 'saving';
  }

  get #saved(): Frame['saved'] {
    return this.viewer ? 'viewer' : this.session.journal.state;
  }

  /** What has to be said: that the cluster broke, that training waits, or that it computes on less than it could. */
  #note(): string {
    if (this.failure) return this.failure;
    if (this.pacer.waiting && this.office.problem) return this.office.problem;
    return this.session.cluster.training.busy ? (this.host.trainer?.notice ?? '') : '';
  }

  #runState(): Frame['run'] {
    if (this.pacer.seeking) return 'replaying';
    if (this.pacer.waiting) return 'waiting for training';
    if (this.session.rewound && this.pacer.speed === 0) return 'rewound';
    return this.pacer.speed === 0 ? 'paused' : 'playing';
  }

  /** Opens a document; requests that come meanwhile are for it, and wait. */
  #open(document: ClusterDocument, name: string, stored: 'already' | 'anew' | 'not'): Promise<Opened> {
    const opened = this.#openAnother(document, name, stored);
    this.#seeking = opened.then(
      () => {},
      () => {},
    );
    return opened;
  }

  /** Opens a document that is stored already, is to be stored in the place of what was there, or is not to be. */
  async #openAnother(given: ClusterDocument, name: string, stored: 'already' | 'anew' | 'not'): Promise<Opened> {
    const relives = given.behaviour !== BEHAVIOUR;
    const document = relives ? reliving(given) : given;
    const storage = stored === 'not' || this.viewer ? undefined : this.host.storage;
    const cluster = await this.#boot(document);
    if ('problem' in cluster) return cluster;
    const opened = new Session(document, cluster, storage, name, this.#listener);
    const begun = stored === 'anew' ? opened.journal.begin(document) : undefined;
    this.name = name;
    this.session = opened;
    this.failure = '';
    if (relives && stored === 'already') opened.journal.lineChanged();
    this.streams.expire();
    this.#beside = undefined;
    this.#frames = new FrameBuilder(opened.cluster);
    /* Who computes training is there only once a cluster is open. */
    await this.seek(opened.branch.endMs, { untilTraining: relives });
    await begun;
    return relives && given.branches.some(({ inputs }) => inputs.length > 0)
      ? { said: relivedWords(opened.timeline.refused) }
      : {};
  }

  /** What is stored cannot be opened: a new cluster runs beside it, unsaved, and what is stored stays. */
  async #openAside(why: string, preset: string, seed: number): Promise<{ problem: string }> {
    await this.#open(newDocument({ preset }, seed), this.name, 'not');
    return { problem: why };
  }

  /** The cluster of a document at its start, or why there is none. It boots in slices, so that pings are answered. */
  async #boot(document: ClusterDocument): Promise<Cluster | { problem: string }> {
    try {
      const cluster = Session.clusterOf(document);
      if ('problem' in cluster) return cluster;
      await new Promise<void>((done, failed) => {
        this.#booting.push({ cluster, done, failed });
        this.host.wake();
      });
      return cluster;
    } catch (error) {
      return { problem: `The cluster cannot start: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  async #answer(work: () => Promise<ApiResponse>): Promise<ApiResponse> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiError) return refusalResponse(error);
      console.error(error);
      return refusalResponse(internalError(error));
    } finally {
      this.host.wake();
    }
  }
}
