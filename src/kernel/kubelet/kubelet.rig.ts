import type { FailureKind } from '../../api/requests';
import { assert } from '../../base/assert';
import { seedRandom } from '../../base/random';
import type { Draft, Event, Json, Node, Pod, ResourceName, ResourceTypes } from '../../api/objects';
import { ApiServer } from '../apiserver/api-server';
import type { TypedClient } from '../apiserver/typed-client';
import { CONVENTIONS, type Conventions } from '../images/conventions';
import type { Component } from '../machinery/component';
import { EventRecorder } from '../machinery/event-recorder';
import { Informers } from '../machinery/informers';
import { Machines } from '../machinery/machines';
import type { VolumeContents, VolumeFile, Wire, WireRequest, WireResponse } from '../machinery/ports';
import { TrainingQueue } from '../machinery/training-queue';
import { WatchHub } from '../machinery/watch-hub';
import { Store } from '../store/store';
import { Clock } from '../time/clock';
import { Kubelet, KUBELET_INFORMERS } from './kubelet';

const EPOCH_MS = Date.UTC(2026, 0, 5, 9);

/** Disks that hold what is written to them. */
class Disks implements VolumeContents {
  readonly volumes = new Map<string, Map<string, VolumeFile>>();

  constructor(private readonly clock: Clock) {}

  exists(volume: string): boolean {
    return this.volumes.has(volume);
  }
  create(volume: string): void {
    if (!this.exists(volume)) this.volumes.set(volume, new Map());
  }
  remove(volume: string): void {
    this.volumes.delete(volume);
  }
  read(volume: string, path: string): VolumeFile | undefined {
    return this.volumes.get(volume)?.get(path);
  }
  write(volume: string, path: string, text: string): void {
    this.volumes.get(volume)?.set(path, { text, atMs: this.clock.nowMs });
  }
  delete(volume: string, path: string): void {
    this.volumes.get(volume)?.delete(path);
  }
  list(volume: string): string[] {
    return [...(this.volumes.get(volume)?.keys() ?? [])];
  }
}

/** A wire that keeps what is sent. */
class Notes implements Wire {
  readonly sent: WireRequest[] = [];
  readonly answers: WireResponse[] = [];
  readonly refusals: { id: string; kind: FailureKind }[] = [];
  send(request: WireRequest): void {
    this.sent.push(request);
  }
  answer(_request: WireRequest, response: WireResponse): void {
    this.answers.push(response);
  }
  refuse({ id }: WireRequest, kind: FailureKind): void {
    this.refusals.push({ id, kind });
  }
  works(): void {}
}

/** What a Pod went through: `[seconds, text]` for each change of what is watched. */
export type Timeline = [number, string][];

/** Kubelets on a real API server. Pods are bound by the one who makes them. */
export class KubeletRig {
  readonly clock = new Clock(EPOCH_MS);
  readonly store = new Store();
  readonly api: ApiServer;
  readonly client: TypedClient;
  readonly hub: WatchHub;
  readonly machines = new Machines();
  readonly disks: Disks;
  readonly wire = new Notes();
  readonly training: TrainingQueue;
  readonly kubelets = new Map<string, Kubelet>();
  readonly #components = new Map<string, Component>();
  readonly #histories = new Map<string, Timeline>();

