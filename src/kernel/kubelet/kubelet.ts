import { assert } from '../../base/assert';
import { NONE } from '../../base/shared-map';
import type { Json, Node, Pod, PodStatus } from '../../api/objects';
import type { Component } from '../machinery/component';
import { emptyRecorder } from '../machinery/event-recorder';
import type { InformersOptions } from '../machinery/informers';
import type { WireRequest, WireResponse } from '../machinery/ports';
import type { StoreEvent } from '../store/event';
import type { Timer } from '../time/clock';
import { nextState, withTaken } from './compile-machine';
import { isAlive, runState } from './container-run';
import { forgetPlans } from './forget-plans';
import { Containers } from './containers';
import { KubeletCore, lastRun, NODE, RUNTIME_KINDS, START_KINDS, type KubeletParts } from './core';
import { registerCsiNode } from './csi-node';
import { brokenDeviceOf, holdersOf } from './devices';
import { forgetDevices, forgetPlugin, reconnectPlugins } from './device-plugins';
import { emptyState } from './empty-state';
import { EvictionManager } from './eviction';
import { finishPull } from './image-puller';
import { beat, nextPodIp, registerNode, reportNode } from './node-status';
import { relist } from './pleg';
import { PodIntake } from './pod-intake';
import { createRecord, workerState } from './pod-record';
import { generateStatus } from './pod-status';
import { PodWorkers } from './pod-workers';
import { StaticPods } from './static-pods';
import { Streaming } from './streaming';
import { Probes } from './probes';
import { placeOf } from './processes';
import type { KubeletState, LogLine, PodRecord, ProbeType } from './state';
import { removePod, setStatus, writeStatus } from './status-writer';
import { volumeState } from './volume-mounts';
import { podUsage } from './pod-usage';
import { readMeter, type PodUsage } from './usage-meter';

const KUBELET_START_MS = 300;
const RUNTIME_READY_MS = 150;
const NETWORK_BACK_MS = 10_500;
const RESPONSE_PORT = 80;
/** How long a machine looks for an address that none of its Pods has any more. */
const NO_ROUTE_MS = 3000;

/** What a kubelet watches: its Node and the Pods bound to it. */
export const KUBELET_INFORMERS = (nodeName: string): InformersOptions => ({
  resources: { pods: [], nodes: [] },
  nodeName,
  latencyMs: [2, 20],
});

/**
 * The agent of one machine, and the machine's containers. It sees its Node and the Pods bound to it through its
 * informers, and speaks to nobody but the API server. Models pkg/kubelet/kubelet.go.
 */
export class Kubelet implements Component {
  readonly name: string;
  readonly streaming: Streaming;
  readonly #core: KubeletCore;
  readonly #containers: Containers;
  readonly #probes: Probes;
  readonly #workers: PodWorkers;
  readonly #intake: PodIntake;
  readonly #statics: StaticPods;
  readonly #eviction: EvictionManager;

