import { Alike } from '../../base/alike';
import { present } from '../../base/assert';
import { emptyMap, NONE, owned, without } from '../../base/shared-map';
import type { Json } from '../../api/objects';
import { PROGRAMS } from '../images/catalogue';
import type { ProgramName } from '../images/conventions';
import {
  startProgram,
  stepProgram,
  type ProgramContext,
  type ProgramEffect,
  type ProgramEvent,
  type ProgramSetup,
  type Step,
} from '../images/program';
import type { WireRequest } from '../machinery/ports';
import { ContainerFiles } from './container-files';
import { appendLog, isAlive } from './container-run';
import { cpuLimit, lastRun, memoryLimit, type KubeletCore } from './core';
import { brokenDeviceOf } from './devices';
import type { ContainerRecord, PodRecord, Process, Run } from './state';
import { typeAt } from './terminal';
import { countServed, setBase, spendCpu } from './usage-meter';

/** A running container and one of its processes. */
export interface ProcessPlace {
  readonly record: PodRecord;
  readonly container: ContainerRecord;
  readonly run: Run;
  /** `main`, or the name of a process that a probe or a hook started. */
  readonly process: string;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly place: ProcessPlace;
  readonly code: number;
  readonly reason: string;
  readonly output: string;
  readonly purpose: Process['purpose'];
  readonly about: string;
}

/** Called when a process has ended by itself. */
export type OnProcessEnd = (end: ProcessEnd) => void;

const alikePorts = new Alike<readonly number[]>(16);

const keyOf = ({ record, container, run, process }: ProcessPlace, detail: string): string =>
  [record.uid, container.name, run.attempt, process, detail].join('/');

/** The container's run and the process that a timer's key names, as long as that run is the one that runs. */
export function placeOf(core: KubeletCore, key: string): (ProcessPlace & { detail: string }) | undefined {
  const [uid = '', name = '', attempt = '', process = '', ...rest] = key.split('/');
  const record = core.pod(uid);
  const container = record?.containers.get(name);
  const run = container && lastRun(container);
  if (!record || !container || !isAlive(run) || String(run.attempt) !== attempt || !run.processes.has(process))
    return undefined;
  return { record, container, run, process, detail: rest.join('/') };
}

/** The processes of a machine: programs, and what becomes of their effects. */
export class Processes {
  constructor(
    private readonly core: KubeletCore,
    private readonly onEnd: OnProcessEnd,
  ) {}

  /** Starts a process in a running container. What it prints goes to the container's log if it is the main one. */
  start(
    place: ProcessPlace,
    program: ProgramName,
    setup: ProgramSetup,
    purpose: Process['purpose'],
    about: string,
  ): void {
    const process: Process = {
      program,
      setup,
      state: {},
      output: '',
      purpose,
      about,
      startedMs: this.core.nowMs,
      timers: NONE,
    };
    place.run.processes.set(place.process, process);
    const step = startProgram(PROGRAMS[program], this.#context(place, setup));
    this.#take(place, process, step);
  }

  /** A name for another process of the run. */
  nextName(run: Run): string {
    return `p${run.nextProcess++}`;
  }

  /** Tells a process something. Returns what it wanted done. */
  deliver(place: ProcessPlace, event: ProgramEvent): ProgramEffect[] {
    const process = place.run.processes.get(place.process);
    if (!process) return [];
    if (place.run.hanging) {
      place.run.hanging.events.push({ process: place.process, event });
      return [];
    }
    const step = stepProgram(PROGRAMS[process.program], process.state, event, this.#context(place, process.setup));
    this.#take(place, process, step);
    return step.effects;
  }

  /** Passes a request from the network to the process that listens on the port. Returns false where none does. */
  serve(place: ProcessPlace, request: WireRequest, port: number, path: string): boolean {
    if (!listens(place.run, port)) return false;
    place.run.serving = owned(place.run.serving).set(request.id, request);
    countServed(place.run.meter, this.core.nowMs);
    const { id, method, body } = request;
    this.deliver(place, { kind: 'request', request: { id, method, path, ...(body === undefined ? {} : { body }) } });
    return true;
  }

  /** A process has ended: its machine's kernel closes the connections on which somebody waits for it. */
  reset(run: Run): void {
    for (const request of run.serving.values()) this.core.parts.wire.refuse(request, 'ConnectionReset', 0);
    run.serving = emptyMap();
  }

  /** Ends all processes of a run without telling them. */
  stopAll(record: PodRecord, container: ContainerRecord, run: Run): void {
    const { clock, training } = this.core.parts;
    for (const timer of run.training) training.cancel(timer);
    for (const [name, process] of run.processes) {
      for (const id of process.timers)
        clock.cancel(this.core.name, 'process', keyOf({ record, container, run, process: name }, id));
      if (process.purpose === 'exec') this.core.parts.connections.exited(process.about, KILLED);
    }
    run.training = NONE;
    run.processes.clear();
    run.serving = emptyMap();
    run.hanging = null;
  }

  /** The network is back: what hung goes on. */
  release(place: ProcessPlace): void {
    const { hanging } = place.run;
    if (!hanging) return;
    place.run.hanging = null;
    this.#apply({ ...place, process: hanging.process }, hanging.effects);
    for (const { process, event } of hanging.events) {
      if (isAlive(place.run)) this.deliver({ ...place, process }, event);
    }
  }

  #context({ record, container, run }: ProcessPlace, setup: ProgramSetup): ProgramContext {
    const { clock } = this.core.parts;
    const files = new ContainerFiles(this.core, record, container.name, run);
    const brokenDevice = brokenDeviceOf(this.core, record, container.name);
    return { setup, nowMs: clock.nowMs, epochMs: clock.state.epochMs, files, brokenDevice };
  }

  #take(place: ProcessPlace, process: Process, step: Step<object>): void {
    process.state = step.state;
    this.#apply(place, step.effects);
  }

