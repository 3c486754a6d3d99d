import type { FromSimulator, OpenRequest, ToSimulator } from '../../protocol/messages';
import type { ToTraining } from '../../protocol/training';
import { ClusterView } from './cluster-view.svelte';
import { PortClient } from './port-client';

/** As much of a Worker as is used here; tests give their own. */
export interface WorkerLike {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onerror: ((event: ErrorEvent) => unknown) | null;
}

export interface SimulationParts {
  simulator: () => WorkerLike;
  trainer: () => WorkerLike;
  /** Milliseconds of the wall clock, increasing. */
  now: () => number;
  visible: () => boolean;
}

/** A worker that has been silent for so long while the page is visible is replaced. */
const SILENCE_LIMIT_MS = 2_000;
/** Loading the worker's code and replaying its journal may take longer than answering a ping. */
const START_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 500;
const RESTARTS_LIMIT = 5;

/**
 * The page's end of the simulation: makes the workers and joins them, asks for the next frame once an animation frame at most,
 * pings, and replaces a worker that went silent. What the worker had acknowledged is in its journal, which the next one replays.
 */
export class Simulation {
  readonly client = new PortClient();
  readonly view = new ClusterView();
  /** What is known of the branch that is looked at beside the open one. */
  readonly besideView = new ClusterView();
  /** `replaying`: a worker was lost and its successor runs the journal again. */
  status = $state<'starting' | 'running' | 'replaying' | 'failed'>('starting');
  /** What went wrong, in words; empty when nothing did. */
  problem = $state('');
  /** What a person should know of the cluster that is open; empty when that is nothing, or was read. */
  said = $state('');
  /** Virtual ms at which the lost worker stood. */
  lostAtMs = $state(0);
  /** Virtual ms up to which its successor has come. */
  replayedMs = $state(0);