  constructor(nodeName: string, parts: KubeletParts) {
    this.name = `kubelet/${nodeName}`;
    this.#core = new KubeletCore(this.name, nodeName, parts, emptyState(parts.seed, this.name));
    this.#probes = new Probes(
      this.#core,
      () => this.#containers,
      (record, type) => this.#probeChanged(record, type),
    );
    this.#workers = new PodWorkers(this.#core, () => this.#containers, this.#probes);
    this.#containers = new Containers(this.#core, {
      ended: (record) => this.#whenAttended(() => this.#workers.ended(record)),
      hooked: (record, failure) => this.#whenAttended(() => this.#workers.hooked(record, failure)),
      order: this.#workers.ending,
      probed: (record, about, ok, output) => this.#whenAttended(() => this.#probes.finished(record, about, ok, output)),
    });
    this.streaming = new Streaming(this.#core, () => this.#containers);
    this.#statics = new StaticPods(this.#core, this.#workers);
    this.#intake = new PodIntake(this.#core, this.#workers, this.#statics);
    this.#eviction = new EvictionManager(this.#core, (record, seconds) => this.#workers.terminate(record, seconds));
    this.#core.usesMore = (resource, record) => this.#eviction.consider(resource, record);
    parts.informers.on('pods', (event) => this.#intake.seen(event));
    parts.informers.on('nodes', (event) => this.#nodeSeen(event));
  }

  get state(): KubeletState {
    return this.#core.state;
  }

  restore(state: object): void {
    this.#core.state = state as KubeletState;
  }

  handle(timer: Timer): void {
    const handler = this.#handlers[timer.kind];
    assert(handler, `${this.name} has no handler for ${timer.kind}`);
    if (!this.#core.powered) return;
    if (!this.#core.attended && !RUNTIME_KINDS.has(timer.kind) && !START_KINDS.has(timer.kind)) return;
    handler(timer);
    this.#core.parts.client.because([]);
  }

  /** The machine is switched on for the first time. */
  begin(): void {
    this.#switchOn();
  }

  #switchOn(): void {
    this.#core.machine.kubeletUp = true;
    this.#moveNode('POWER_ON');
    this.#core.after(KUBELET_START_MS, 'kubeletStart', '');
  }

  /** Containers may end while no kubelet looks: it will find out when it starts. */
  #whenAttended(act: () => void): void {
    if (this.#core.attended) act();
  }

  /** Switches the machine on; its kubelet starts by itself. */
  powerOn(): void {
    if (this.#core.powered) return;
    this.#core.machine.powered = true;
    this.#core.machine.boots += 1;
    this.#switchOn();
  }

  /** The power fails: everything on the machine is gone at once, and nobody is told. */
  powerOff(): void {
    if (!this.#core.powered) return;
    this.#core.machine.powered = false;
    this.#moveNode('POWER_OFF');
    for (const record of this.state.pods.values()) {
      record.sandbox.state = record.sandbox.state === 'none' ? 'none' : 'notReady';
      record.sandbox.ip = '';
      for (const container of record.containers.values()) {
        for (const run of container.runs) if (isAlive(run)) this.#containers.lose(record, container, run);
      }
    }
    this.#core.parts.clock.cancelAll(this.name);
    this.state.events = [];
  }

  /** The network is gone: containers run on, and nobody hears of it. */
  linkDown(): void {
    this.#core.machine.linked = false;
  }

  /** The network is back: what could not be said is said now, and what hung goes on. */
  linkUp(): void {
    if (this.#core.machine.linked) return;
    this.#core.machine.linked = true;
    for (const record of [...this.state.pods.values()]) this.#release(record);
    if (this.#core.online) this.#catchUp();
    if (this.#core.attended) this.#core.after(NETWORK_BACK_MS, 'nodeStatus', '');
  }

  get linked(): boolean {
    return this.#core.machine.linked;
  }

  /** No API server answers any more: what runs goes on. */
  disconnect(): void {
    this.#core.machine.served = false;
  }

  /** An API server answers again: the Node's lease comes first, then what could not be said. */
  connect(): void {
    if (this.#core.machine.served) return;
    this.#core.machine.served = true;
    if (!this.#core.online) return;
    this.#beat();
    this.#catchUp();
  }

  #beat(): void {
    beat(this.#core);
    if (this.#core.machine.manifests.size > 0) this.#statics.mirror();
  }

  /** Files of static Pods have come to the machine or gone from it. */
  manifestsChanged(): void {
    if (this.#core.attended) this.#statics.sync();
  }

  /** A Pod is found to run on the machine, and to have done so for a while. Returns its status. */
  adopt(pod: Pod): PodStatus {
    const record = createRecord(pod);
    this.state.pods.set(record.uid, record);
    record.sandbox = { state: 'ready', seen: true, ip: this.#addressFor(record), attempt: 1 };
    return this.#workers.adopt(record);
  }

  /** Ends a program in all of the machine's containers; it cannot be started until `startProgram`. */
  stopProgram(program: string): void {
    this.#core.machine.stopped.add(program);
    this.#containers.killAll(program);
  }

  /** A program can run again: its containers are started at once, whatever their back-off. */
  startProgram(program: string): void {
    this.#core.machine.stopped.delete(program);
    for (const { record, container } of this.#containers.of(program)) {
      container.backOff = null;
      if (this.#core.attended) this.#workers.update(record);
    }
  }

  /** Whether a static Pod of this machine runs. */
  runsStatic(pod: string): boolean {
    return this.#statics.runs(pod);
  }

  #catchUp(): void {
    if (this.state.relistWanted) this.#intake.relist();
    this.#statics.mirror();
    this.#core.flushEvents();
    this.#sayWhatWasHeld();
  }

  #sayWhatWasHeld(): void {
    for (const record of [...this.state.pods.values()]) {
      writeStatus(this.#core, record);
      if (record.stage === 'finished') removePod(this.#core, record);
    }
  }

  #release(record: PodRecord): void {
    for (const container of record.containers.values()) {
      const run = lastRun(container);
      if (isAlive(run)) this.#containers.processes.release({ record, container, run, process: 'main' });
    }
  }

  /** The kubelet's process stops; containers run on. */
  stopKubelet(): void {
    if (!this.#core.powered || !this.#core.machine.kubeletUp) return;
    this.#core.machine.kubeletUp = false;
    this.#moveNode('KUBELET_STOPPED');
    const { clock } = this.#core.parts;
    for (const { owner, kind, key } of clock.of(this.name))
      if (!RUNTIME_KINDS.has(kind)) clock.cancel(owner, kind, key);
  }

  startKubelet(): void {
    if (!this.#core.powered || this.#core.machine.kubeletUp) return;
    this.#core.machine.kubeletUp = true;
    this.#moveNode('KUBELET_STARTED');
    this.#core.after(KUBELET_START_MS, 'kubeletStart', '');
  }

  /** Ends a running container with the code; 137 and OOMKilled for want of memory. Returns false where none runs. */
  crash(namespace: string, pod: string, name: string, exitCode: number, reason = ''): boolean {
    for (const record of this.state.pods.values()) {
      if (record.namespace !== namespace || record.name !== pod) continue;
      const container = record.containers.get(name);
      const run = container && lastRun(container);
      if (!container || !isAlive(run)) continue;
      this.#containers.kill(record, container, run, exitCode, reason);
      return true;
    }
    return false;
  }

  /** Something about the machine has changed that its Node's status tells: pressure, devices. */
  machineChanged(): void {
    if (!this.#core.attended) return;
    this.#core.after(0, 'nodeStatus', '');
    this.#eviction.consider();
  }

  /** A device fails, or works again: programs that compute on it notice, and the Pods that have it say so. */
  deviceChanged(id: string): void {
    this.machineChanged();
    if (!this.#core.powered) return;
    for (const { record, container: name } of holdersOf(this.#core, id)) {
      const container = record.containers.get(name)!;
      const run = lastRun(container);
      if (brokenDeviceOf(this.#core, record, name) !== '' && isAlive(run)) {
        const place = { record, container, run, process: 'main' };
        this.#containers.processes.deliver(place, { kind: 'deviceFailed', device: id });
      }
      if (this.#core.attended && record.stage === 'sync' && record.status) {
        setStatus(this.#core, record, generateStatus(this.#core, record, false));
      }
    }
  }

  /**
   * The lines of a container's log: of its newest run, or of the one before. `from` counts lines since the run began;
   * `next` is where to go on. `undefined` where there is no such run.
   */
  logs(
    uid: string,
    container: string,
    previous = false,
    from = 0,
  ): { lines: readonly LogLine[]; next: number; ended: boolean } | undefined {
    const run = this.state.pods.get(uid)?.containers.get(container)?.runs[previous ? 1 : 0];
    if (!run) return undefined;
    const { lines, dropped } = run.log;
    return { lines: lines.slice(Math.max(0, from - dropped)), next: dropped + lines.length, ended: !isAlive(run) };
  }

  /** Where the machines stand: the node's, and those of a Pod: its worker, its containers' newest runs, its volumes. */
  machineStates(uid: string): {
    node: string;
    worker?: string;
    containers: Record<string, string>;
    volumes: Record<string, string>;
  } {
    const record = this.state.pods.get(uid);
    const containers = [...(record?.containers.values() ?? [])].map(({ name, runs }) => [
      name,
      runs[0] ? runState(runs[0]) : 'waiting',
    ]);
    const volumes = [...(record?.volumes.values() ?? [])].map((volume) => [volume.name, volumeState(volume)]);
    return {
      node: NODE.states[this.state.node]!,
      ...(record ? { worker: workerState(record) } : {}),
      containers: Object.fromEntries(containers) as Record<string, string>,
      volumes: Object.fromEntries(volumes) as Record<string, string>,
    };
  }

  /** The devices in use, as `resource/id`, once for each container that has it. */
  devicesInUse(): string[] {
    return [...this.state.pods.values()].flatMap((record) => [...record.devices.values()].flat());
  }

  /** CPU in thousandths and memory in bytes that all containers of the machine use now. */
  used(): { cpuMilli: number; memoryBytes: number } {
    const sum = { cpuMilli: 0, memoryBytes: 0 };
    for (const record of this.state.pods.values()) {
      for (const container of record.containers.values()) {
        const run = lastRun(container);
        if (!isAlive(run)) continue;
        sum.cpuMilli += readMeter(run.meter, this.#core.nowMs)?.cpuMilli ?? run.meter.baseMilli;
        sum.memoryBytes += run.memoryBytes;
      }
    }
    return sum;
  }

  /** What the Pods of the machine use, as far as their containers ran through the last window. */
  usage(): PodUsage[] {
    return [...this.state.pods.values()].flatMap((record) => podUsage(record, this.#core.nowMs) ?? []);
  }

  readonly #handlers: Record<string, (timer: Timer) => void> = {
    kubeletStart: () => this.#kubeletStarted(),
    runtimeReady: () => this.#runtimeReady(),
    lease: () => this.#beat(),
    nodeStatus: () => reportNode(this.#core),
    relist: () => this.#relisted(),
    observe: ({ key }) => this.#withPod(key, (record) => this.#observe(record)),
    work: ({ key }) => this.#withPod(key, (record) => this.#workers.update(record)),
    volumes: ({ key }) => this.#withPod(key, (record) => this.#workers.lookAtVolumes(record)),
    unmount: ({ key }) => this.#withPod(key, (record) => this.#workers.resume(record, 'cleaning', 'UNMOUNTED')),
    sandbox: ({ key }) => this.#withPod(key, (record) => this.#workers.sandboxReady(record, this.#addressFor(record))),
    ended: ({ key }) => this.#withPod(key, (record) => this.#workers.afterEnd(record)),
    pull: () => this.#pulled(),
    evict: () => this.#eviction.look(),
    devicePlugin: ({ key }) => forgetPlugin(this.#core, key),
    deadline: ({ key }) => this.#withPod(key, (record) => this.#workers.update(record)),
    reconcile: ({ key }) => this.#withPod(key, (record) => this.#intake.reconcile(record)),
    resize: () => this.#workers.retryResizes(),
    refresh: ({ key }) => this.#withPod(key, (record) => this.#workers.refresh(record)),
    probe: ({ key }) => this.#probes.due(key),
    probeTimeout: ({ key, data }) => this.#probes.timedOut(key, String(data)),
    process: ({ key }) => this.#processTimer(key),
    gracePeriod: (timer) => this.#containers.delayOver(timer),
    remainingGrace: (timer) => this.#containers.delayOver(timer),
    turn: (timer) => this.#containers.delayOver(timer),
    hook: ({ key, data }) => this.#containers.hookTimer(key, typeof data === 'string' ? data : null),
    request: (timer) => this.#request(timer),
    response: (timer) => this.#response(timer),
    training: (timer) => this.#trained(timer),
  };

  #withPod(uid: string, act: (record: PodRecord) => void): void {
    const record = this.#core.pod(uid);
    if (record) act(record);
  }

  #observe(record: PodRecord): void {
    if (workerState(record) !== 'observing') return;
    const outcome = this.#workers.awaitPicture(record);
    if (outcome) this.#workers.advance(record, outcome);
  }

  #relisted(): void {
    for (const record of relist(this.#core)) {
      record.fresh = true;
      if (workerState(record) === 'observing') this.#observe(record);
      this.#workers.update(record);
    }
  }

  #pulled(): void {
    const done = finishPull(this.#core);
    if (done) this.#workers.pulled(done.record, done.container, done.trouble);
  }

  #addressFor(record: PodRecord): string {
    return record.pod.spec.hostNetwork ? this.state.hostIp : nextPodIp(this.#core);
  }

  #processTimer(key: string): void {
    const place = placeOf(this.#core, key);
    if (!place) return;
    this.#containers.processes.deliver(place, { kind: 'timer', id: place.detail });
  }

  #trained({ key, data }: Timer): void {
    const place = placeOf(this.#core, key);
    if (!place) return;
    place.run.training = NONE;
    const { result } = data as { run: string; result: Json };
    this.#containers.processes.deliver(place, { kind: 'training', run: place.detail, result });
  }

  /** A request from the network for a Pod of this machine. */
  #request({ key, data }: Timer): void {
    const request = data as unknown as { request: WireRequest; port: number; path: string };
    const record = this.#core.pod(key.split('/')[0]!);
    for (const container of record?.containers.values() ?? []) {
      const run = lastRun(container);
      if (!isAlive(run)) continue;
      const place = { record: record!, container, run, process: 'main' };
      if (this.#containers.processes.serve(place, request.request, request.port ?? RESPONSE_PORT, request.path)) return;
    }
    if (record) this.#core.parts.wire.refuse(request.request, 'ConnectionRefused', 0);
    else this.#core.parts.wire.refuse(request.request, 'NoRouteToHost', NO_ROUTE_MS);
  }

  #response({ key, data }: Timer): void {
    const place = placeOf(this.#core, key);
    const response = data as unknown as WireResponse;
    if (place) this.#containers.processes.deliver(place, { kind: 'response', ...response, id: place.detail });
  }

  #moveNode(event: string): void {
    const next = nextState(NODE, this.state.node, event);
    assert(next >= 0, `${this.name} has no ${event} while ${NODE.states[this.state.node]}`);
    this.state.nodeTaken = withTaken(NODE, this.state.nodeTaken, this.state.node, event);
    this.state.node = next;
  }

  #kubeletStarted(): void {
    this.#moveNode('kubeletStart');
    const { state } = this;
    state.startedMs = this.#core.nowMs;
    state.registered = false;
    state.reportedReady = false;
    state.knownUnschedulable = false;
    state.pressure = { observedMs: new Map(), leaving: null };
    state.pulls = [];
    state.pullBackOff.clear();
    const { recorder } = this.#core.parts;
    recorder.restore(emptyRecorder(recorder.state.sequence));
    for (const record of state.pods.values()) forgetPlans(record);
    forgetDevices(this.#core);
    registerNode(this.#core);
    this.#core.after(RUNTIME_READY_MS, 'runtimeReady', '');
  }

  #runtimeReady(): void {
    this.#moveNode('runtimeReady');
    reconnectPlugins(this.#core);
    beat(this.#core);
    reportNode(this.#core);
    registerCsiNode(this.#core);
    this.#intake.relist();
    this.#statics.sync();
    this.#sayWhatWasHeld();
    this.#eviction.consider();
  }

  #nodeSeen(event: StoreEvent<Node>): void {
    if (!this.#core.attended) return;
    const attached = (node: Node | undefined): unknown => node?.status.volumesAttached;
    if (attached(event.object) === attached(event.previous)) return;
    for (const record of this.state.pods.values()) {
      if (workerState(record) === 'mounting') this.#core.after(0, 'volumes', record.uid);
    }
  }

  #probeChanged(record: PodRecord, type: ProbeType): void {
    if (record.stage !== 'sync') return;
    if (record.status) setStatus(this.#core, record, generateStatus(this.#core, record, false));
    if (type !== 'readiness') this.#workers.update(record);
  }
}
