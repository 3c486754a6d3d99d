import type { Probe } from '../../api/objects';
import { owned } from '../../base/shared-map';
import { PROGRAMS } from '../images/catalogue';
import type { ProgramEffect } from '../images/program';
import { isAlive } from './container-run';
import type { Containers } from './containers';
import { lastRun, specOf, type KubeletCore } from './core';
import { portNumber, targetOf } from './hooks';
import { listens } from './processes';
import { isStarted, probeKey, probeSpec } from './probe-results';
import { restartsAll } from './restart-all';
import { restartsAfter } from './restart-policy';
import type { ContainerRecord, PodRecord, ProbeRecord, ProbeType, Run } from './state';

const TYPES: readonly ProbeType[] = ['startup', 'readiness', 'liveness'];
const LABELS = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' };
/** What is believed of a run before its first probe. */
const INITIAL: Record<ProbeType, boolean | null> = { startup: null, liveness: true, readiness: false };
const SECOND_MS = 1000;

/** Whom a probe's change of mind concerns. */
export type OnProbe = (record: PodRecord, type: ProbeType) => void;

/** The probes of a machine's containers. Models pkg/kubelet/prober. */
export class Probes {
  constructor(
    private readonly core: KubeletCore,
    private readonly containers: () => Containers,
    private readonly onChange: OnProbe,
  ) {}

  /** Begins to probe what the Pod's spec asks for. */
  add(record: PodRecord): void {
    for (const container of record.containers.values()) {
      if (container.kind === 'init') continue;
      for (const type of TYPES) {
        const key = probeKey(container.name, type);
        const spec = probeSpec(record, container.name, type);
        if (!spec || record.probes.has(key)) continue;
        record.probes = owned(record.probes).set(key, {
          container: container.name,
          type,
          attempt: -1,
          onHold: false,
          last: null,
          inRow: 0,
          result: null,
          restsSinceMs: null,
        });
        const periodMs = periodOf(spec);
        const isYoung = this.core.nowMs - this.core.state.startedMs < periodMs;
        this.core.after(isYoung ? this.core.between(0, periodMs) : 0, 'probe', `${record.uid}/${key}`, undefined, true);
      }
    }
  }

  /** The probes of a Pod that runs already have found what they will find. */
  adopt(record: PodRecord): void {
    this.add(record);
    for (const [key, probe] of record.probes) {
      const run = lastRun(record.containers.get(probe.container)!)!;
      Object.assign(probe, { attempt: run.attempt, last: true, inRow: 1, result: true });
      this.#restIfSteady(record, probe, run, `${record.uid}/${key}`);
    }
  }