  constructor(
    nodes: readonly string[] = ['cpu-1'],
    readonly seed = 1,
    readonly conventions: Conventions = CONVENTIONS.recorded,
    capacity: Record<string, string> = {},
    readonly pluggedResources: ReadonlySet<string> = new Set(),
  ) {
    this.api = new ApiServer(this.store, this.clock, seedRandom(seed, 'kube-apiserver'));
    this.client = this.api.clientFor('test');
    this.hub = new WatchHub(this.store, this.clock, seed);
    this.disks = new Disks(this.clock);
    this.training = new TrainingQueue(this.clock);
    this.#components.set(this.hub.name, this.hub);
    this.#components.set(this.training.name, this.training);
    this.api.bootstrap();
    for (const namespace of ['default', 'kube-node-lease']) {
      if (!this.client.get('namespaces', '', namespace))
        this.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
    this.create('serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    });
    this.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace: 'default' },
      data: { 'ca.crt': 'x' },
    });
    for (const name of nodes) this.addNode(name, capacity);
    this.store.onWrite((event) => {
      if (event.resource === 'pods')
        this.#note(event.key, event.type === 'DELETED' ? undefined : (event.object as Pod));
    });
    this.run(2000);
  }

  addNode(name: string, more: Record<string, string>): Kubelet {
    const capacity = { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi', ...more };
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      spec: {},
      status: { capacity },
    };
    this.machines.add(node as unknown as Node);
    const owner = `kubelet/${name}`;
    const informers = new Informers(owner, KUBELET_INFORMERS(name), this.hub, this.store);
    const client = this.api.clientFor(owner);
    const { clock, machines, disks: volumes, wire, training, conventions, seed } = this;
    const recorder = new EventRecorder({ component: 'kubelet', host: name }, client, clock);
    const kubelet = new Kubelet(name, {
      clock,
      client,
      informers,
      recorder,
      machines,
      volumes,
      wire,
      training,
      connections: { print: () => {}, exited: () => {} },
      conventions,
      pluggedResources: this.pluggedResources,
      seed,
    });
    this.kubelets.set(name, kubelet);
    this.#components.set(owner, kubelet);
    kubelet.begin();
    return kubelet;
  }

  kubelet(name = 'cpu-1'): Kubelet {
    const kubelet = this.kubelets.get(name);
    assert(kubelet, `there is no machine ${name}`);
    return kubelet;
  }

  /** Cuts a machine off the network, or joins it again. */
  cut(name: string, cut: boolean): void {
    this.hub.setCut(`kubelet/${name}`, cut);
    if (cut) this.kubelet(name).linkDown();
    else this.kubelet(name).linkUp();
  }

  create<R extends ResourceName>(resource: R, draft: object): ResourceTypes[R] {
    return this.client.create(resource, draft as Draft<ResourceTypes[R]>);
  }

  /** A Pod of one container (or as `spec` says), bound to a machine. Its history starts now. */
  pod(name: string, container: object, spec: object = {}, node = 'cpu-1'): Pod {
    this.#startMs = this.clock.nowMs;
    const containers = [{ name: 'main', image: 'busybox:1.36', ...container }];
    return this.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers, nodeName: node, ...spec },
    });
  }

  #startMs = 0;

  get(name: string): Pod | undefined {
    return this.client.get('pods', 'default', name);
  }

  remove(name: string, gracePeriodSeconds?: number): void {
    this.client.remove('pods', 'default', name, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
  }

  /** Lets virtual time pass; stops where training is awaited. */
  run(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    for (;;) {
      const hold = this.training.holdAtMs();
      assert(hold > untilMs || hold > this.clock.nowMs || this.clock.nextAtMs() > hold, 'training is awaited');
      const timer = this.clock.take(Math.min(untilMs, hold));
      if (!timer) break;
      this.#components.get(timer.owner)?.handle(timer);
    }
    this.clock.moveTo(Math.min(untilMs, Math.max(this.training.holdAtMs(), this.clock.nowMs)));
  }

  /** Answers the training that is asked for, and runs on until `ms` have passed. */
  train(ms: number, answer: (request: Json) => Json): void {
    const untilMs = this.clock.nowMs + ms;
    while (this.clock.nowMs < untilMs) {
      this.run(untilMs - this.clock.nowMs);
      for (const ask of [...this.training.open()]) this.training.resolve(ask.run, answer(ask.request));
    }
  }

  log(name: string, container = 'main', previous = false): string[] {
    const pod = this.get(name);
    for (const kubelet of this.kubelets.values()) {
      const uid = pod?.metadata.uid ?? [...kubelet.state.pods.values()].find((record) => record.name === name)?.uid;
      const log = uid === undefined ? undefined : kubelet.logs(uid, container, previous);
      if (log) return log.lines.map((line) => line.text);
    }
    return [];
  }

  /** `Reason: message` of the Events about a Pod, each once, in the order of their first appearance. */
  events(name: string): string[] {
    return this.client
      .list('events')
      .filter((event: Event) => event.involvedObject.name === name)
      .map((event) => `${event.reason}: ${event.message}`);
  }

  reasons(name: string): string {
    return this.events(name)
      .map((event) => event.split(':')[0]!)
      .join(' > ');
  }

  /** The Pod's history: phase, then `Ready`, then each container. Values held for less than `minSeconds` are left out. */
  history(name: string, minSeconds = 0.4): Timeline {
    const all = this.#histories.get(`default/${name}`) ?? [];
    const kept = all.filter(([at], index) => (all[index + 1]?.[0] ?? Infinity) - at >= minSeconds);
    return kept.filter(([, text], index) => kept[index - 1]?.[1] !== text);
  }

  #note(key: string, pod: Pod | undefined): void {
    const text = pod ? describePod(pod) : 'gone';
    let history = this.#histories.get(key);
    if (!history) this.#histories.set(key, (history = []));
    if (history.at(-1)?.[1] !== text) history.push([Math.round((this.clock.nowMs - this.#startMs) / 100) / 10, text]);
  }
}

function describePod(pod: Pod): string {
  const ready = pod.status.conditions?.find((condition) => condition.type === 'Ready')?.status;
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  const containers = statuses.map(({ name, state, restartCount }) => {
    const { waiting, terminated } = state ?? {};
    const what = waiting ? waiting.reason : terminated ? `${terminated.reason} ${terminated.exitCode}` : 'running';
    return `${name}=${what}${restartCount ? ` r${restartCount}` : ''}`;
  });
  const phase = `${pod.status.phase}${pod.status.reason ? ` ${pod.status.reason}` : ''}`;
  return [phase, ready === 'True' ? 'Ready' : '', pod.metadata.deletionTimestamp ? 'deleting' : '', ...containers]
    .filter(Boolean)
    .join(' ');
}
