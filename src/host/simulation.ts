import type { ApiRequest, ApiResponse, WatchEvent } from '../api/client';
import { ApiError } from '../api/status';
import type { Frame } from '../protocol/frame';
import type { FrameMessage } from '../protocol/frame-message';
import { CONTROL_PREFIX } from '../protocol/control';
import { internalError, onlyLooking, refusalResponse } from './answers';
import { handleControl } from './control';
import { newDocument, parseDocument, type ClusterDocument } from './document';
import { FrameBuilder } from './frames/frame-builder';
import { Pacer } from './pacer';
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

/** How far the cluster has run is stored this often, in wall time. */
const SAVE_PROGRESS_MS = 2_000;
const BROKEN_SLEEP_MS = 100;

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
  #savedMs = 0;
  #savedAtWallMs = 0;
  /** Requests that came while history was being replayed wait for its end. */
  #seeking: Promise<void> = Promise.resolve();

  constructor(private readonly host: SimulationHost) {
    const opened = this.#openSession(newDocument({ preset: 'empty' }, 1), undefined);
    if ('problem' in opened) throw new Error(opened.problem);
    this.session = opened;
    this.office = new TrainingOffice(host.trainer, host.wake);
    this.pacer = new Pacer(() => this.session, this.office, host.wallMs);
    this.streams = new Streams(() => this.session.cluster, host.wallMs);
    this.#frames = new FrameBuilder(this.session.cluster);
  }

  /** Opens what is stored under a name; where there is nothing, a new cluster. Returns why it could not, if so. */
  async openStored(name: string, preset: string, seed: number): Promise<{ problem?: string }> {
    let stored: ClusterDocument | { problem: string } | undefined;
    let problem: string | undefined;
    try {
      stored = await this.host.storage?.load(name, !this.viewer);
    } catch (error) {
      problem = `What was saved cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (stored && 'problem' in stored) return this.#openAside(stored.problem, preset, seed);
    const document = stored ?? newDocument({ preset }, seed);
    const opened = await this.#open(document, name, problem === undefined);
    if (opened.problem && stored) return this.#openAside(opened.problem, preset, seed);
    if (!stored && !opened.problem) await this.#replaceStored(document);
    return problem ? { problem } : opened;
  }

  /** Opens a document that came from elsewhere. Where it is `kept`, it is stored in the place of what was there. */
  async openText(name: string, text: string, kept = true): Promise<{ problem?: string }> {
    const document = parseDocument(text);
    if ('problem' in document) return document;
    const opened = await this.#open(document, name, kept);
    if (kept && !opened.problem) await this.#replaceStored(document);
    return opened;
  }

  /** Starts over with another cluster. */
  async reset(document: ClusterDocument): Promise<{ problem?: string }> {
    const opened = await this.#open(document, this.name, true);
    if (!opened.problem) await this.#replaceStored(document);
    return opened;
  }

  /** One request through the door. Below `/podium/v1/` it is for the control API. */
  async request(request: ApiRequest): Promise<ApiResponse> {
    await this.#seeking;
    if (request.path.startsWith(CONTROL_PREFIX)) return this.#answer(() => handleControl(this, request));
    return this.#answer(async () => {
      if (this.viewer && this.session.cluster.api.isWrite(request)) throw onlyLooking();
      const { response, saved } = this.session.request(request);
      this.host.wake();
      await saved;
      return response;
    });
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.streams.watch(request, onEvent, onEnd);
  }

  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.streams.log(request, onText, onEnd);
  }

  /** Runs to a moment as fast as possible; requests wait until it is reached. */
  seek(atMs: number, untilQuiet = false): Promise<void> {
    const reached = this.pacer.seek(atMs, untilQuiet);
    this.#seeking = reached;
    this.host.wake();
    return reached;
  }

  /** One slice of virtual time. Returns how long the owner may sleep, in ms. */
  slice(): number {
    let sleepMs = BROKEN_SLEEP_MS;
    try {
      sleepMs = this.pacer.slice();
    } catch (error) {
      this.#break(error);
    }
    this.streams.pull(this.host.wallMs());
    this.#saveProgress();
    return sleepMs;
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

  frame(): FrameMessage {
    return this.#frames.build({
      endMs: this.session.endMs,
      speed: this.pacer.speed,
      run: this.#runState(),
      note: this.#note(),
      saved: this.viewer ? 'viewer' : this.session.journal.state,
      branches: this.session.document.branches,
      branch: this.session.branch.id,
      inputs: this.session.timeline.inputs,
      applied: this.session.timeline.applied,
    });
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

  async #open(document: ClusterDocument, name: string, store: boolean): Promise<{ problem?: string }> {
    const opened = this.#openSession(document, store && !this.viewer ? this.host.storage : undefined, name);
    if ('problem' in opened) return opened;
    this.name = name;
    this.session = opened;
    this.failure = '';
    this.streams.expire();
    this.#frames = new FrameBuilder(opened.cluster);
    await this.seek(opened.branch.endMs);
    return {};
  }

  /** What is stored cannot be opened: a new cluster runs beside it, unsaved, and what is stored stays. */
  async #openAside(why: string, preset: string, seed: number): Promise<{ problem: string }> {
    await this.#open(newDocument({ preset }, seed), this.name, false);
    return { problem: why };
  }

  #openSession(
    document: ClusterDocument,
    storage: JournalStorage | undefined,
    name = 'default',
  ): Session | { problem: string } {
    const listener = {
      historyChanged: (): void => {
        this.failure = '';
        this.streams.expire();
        this.#frames.reset();
      },
    };
    try {
      return Session.open(document, listener, storage, name);
    } catch (error) {
      return { problem: `The cluster cannot start: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  async #replaceStored(document: ClusterDocument): Promise<void> {
    if (this.viewer) return;
    try {
      await this.host.storage?.replace(this.name, document);
    } catch {
      this.session.journal.fail();
    }
  }

  async #answer(work: () => Promise<ApiResponse>): Promise<ApiResponse> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiError) return refusalResponse(error);
      console.error(error);
      return refusalResponse(internalError(error));
    }
  }
}