  readonly #parts: SimulationParts;
  #worker: WorkerLike | null = null;
  #trainer: WorkerLike | null = null;
  #opening: { request: OpenRequest; resolve: (problem: string | undefined) => void } | null = null;
  #open: OpenRequest | null = null;
  #lastOpenId = 0;
  #lastPing = 0;
  #heardAtMs = 0;
  #lookedAtMs = 0;
  #spoke = false;
  /** A frame was asked for, and comes when there is something new. */
  #frameAsked = false;
  #turn = 0;
  #restarts = 0;
  #drawn = false;
  readonly #holds = new Set<symbol>();
  #beside: string | undefined;
  /** The one of which the simulator was asked for a frame last. */
  #besideAsked: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
  }

  /** Starts the workers and opens a cluster. Resolves to the reason where it cannot be opened. */
  async start(request: OpenRequest): Promise<string | undefined> {
    this.#startWorker();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    return this.open(request);
  }

  /** Opens another cluster in the running worker. What was open stays open where the new one cannot be. */
  async open(request: OpenRequest): Promise<string | undefined> {
    const problem = await this.#ask(request);
    if (this.#worker === null) return problem;
    /* Where what is stored cannot be read, a new cluster runs beside it. */
    if (problem === undefined || request.from === 'storage') {
      this.#open = reopening(request);
      this.status = 'running';
    }
    return problem;
  }

  /** Makes the training worker and joins it to the simulator. Called when the page has time for it. */
  startTrainer(): void {
    if (this.#trainer) return;
    this.#trainer = this.#parts.trainer();
    this.#joinTrainer();
  }

  /** Whoever draws frames is there: what draws must see every frame, in order, so none is pulled before. */
  drawFrames(): void {
    this.#drawn = true;
    this.#askFrame();
  }

  /** No frame is pulled until what this returns is called. */
  holdFrames(): () => void {
    const hold = Symbol('hold');
    this.#holds.add(hold);
    return () => {
      if (this.#holds.delete(hold)) this.#askFrame();
    };
  }

  /** Looks at another branch beside the open one, at the same moment; at none where there is no id. */
  lookBeside(id: string | undefined): void {
    this.#beside = id;
    /* The same one again before the simulator was told otherwise: it goes on with what is known of it. */
    if (id !== undefined && id !== this.#besideAsked) this.besideView.clear();
    this.#frameAsked = false;
    this.#askFrame();
  }

  /** Ends both workers. */
  stop(): void {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#turn);
    this.#drawn = false;
    this.#worker?.terminate();
    this.#trainer?.terminate();
    this.#worker = null;
    this.#trainer = null;
  }

  #startWorker(): void {
    const worker = this.#parts.simulator();
    this.#worker = worker;
    this.#spoke = false;
    this.#frameAsked = false;
    this.#heardAtMs = this.#parts.now();
    worker.onmessage = (event) => {
      if (worker === this.#worker) this.#hear(event.data as FromSimulator);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      if (worker === this.#worker) this.#lose(event.message || 'its worker could not be loaded');
    };
    if (this.#trainer) this.#joinTrainer();
  }

  #joinTrainer(): void {
    const { port1, port2 } = new MessageChannel();
    this.#worker?.postMessage({ kind: 'trainer', port: port1 } satisfies ToSimulator, [port1]);
    this.#trainer?.postMessage({ kind: 'port', port: port2 } satisfies ToTraining, [port2]);
  }

  #ask(request: OpenRequest): Promise<string | undefined> {
    this.#opening?.resolve('Another cluster was opened instead.');
    this.client.disconnect();
    return new Promise((resolve) => {
      this.#opening = { request, resolve };
      this.#sendOpen();
    });
  }

  #sendOpen(): void {
    if (!this.#opening) return;
    this.#lastOpenId += 1;
    this.#frameAsked = false;
    this.#post({ kind: 'open', id: this.#lastOpenId, open: this.#opening.request });
  }

  #post(message: ToSimulator): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromSimulator): void {
    this.#heardAtMs = this.#parts.now();
    this.#spoke = true;
    if (message.kind === 'frame') {
      this.#frameAsked = false;
      if (message.beside && message.beside.branch === this.#beside) this.besideView.take(message.beside);
      this.view.take(message.frame);
      this.#askFrame();
    } else if (message.kind === 'opened') {
      if (message.id === this.#lastOpenId) this.#opened(message);
    } else if (message.kind === 'pong') {
      this.replayedMs = message.atMs;
    } else {
      this.client.deliver(message);
    }
  }

  #opened({ problem, said = '' }: { problem?: string; said?: string }): void {
    const opening = this.#opening;
    this.#opening = null;
    this.client.connect((message) => this.#post(message));
    if (problem === undefined) {
      this.view.clear();
      this.status = 'running';
      this.said = said;
    }
    this.#askFrame();
    opening?.resolve(problem);
  }

  /** Asks for the next frame at the next animation frame, where one is wanted and none is asked for. */
  #askFrame(): void {
    this.#turn ||= requestAnimationFrame(() => {
      this.#turn = 0;
      this.#pull();
    });
  }

  #pull(): void {
    if (!this.#drawn || this.#holds.size > 0 || this.#frameAsked || this.#opening) return;
    if (this.status === 'failed') return;
    this.#frameAsked = true;
    if (this.#beside !== this.#besideAsked) this.besideView.clear();
    this.#besideAsked = this.#beside;
    this.#post({ kind: 'frame', ...(this.#beside === undefined ? {} : { beside: this.#beside }) });
  }

  /** Looks whether the worker still answers. A page that was itself held up does not blame the worker. */
  #look(): void {
    const now = this.#parts.now();
    const heldUp = now - this.#lookedAtMs > 4 * LOOK_EVERY_MS;
    this.#lookedAtMs = now;
    if (!this.#parts.visible() || heldUp || !this.#worker) {
      this.#heardAtMs = Math.max(this.#heardAtMs, now - (this.#spoke ? 0 : START_LIMIT_MS / 2));
      if (this.#spoke) this.#ping();
      return;
    }
    const limit = this.#spoke ? SILENCE_LIMIT_MS : START_LIMIT_MS;
    if (now - this.#heardAtMs > limit) this.#lose('it did not answer');
    else this.#ping();
  }

  #ping(): void {
    this.#lastPing += 1;
    this.#post({ kind: 'ping', id: this.#lastPing });
  }

  /** Replaces the worker; the journal brings everything back that was acknowledged. */
  #lose(why: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#restarts += 1;
    if (!this.#spoke || this.#restarts > RESTARTS_LIMIT) {
      this.status = 'failed';
      this.problem = `The simulation does not run: ${why}. Reload the page to try again.`;
      this.#opening?.resolve(this.problem);
      this.#opening = null;
      return;
    }
    this.lostAtMs = this.view.frame?.atMs ?? 0;
    this.replayedMs = 0;
    this.status = 'replaying';
    this.client.disconnect();
    this.#startWorker();
    if (!this.#opening && this.#open) this.#opening = { request: this.#open, resolve: () => {} };
    this.#sendOpen();
  }
}

/** What a successor is to open: a document that came from elsewhere is stored by now, unless nobody stores it. */
function reopening(request: OpenRequest): OpenRequest {
  if (request.from !== 'document') return request;
  return { from: 'storage', name: request.name, preset: 'ml', seed: 1 };
}