  /** A program that always answers the same needs to be asked once: there is no timer while nothing can change. */
  #restIfSteady(record: PodRecord, probe: ProbeRecord, run: Run, timer: string): void {
    const program = run.processes.get('main')?.program;
    const isSteady = program !== undefined && PROGRAMS[program].steady === true;
    if (!isSteady || probe.result !== true || probeSpec(record, probe.container, probe.type)?.exec) return;
    probe.restsSinceMs = this.core.nowMs;
    this.core.cancel('probe', timer);
  }

  /** Another run has to be asked again, at the moments at which the one before would have been. */
  #wake(record: PodRecord, probe: ProbeRecord, sinceMs: number): void {
    const container = record.containers.get(probe.container)!;
    if (lastRun(container)?.attempt === probe.attempt) return;
    const periodMs = periodOf(probeSpec(record, probe.container, probe.type)!);
    const after = (ms: number): number => sinceMs + (Math.floor((ms - sinceMs) / periodMs) + 1) * periodMs;
    const ended = container.runs.find((run) => run.attempt === probe.attempt);
    if (after(ended?.finishedMs ?? sinceMs) <= this.core.nowMs) probe.result = false;
    probe.restsSinceMs = null;
    const key = `${record.uid}/${probeKey(probe.container, probe.type)}`;
    this.core.at(after(this.core.nowMs), 'probe', key, true);
  }

  /** Stops the probes; what they found stays. */
  stop(record: PodRecord, types: readonly ProbeType[] = TYPES): void {
    for (const [key, probe] of record.probes) {
      if (!types.includes(probe.type)) continue;
      this.core.cancel('probe', `${record.uid}/${key}`);
      this.core.cancel('probeTimeout', `${record.uid}/${key}`);
    }
  }

  /** Runs the readiness probes of containers that run and are not ready, now. Models prober_manager.go UpdatePodStatus. */
  hurry(record: PodRecord): void {
    for (const probe of record.probes.values()) {
      if (probe.restsSinceMs !== null) this.#wake(record, probe, probe.restsSinceMs);
      if (probe.type !== 'readiness' || probe.result === true) continue;
      const container = record.containers.get(probe.container)!;
      const run = lastRun(container);
      if (run?.seen === 'running' && isAlive(run) && isStarted(record, container, run)) {
        this.core.after(1, 'probe', `${record.uid}/${probeKey(probe.container, 'readiness')}`, undefined, true);
      }
    }
  }

  /** The moment of a probe. */
  due(key: string): void {
    const [uid = '', name = '', type = ''] = key.split('/');
    const record = this.core.pod(uid);
    const probe = record?.probes.get(`${name}/${type}`);
    const container = record?.containers.get(name);
    if (!record || !probe || !container) return;
    const spec = probeSpec(record, name, probe.type)!;
    this.core.after(periodOf(spec), 'probe', key, undefined, true);
    const run = lastRun(container);
    if (!run || run.seen === 'nothing') return;
    if (probe.attempt !== run.attempt) {
      probe.attempt = run.attempt;
      probe.result = INITIAL[probe.type];
      probe.onHold = false;
      probe.last = null;
      probe.inRow = 0;
    }
    if (probe.onHold) return;
    if (run.seen === 'exited' || !isAlive(run)) return this.#ended(record, container, probe, run);
    if (this.core.nowMs - run.startedMs < (spec.initialDelaySeconds ?? 0) * SECOND_MS) return;
    if (isStarted(record, container, run) === (probe.type === 'startup')) return;
    this.#run(record, container, probe, run, spec);
    this.#restIfSteady(record, probe, run, key);
  }

  #ended(record: PodRecord, container: ContainerRecord, probe: ProbeRecord, run: Run): void {
    if (run.seen !== 'exited') return;
    this.#set(record, probe, false);
    if (!restartsAfter(record, container, run.exitCode) && !restartsAll(record))
      this.core.cancel('probe', `${record.uid}/${probeKey(container.name, probe.type)}`);
  }

  #run(record: PodRecord, container: ContainerRecord, probe: ProbeRecord, run: Run, spec: Probe): void {
    if (!spec.exec) {
      const failure = spec.httpGet
        ? this.#httpGet(record, container, run, spec)
        : connection(record, container, run, spec);
      return this.#conclude(record, container, probe, failure === null, failure ?? '');
    }
    const about = probeKey(container.name, probe.type);
    if (this.core.parts.clock.timer(this.core.name, 'probeTimeout', `${record.uid}/${about}`)) return;
    const timeoutMs = (spec.timeoutSeconds ?? 1) * SECOND_MS;
    const command = spec.exec.command ?? [];
    const process = this.containers().exec({ record, container, run }, command, 'probe', about);
    if (run.processes.has(process)) this.core.after(timeoutMs, 'probeTimeout', `${record.uid}/${about}`, process, true);
  }

  #httpGet(record: PodRecord, container: ContainerRecord, run: Run, { httpGet, timeoutSeconds }: Probe): string | null {
    const port = portNumber(specOf(record, container.name), httpGet!.port);
    const { url, host, path } = targetOf(record, httpGet!, port);
    if (!listens(run, port)) return `Get "${url}": dial tcp ${host}: connect: connection refused`;
    const request = { id: 'probe', method: 'GET', path };
    const place = { record, container, run, process: 'main' };
    const effects = this.containers().processes.deliver(place, { kind: 'request', request });
    const answer = effects.find(
      (effect): effect is ProgramEffect & { kind: 'respond' } => effect.kind === 'respond' && effect.id === 'probe',
    );
    if (!answer || answer.afterMs > (timeoutSeconds ?? 1) * SECOND_MS) {
      return `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
    }
    return answer.code >= 200 && answer.code < 400 ? null : `HTTP probe failed with statuscode: ${answer.code}`;
  }

  /** The process of an exec probe has ended. */
  finished(record: PodRecord, about: string, ok: boolean, output: string): void {
    const probe = record.probes.get(about);
    const container = probe && record.containers.get(probe.container);
    if (!probe || !container) return;
    this.core.cancel('probeTimeout', `${record.uid}/${about}`);
    this.#conclude(record, container, probe, ok, output);
  }

  /** The process of an exec probe has taken too long. */
  timedOut(key: string, process: string): void {
    const [uid = '', name = '', type = ''] = key.split('/');
    const record = this.core.pod(uid);
    const probe = record?.probes.get(`${name}/${type}`);
    const container = record?.containers.get(name);
    const run = container && lastRun(container);
    if (!record || !probe || !container || !run) return;
    run.processes.delete(process);
    const spec = probeSpec(record, name, probe.type)!;
    const command = (spec.exec?.command ?? []).join(' ');
    const message = `command timed out: "${command}" timed out after ${spec.timeoutSeconds ?? 1}s`;
    this.#conclude(record, container, probe, false, message);
  }

  #conclude(record: PodRecord, container: ContainerRecord, probe: ProbeRecord, ok: boolean, output: string): void {
    const spec = probeSpec(record, container.name, probe.type)!;
    if (!ok)
      this.core.containerEvent(
        record,
        container,
        'Warning',
        'Unhealthy',
        `${LABELS[probe.type]} probe failed: ${output}`,
      );
    probe.inRow = probe.last === ok ? probe.inRow + 1 : 1;
    probe.last = ok;
    const threshold = ok ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3);
    if (probe.inRow < threshold) return;
    if (!ok && probe.type !== 'readiness') {
      probe.onHold = true;
      probe.inRow = 0;
    }
    this.#set(record, probe, ok);
  }

  #set(record: PodRecord, probe: ProbeRecord, result: boolean): void {
    if (probe.result === result) return;
    probe.result = result;
    this.onChange(record, probe.type);
  }
}

const periodOf = (spec: Probe): number => (spec.periodSeconds ?? 10) * SECOND_MS;

/** A gRPC client goes on trying to connect until its time is over. */
function connection(record: PodRecord, container: ContainerRecord, run: Run, spec: Probe): string | null {
  const port = portNumber(specOf(record, container.name), spec.tcpSocket?.port ?? spec.grpc?.port ?? 0);
  if (listens(run, port)) return null;
  const address = `${spec.tcpSocket?.host || record.sandbox.ip}:${port}`;
  if (!spec.grpc) return `dial tcp ${address}: connect: connection refused`;
  const timeout = `${spec.timeoutSeconds ?? 1}s`;
  return `timeout: failed to connect service "${address}" within ${timeout}: context deadline exceeded`;
}
