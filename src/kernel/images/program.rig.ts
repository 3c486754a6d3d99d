import { copyState } from '../../base/state';
import type { Json } from '../../api/objects';
import type { RequestFailure } from '../../api/requests';
import { PROGRAMS } from './catalogue';
import type { ProgramName } from './conventions';
import {
  startProgram,
  stepProgram,
  type ProgramContext,
  type ProgramEffect,
  type ProgramEvent,
  type ProgramSetup,
  type Step,
} from './program';

type Answer = Omit<ProgramEvent & { kind: 'response' }, 'kind' | 'id'>;
type Train = ProgramEffect & { kind: 'train' };

/** What a program for tests is given, and what the world answers it. */
export interface RigOptions {
  setup?: Partial<ProgramSetup>;
  files?: Record<string, string>;
  /** Answers to requests, by URL; all others fail. */
  answers?: Record<string, Answer>;
  /** What comes of a stretch of training. */
  train?: (ask: Train) => Json;
  brokenDevice?: string;
}

const SETUP: ProgramSetup = {
  namespace: 'default',
  pod: 'box',
  container: 'main',
  image: 'busybox:1.36',
  command: [],
  args: [],
  env: {},
  restartPolicy: 'Always',
  device: 'cpu',
  podIP: '10.64.0.2',
};

/** A program alone in the world, with a clock of its own. Its state is copied between steps, as in a snapshot. */
export class ProgramRig {
  readonly log: string[] = [];
  readonly files: Map<string, string>;
  readonly responses: (ProgramEffect & { kind: 'respond' })[] = [];
  readonly asked: Train[] = [];
  code: number | null = null;
  reason = '';
  nowMs = 0;
  readonly #due: { atMs: number; id: string; event: ProgramEvent }[] = [];
  #step: Step<object>;

  constructor(
    readonly program: ProgramName,
    readonly options: RigOptions = {},
  ) {
    this.files = new Map(Object.entries(options.files ?? {}));
    this.#step = startProgram(PROGRAMS[program], this.#context());
    this.#apply(this.#step.effects);
  }

  get seconds(): number {
    return this.nowMs / 1000;
  }

  /** Tells the program something now. */
  tell(event: ProgramEvent): void {
    if (this.code !== null) return;
    this.#step = stepProgram(PROGRAMS[this.program], copyState(this.#step.state), event, this.#context());
    this.#apply(this.#step.effects);
  }

  /** Asks it something; returns what it answers at once. */
  ask(
    method: string,
    path: string,
    body?: Json,
  ): { code: number; body: Json | undefined; afterMs: number } | undefined {
    const before = this.responses.length;
    this.tell({ kind: 'request', request: { id: 'ask', method, path, ...(body === undefined ? {} : { body }) } });
    const answer = this.responses[before];
    return answer && { code: answer.code, body: answer.body, afterMs: answer.afterMs };
  }

  /** Sends SIGTERM at a second. */
  termAt(second: number): void {
    this.#due.push({ atMs: second * 1000, id: `term${second}`, event: { kind: 'signal', signal: 'TERM' } });
  }

  /** Lets time pass until the program ends, at most to this second. */
  run(untilSecond = 100): this {
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (this.code !== null || !next || next.atMs > untilSecond * 1000) return this;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.nowMs = next.atMs;
      this.tell(next.event);
    }
  }

  #context(): ProgramContext {
    const { files } = this;
    return {
      setup: { ...SETUP, ...this.options.setup },
      brokenDevice: this.options.brokenDevice ?? '',
      nowMs: this.nowMs,
      epochMs: Date.UTC(2026, 0, 5, 9),
      files: {
        read: (path) => files.get(path),
        exists: (path) => [...files.keys()].some((file) => file === path || file.startsWith(`${path}/`)),
        list: (path) => [...files.keys()].filter((file) => file.startsWith(path === '/' ? '/' : `${path}/`)),
      },
    };
  }

  #apply(effects: readonly ProgramEffect[]): void {
    for (const effect of effects) if (this.code === null) this.#carryOut(effect);
  }

  #carryOut(effect: ProgramEffect): void {
    const schedule = (id: string, ms: number, event: ProgramEvent): void => {
      const known = this.#due.findIndex((due) => due.id === id);
      if (known >= 0) this.#due.splice(known, 1);
      this.#due.push({ atMs: this.nowMs + ms, id, event });
    };
    if (effect.kind === 'log') this.log.push(...effect.text.split('\n'));
    else if (effect.kind === 'sleep') schedule(`sleep ${effect.id}`, effect.ms, { kind: 'timer', id: effect.id });
    else if (effect.kind === 'writeFile') this.files.set(effect.path, effect.text);
    else if (effect.kind === 'deleteFile') this.files.delete(effect.path);
    else if (effect.kind === 'respond') this.responses.push(effect);
    else if (effect.kind === 'request') {
      const host = /^(?:[a-z]+:\/\/)?([^/:]+)/.exec(effect.url)?.[1] ?? effect.url;
      const unknown: RequestFailure = { kind: 'UnknownHost', host, address: '', port: 80, afterMs: 0 };
      const answer = this.options.answers?.[effect.url] ?? { failure: unknown };
      schedule(`request ${effect.id}`, 0, { kind: 'response', id: effect.id, ...answer });
    } else if (effect.kind === 'train') {
      this.asked.push(effect);
      const result = this.options.train?.(effect) ?? null;
      schedule('training', effect.ms, { kind: 'training', run: effect.run, result });
    } else if (effect.kind === 'exit') {
      this.code = effect.code;
      this.reason = effect.reason ?? '';
    }
  }
}
