import { assert } from '../../base/assert';
import { NONE } from '../../base/shared-map';
import { processOf } from '../images/catalogue';
import type { ProgramName } from '../images/conventions';
import { parseImage } from '../images/reference';
import type { ProgramSetup, ProgramStreams } from '../images/program';
import { ConfigError, deviceOf, environmentOf, expandVariables } from './container-env';
import { CONTAINER, createRun, isAlive, moveRun } from './container-run';
import { lastRun, specOf, type ContainerSpec, type KubeletCore } from './core';
import { layDownDuty, takeUpDuty } from './duties';
import { execHookFailure, hookFailure, type Hook } from './hooks';
import { whyRoot } from './non-root';
import { Processes, type ProcessEnd, type ProcessPlace } from './processes';
import type { Timer } from '../time/clock';
import type { ContainerRecord, PodRecord, Run } from './state';
import { newMeter, setBase } from './usage-meter';

/** The order in which a Pod's containers end. */
export interface EndingOrder {
  mustWait(record: PodRecord, container: ContainerRecord): boolean;
  /** The grace period of one that waits is over. */
  excuse(record: PodRecord, container: ContainerRecord): void;
}

/** What containers tell the rest of the kubelet. */
export interface ContainerListener {
  /** A run has ended. */
  ended(record: PodRecord): void;
  /** A postStart hook is done; the message says what went wrong. */
  hooked(record: PodRecord, failure: string | null): void;
  /** Which containers that are to end wait for others to end first. */
  readonly order: EndingOrder;
  /** A probe's process has ended. */
  probed(record: PodRecord, about: string, ok: boolean, output: string): void;
}

/** How starting a container went. */
export type StartResult = { kind: 'started' | 'hook' } | { kind: 'failed'; reason: string; message: string };

const RUNS_KEPT = 3;
const MINIMUM_GRACE_SECONDS = 2;
const TERMINATION_PATH = '/dev/termination-log';
const TERMINATION_BYTES = 4096;
const FALLBACK_BYTES = 2048;
const FALLBACK_LINES = 80;
const KILLED = 137;
/** A kubelet knows that the time is over a moment before it hears that the runtime has killed somebody for it. */
const BEFORE_RUNTIME_MS = 1;

/** The container runtime of a machine, and what the kubelet does around it. */
export class Containers {
  readonly processes: Processes;

  constructor(
    private readonly core: KubeletCore,
    private readonly listener: ContainerListener,
  ) {
    this.processes = new Processes(core, (end) => this.#processEnded(end));
  }

  /** Creates and starts a container whose image is there. Models kuberuntime_container.go startContainer. */
  start(record: PodRecord, container: ContainerRecord): StartResult {
    const spec = specOf(record, container.name);
    const setup = this.#setup(record, spec);
    if (setup instanceof ConfigError) {
      this.core.containerEvent(record, container, 'Warning', 'Failed', `Error: ${setup.message}`);
      return { kind: 'failed', reason: 'CreateContainerConfigError', message: setup.message };
    }
    const before = lastRun(container);
    const run = createRun(
      `${record.uid}/${container.name}`,
      before ? before.attempt + 1 : 0,
      spec.image ?? '',
      this.core.nowMs,
    );
    container.runs = [run, ...container.runs].slice(0, RUNS_KEPT);
    this.core.expectRelist(record.uid);
    this.core.containerEvent(record, container, 'Normal', 'Created', 'Container created');
    const what = this.#programFor(spec, setup);
    if ('startError' in what) {
      this.#move(record, container, run, 'FAIL');
      this.#recordExit(run, 128, 'StartError', what.startError);
      this.core.containerEvent(record, container, 'Warning', 'Failed', `Error: ${what.startError}`);
      return { kind: 'failed', reason: 'RunContainerError', message: what.startError };
    }
    this.core.containerEvent(record, container, 'Normal', 'Started', 'Container started');
    this.#begin(record, container, run, what.program, setup);
    const hook = spec.lifecycle?.postStart;
    if (!hook || !isAlive(run)) return { kind: 'started' };
    this.#runHook({ record, container, run, process: '' }, hook, 'postStart');
    return { kind: 'hook' };
  }

  /** A container that ran before the machine's kubelet did. */
  adopt(record: PodRecord, container: ContainerRecord): void {
    const spec = specOf(record, container.name);
    const setup = this.#setup(record, spec);
    assert(!(setup instanceof ConfigError), `${record.name} cannot have run`);
    const what = this.#programFor(spec, setup);
    assert('program' in what, `${record.name} cannot have been started`);
    const run = createRun(`${record.uid}/${container.name}`, 0, spec.image ?? '', this.core.nowMs);
    run.seen = 'running';
    container.runs = [run];
    this.#begin(record, container, run, what.program, setup);
  }

  #begin(record: PodRecord, container: ContainerRecord, run: Run, program: ProgramName, setup: ProgramSetup): void {
    run.startedMs = this.core.nowMs;
    run.meter = newMeter(this.core.nowMs);
    moveRun(run, 'START');
    this.#tell(record);
    this.processes.start({ record, container, run, process: 'main' }, program, setup, 'main', '');
    if (this.core.machine.stopped.has(program)) this.kill(record, container, run, 1, '');
    else if (isAlive(run)) takeUpDuty(this.core, record, container, run);
  }