  #apply(place: ProcessPlace, effects: readonly ProgramEffect[]): void {
    for (const [index, effect] of effects.entries()) {
      if (!place.run.processes.has(place.process)) return;
      if (effect.kind === 'writeFile' || effect.kind === 'deleteFile') {
        const files = new ContainerFiles(this.core, place.record, place.container.name, place.run);
        if (files.hangs(effect.path)) {
          place.run.hanging = { process: place.process, effects: effects.slice(index), events: [] };
          return;
        }
        files.write(effect.path, effect.kind === 'writeFile' ? effect.text : undefined);
        this.core.usesMore('ephemeral-storage', place.record);
      } else this.#carryOut(place, effect);
    }
  }

  #carryOut(place: ProcessPlace, effect: Exclude<ProgramEffect, { kind: 'writeFile' | 'deleteFile' }>): void {
    const { run } = place;
    const { core } = this;
    switch (effect.kind) {
      case 'log':
        return this.#print(place, effect.text);
      case 'print':
        return this.#pass(place, effect.stream, effect.data);
      case 'exit':
        return this.#end(place, effect.code, effect.reason ?? '');
      case 'sleep':
        return this.#sleep(place, effect.id, effect.ms, effect.endless === true);
      case 'wake':
        return core.cancel('process', keyOf(place, effect.id));
      case 'serve':
        if (!run.ports.includes(effect.port)) run.ports = alikePorts.share(run.ports.concat(effect.port));
        return;
      case 'respond':
        return this.#respond(run, effect);
      case 'request':
        return this.#request(place, effect);
      case 'useCpu':
        return setBase(run.meter, Math.min(effect.milli, cpuLimit(place.record, place.container.name)), core.nowMs);
      case 'spendCpu':
        return this.#spend(place, effect.ms);
      case 'useMemory':
        core.useMemory(run, effect.bytes);
        if (effect.bytes > memoryLimit(place.record, place.container.name))
          this.#end(place, OUT_OF_MEMORY, 'OOMKilled');
        else core.usesMore('memory');
        return;
      case 'train':
        return this.#train(place, effect);
    }
  }

  #print({ record, run, process: name }: ProcessPlace, text: string): void {
    const process = present(run.processes.get(name), 'the process that prints');
    if (process.purpose === 'main') {
      appendLog(run.log, text, this.core.nowMs);
      if (record.limitsStorage) this.core.usesMore('ephemeral-storage', record);
    } else process.output += `${text}\n`;
  }

  /** What a process prints for whoever started it from outside. A terminal has one stream, and lines end as there. */
  #pass({ run, process: name }: ProcessPlace, stream: 'stdout' | 'stderr', data: string): void {
    const { about, setup } = present(run.processes.get(name), 'the process that prints');
    const { connections } = this.core.parts;
    if (setup.streams?.tty) connections.print(about, 'stdout', data.replaceAll('\n', '\r\n'));
    else connections.print(about, stream, data);
  }

  /** Bytes come for a process's standard input, perhaps by a terminal, which shows them. */
  type(place: ProcessPlace, data: string, ends: boolean): void {
    const process = place.run.processes.get(place.process);
    if (!process?.setup.streams?.stdin) return;
    if (!process.setup.streams.tty || process.purpose === 'main')
      return void this.deliver(place, { kind: 'stdin', data, ends });
    const { typed, echo, lines, endOfInput, interrupted } = typeAt(process.typed ?? '', data);
    process.typed = typed;
    if (echo !== '') this.core.parts.connections.print(process.about, 'stdout', echo);
    if (interrupted) this.deliver(place, { kind: 'signal', signal: 'INT' });
    if (lines !== '') this.deliver(place, { kind: 'stdin', data: lines, ends: false });
    if (endOfInput || ends) this.deliver(place, { kind: 'stdin', data: '', ends: true });
  }

  #end(place: ProcessPlace, code: number, reason: string): void {
    const { run } = place;
    const process = present(run.processes.get(place.process), 'the process that ends');
    for (const id of process.timers) this.core.cancel('process', keyOf(place, id));
    run.processes.delete(place.process);
    this.onEnd({ place, code, reason, output: process.output, purpose: process.purpose, about: process.about });
  }

  #sleep(place: ProcessPlace, id: string, ms: number, endless: boolean): void {
    const process = present(place.run.processes.get(place.process), 'the process that sleeps');
    if (!process.timers.includes(id)) process.timers = process.timers.concat(id);
    this.core.after(ms, 'process', keyOf(place, id), undefined, endless);
  }

  #respond(run: Run, { id, code, body, afterMs }: ProgramEffect & { kind: 'respond' }): void {
    const request = run.serving.get(id);
    run.serving = without(run.serving, id);
    if (!request) return;
    const waitMs = Math.max(afterMs, run.busyUntilMs - this.core.nowMs);
    this.core.parts.wire.answer(request, { id, code, ...(body === undefined ? {} : { body }) }, waitMs);
  }

  /** Work takes longer than its CPU time where a limit holds it back, and what comes next waits for it. */
  #spend(place: ProcessPlace, ms: number): void {
    const { run } = place;
    const { nowMs } = this.core;
    spendCpu(run.meter, ms, nowMs);
    const limit = cpuLimit(place.record, place.container.name);
    if (limit < Infinity) run.busyUntilMs = Math.max(nowMs, run.busyUntilMs) + (ms * 1000) / Math.max(1, limit);
  }

  #request(place: ProcessPlace, effect: ProgramEffect & { kind: 'request' }): void {
    const { kind: _, id, ...asked } = effect;
    const key = keyOf(place, id);
    const { namespace, name } = place.record;
    this.core.parts.wire.send({
      id: key,
      replyTo: { owner: this.core.name, key },
      from: { namespace, pod: name, node: this.core.nodeName, address: place.record.sandbox.ip },
      ...asked,
    });
  }

  #train(place: ProcessPlace, { run: step, request, ms }: ProgramEffect & { kind: 'train' }): void {
    const run = keyOf(place, step);
    const { namespace, name } = place.record;
    place.run.training = [run];
    this.core.parts.training.ask({
      run,
      pod: `${namespace}/${name}`,
      request: { ...(request as { [key: string]: Json }), run },
      completesAtMs: this.core.nowMs + ms,
      replyTo: { owner: this.core.name, key: run },
    });
  }
}

/** The code of a process that ends with its container. */
const KILLED = 137;

/** The code of a process that was killed for want of memory. */
const OUT_OF_MEMORY = 137;

/** Whether a program accepts connections on the port. */
export function listens(run: Run, port: number): boolean {
  return run.ports.includes(port) || run.ports.includes(0);
}