  #programFor(
    spec: ContainerSpec,
    { command, args }: Pick<ProgramSetup, 'command' | 'args'>,
  ): { program: ProgramName } | { startError: string } {
    const reference = parseImage(spec.image ?? '');
    if ('problem' in reference) return { startError: reference.problem };
    return processOf(this.core.parts.conventions, reference, command, args);
  }

  /** The containers of the machine's Pods whose own program it is. */
  *of(program: string): Iterable<{ record: PodRecord; container: ContainerRecord }> {
    for (const record of [...this.core.state.pods.values()]) {
      for (const container of record.containers.values()) {
        const spec = specOf(record, container.name);
        const what = this.#programFor(spec, { command: spec.command ?? [], args: spec.args ?? [] });
        if ('program' in what && what.program === program) yield { record, container };
      }
    }
  }

  /** Kills whatever runs a program. */
  killAll(program: string): void {
    for (const { record, container } of this.of(program)) {
      const run = lastRun(container);
      if (isAlive(run)) this.kill(record, container, run, KILLED, '');
    }
  }

  #setup(record: PodRecord, spec: ContainerSpec): ProgramSetup | ConfigError {
    try {
      const env = Object.freeze(environmentOf(this.core, record, spec));
      const fault = whyRoot(record, spec);
      if (fault !== undefined) return new ConfigError(fault);
      return Object.freeze({
        namespace: record.namespace,
        pod: record.name,
        container: spec.name,
        image: spec.image ?? '',
        command: expanded(spec.command, env),
        args: expanded(spec.args, env),
        env,
        restartPolicy: record.pod.spec.restartPolicy ?? 'Always',
        device: deviceOf(record, spec),
        podIP: record.sandbox.ip,
        ...(spec.stdin ? { streams: Object.freeze({ stdin: true, tty: spec.tty === true, piped: false }) } : {}),
      });
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  }

  /** Runs a command in a running container. It ends by telling the listener. */
  exec(
    place: Omit<ProcessPlace, 'process'>,
    command: readonly string[],
    purpose: 'probe' | 'postStart' | 'preStop' | 'exec',
    about: string,
    streams?: ProgramStreams,
  ): string {
    const process = this.processes.nextName(place.run);
    const main = place.run.processes.get('main');
    const { streams: _, ...given } = main?.setup ?? EMPTY_SETUP;
    const setup: ProgramSetup = Object.freeze({
      ...given,
      command: Object.freeze([...command]),
      args: [],
      ...(streams ? { streams: Object.freeze(streams) } : {}),
    });
    this.processes.start({ ...place, process }, this.core.parts.conventions.shell, setup, purpose, about);
    return process;
  }

  /** Begins a hook. The listener hears when it is done, perhaps at once. */
  #runHook(place: ProcessPlace, hook: Hook, purpose: 'postStart' | 'preStop'): void {
    const { record, container, run } = place;
    const key = `${record.uid}/${container.name}/${run.attempt}/${purpose}`;
    if (hook.sleep) return this.core.after(Number(hook.sleep.seconds) * 1000, 'hook', key);
    if (hook.httpGet || hook.tcpSocket) return this.core.after(1, 'hook', key, hookFailure(place, hook));
    this.exec(place, hook.exec?.command ?? [], purpose, '');
  }

  /** A hook without a process is over. */
  hookTimer(key: string, failure: string | null): void {
    const [uid = '', name = '', attempt = '', purpose = ''] = key.split('/');
    const record = this.core.pod(uid);
    const container = record?.containers.get(name);
    const run = container && lastRun(container);
    if (!record || !container || !isAlive(run) || String(run.attempt) !== attempt) return;
    if (purpose === 'postStart') this.listener.hooked(record, failure);
    else this.#drained(record, container, run, failure === null);
  }

  /** Asks a container to end; it is killed after the grace period. Models kuberuntime_container.go killContainer. */
  stop(record: PodRecord, container: ContainerRecord, run: Run, graceSeconds: number, message: string): void {
    if (!isAlive(run)) return;
    if (CONTAINER.states[run.state] !== 'running') return this.#shorten(record, container, run, graceSeconds);
    this.core.containerEvent(record, container, 'Normal', 'Killing', message);
    run.graceSeconds = graceSeconds;
    run.stoppedMs = this.core.nowMs;
    this.#move(record, container, run, 'STOP');
  }

  /** A second request with less time counts. */
  #shorten(record: PodRecord, container: ContainerRecord, run: Run, graceSeconds: number): void {
    const deadlineMs = this.core.nowMs + graceSeconds * 1000;
    const graceLeft = Math.floor((deadlineMs - run.stoppedMs) / 1000);
    run.graceSeconds = Math.min(run.graceSeconds, graceLeft);
    const key = this.#key(record, container, run);
    for (const kind of CONTAINER.delays[run.state]!) {
      const timer = this.core.parts.clock.timer(this.core.name, kind, key);
      if (timer && timer.atMs > deadlineMs) this.core.at(deadlineMs, kind, key);
    }
  }

  /** A container that waited for others to end is asked to end itself. */
  takeTurn(record: PodRecord, container: ContainerRecord): void {
    const run = lastRun(container);
    if (isAlive(run)) this.#move(record, container, run, 'TURN');
  }

  #key(record: PodRecord, container: ContainerRecord, run: Run): string {
    return `${record.uid}/${container.name}/${run.attempt}`;
  }

  /** One of the container machine's delays is over. */
  delayOver({ kind, key }: Pick<Timer, 'kind' | 'key'>): void {
    const [uid = '', name = '', attempt = ''] = key.split('/');
    const record = this.core.pod(uid);
    const container = record?.containers.get(name);
    const run = container && lastRun(container);
    if (record && container && isAlive(run) && String(run.attempt) === attempt)
      this.#move(record, container, run, kind);
  }

  /** Ends a container from outside: a crash, or want of memory. */
  kill(record: PodRecord, container: ContainerRecord, run: Run, code: number, reason: string): void {
    this.#recordExit(run, code, reason, '', record, container);
    this.#move(record, container, run, 'EXIT');
  }

  /** The power fails: nothing is left of the run. */
  lose(record: PodRecord, container: ContainerRecord, run: Run): void {
    this.#cancelDelays(record, container, run);
    layDownDuty(this.core, record, container);
    this.processes.stopAll(record, container, run);
    this.core.useMemory(run, 0);
    run.state = CONTAINER.states.indexOf('exited');
    run.finishedMs = this.core.nowMs;
    run.exitCode = 255;
    run.reason = 'Unknown';
    run.message = '';
    this.#tell(record);
  }

  /** Whoever depends on static Pods learns what has become of one. */
  #tell(record: PodRecord): void {
    if (record.isStatic) this.core.parts.onStaticPod?.();
  }

  #move(record: PodRecord, container: ContainerRecord, run: Run, event: string): void {
    const left = run.state;
    if (!moveRun(run, event)) return;
    this.#cancelDelays(record, container, run, left);
    for (const effect of CONTAINER.entry[run.state]!) this.#effects[effect]?.(record, container, run);
  }

  #cancelDelays(record: PodRecord, container: ContainerRecord, run: Run, state = run.state): void {
    for (const delay of CONTAINER.delays[state]!) this.core.cancel(delay, this.#key(record, container, run));
  }

  readonly #effects: Record<string, (record: PodRecord, container: ContainerRecord, run: Run) => void> = {
    runPreStop: (record, container, run) => this.#drain(record, container, run),
    awaitTurn: (record, container, run) => this.#awaitTurn(record, container, run),
    terminate: (record, container, run) => this.#terminate(record, container, run),
    kill: (record, container, run) => this.kill(record, container, run, KILLED, ''),
    recordExit: (record, container, run) => this.#exited(record, container, run),
  };

  #drain(record: PodRecord, container: ContainerRecord, run: Run): void {
    const hook = specOf(record, container.name).lifecycle?.preStop;
    if (!hook || run.graceSeconds <= 0) return this.#move(record, container, run, 'DRAINED');
    this.core.after(run.graceSeconds * 1000, 'gracePeriod', this.#key(record, container, run));
    this.#runHook({ record, container, run, process: '' }, hook, 'preStop');
  }

  #drained(record: PodRecord, container: ContainerRecord, run: Run, ok: boolean): void {
    if (!ok) this.#sayPreStopFailed(record, container);
    if (CONTAINER.states[run.state] === 'draining') this.#move(record, container, run, 'DRAINED');
  }

  #sayPreStopFailed(record: PodRecord, container: ContainerRecord): void {
    this.core.containerEvent(record, container, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
  }

  #awaitTurn(record: PodRecord, container: ContainerRecord, run: Run): void {
    const isOverdue = CONTAINER.states[run.state] === 'overdue';
    const leftMs = this.#graceLeft(run) * 1000;
    if (isOverdue) this.listener.order.excuse(record, container);
    if ((!isOverdue && leftMs <= 0) || !this.listener.order.mustWait(record, container))
      return this.#move(record, container, run, 'TURN');
    if (!isOverdue) this.core.after(leftMs - BEFORE_RUNTIME_MS, 'turn', this.#key(record, container, run));
  }

  #terminate(record: PodRecord, container: ContainerRecord, run: Run): void {
    const leftMs = Math.max(MINIMUM_GRACE_SECONDS, this.#graceLeft(run)) * 1000;
    this.core.after(leftMs, 'remainingGrace', this.#key(record, container, run));
    this.processes.deliver({ record, container, run, process: 'main' }, { kind: 'signal', signal: 'TERM' });
  }

  /** Seconds that are left of the grace period; only whole ones that have passed count. */
  #graceLeft(run: Run): number {
    return run.graceSeconds - Math.floor((this.core.nowMs - run.stoppedMs) / 1000);
  }

  #processEnded({ place, code, reason, output, purpose, about }: ProcessEnd): void {
    const { record, container, run } = place;
    if (purpose === 'main') return this.kill(record, container, run, code, reason);
    if (purpose === 'probe') return this.listener.probed(record, about, code === 0, output);
    if (purpose === 'preStop') return this.#drained(record, container, run, code === 0);
    if (purpose === 'exec') return this.core.parts.connections.exited(about, code);
    const command = specOf(record, container.name).lifecycle?.postStart?.exec?.command ?? [];
    this.listener.hooked(record, code === 0 ? null : execHookFailure(record, container, command, code, output));
  }

  #recordExit(
    run: Run,
    code: number,
    reason: string,
    message: string,
    record?: PodRecord,
    container?: ContainerRecord,
  ): void {
    run.exitCode = code;
    run.reason = reason || (code === 0 ? 'Completed' : 'Error');
    run.finishedMs = this.core.nowMs;
    run.message = message || (record && container ? this.#terminationMessage(record, container, run) : '');
  }

  #exited(record: PodRecord, container: ContainerRecord, run: Run): void {
    layDownDuty(this.core, record, container);
    const isHooked = [...run.processes.values()].some(({ purpose }) => purpose === 'preStop');
    if (isHooked) this.#sayPreStopFailed(record, container);
    this.processes.reset(run);
    this.processes.stopAll(record, container, run);
    setBase(run.meter, 0, this.core.nowMs);
    this.core.useMemory(run, 0);
    run.ports = NONE;
    this.core.expectRelist(record.uid);
    this.#tell(record);
    this.listener.ended(record);
  }

  #terminationMessage(record: PodRecord, container: ContainerRecord, run: Run): string {
    const spec = specOf(record, container.name);
    const text = run.files.get(spec.terminationMessagePath ?? TERMINATION_PATH) ?? '';
    if (text !== '' || spec.terminationMessagePolicy !== 'FallbackToLogsOnError' || run.exitCode === 0)
      return text.slice(-TERMINATION_BYTES);
    const lines = run.log.lines.slice(-FALLBACK_LINES).map((line) => line.text);
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`.slice(-FALLBACK_BYTES);
  }
}

const EMPTY_SETUP: ProgramSetup = {
  namespace: '',
  pod: '',
  container: '',
  image: '',
  command: [],
  args: [],
  env: {},
  restartPolicy: 'Always',
  device: 'cpu',
  podIP: '',
};

/** A container's words with its variables in them. */
const expanded = (words: readonly string[] | undefined, env: Readonly<Record<string, string>>): readonly string[] =>
  words?.length ? Object.freeze(words.map((word) => expandVariables(word, env))) : NONE;
