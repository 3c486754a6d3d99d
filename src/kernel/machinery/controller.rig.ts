import { seedRandom } from '../../base/random';
import type { Draft, Event, Node, Pod, ResourceName, ResourceTypes } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { ApiServer } from '../apiserver/api-server';
import type { TypedClient } from '../apiserver/typed-client';
import { Store } from '../store/store';
import { Clock, type Timer } from '../time/clock';
import type { Component } from './component';
import type { ControllerParts } from './controller';
import { EventRecorder } from './event-recorder';
import { Informers, type InformersOptions } from './informers';
import { WatchHub } from './watch-hub';

/** A controller as its table lists it. */
export interface RigRow<P extends ControllerParts> {
  readonly actor: string;
  readonly recorderComponent: string;
  readonly make: (parts: P) => Component & { begin(): void };
}

/** How the rig's stand-in for scheduler and kubelets treats Pods. */
export interface PodLife {
  /** Milliseconds until a new Pod runs and is ready; Infinity: never. */
  startMs: number;
  /** Milliseconds until a ready Pod ends; Infinity: never. */
  runMs: number;
  exitCode: number;
  /** Milliseconds until a deleted Pod is gone. */
  stopMs: number;
  /** Where Pods are placed. */
  nodeName: string | ((pod: Pod) => string);
}

const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * Controllers on a real API server, with caches that lag as in the cluster. Pods are run by a stand-in: they become
 * ready, end and go as `life` says.
 */
export class ControllerRig<P extends ControllerParts = ControllerParts> {
  readonly clock = new Clock(EPOCH_MS);
  readonly store = new Store();
  readonly api: ApiServer;
  readonly client: TypedClient;
  readonly life: PodLife = { startMs: 1000, runMs: Infinity, exitCode: 0, stopMs: 1000, nodeName: 'cpu-1' };
  readonly informers: Informers;
  readonly #components = new Map<string, Component>();

  constructor(
    rows: readonly RigRow<P>[],
    options: InformersOptions,
    seed: number,
    more: Omit<P, keyof ControllerParts>,
  ) {
    this.api = new ApiServer(this.store, this.clock, seedRandom(seed, 'kube-apiserver'));
    this.client = this.api.clientFor('test');
    const hub = new WatchHub(this.store, this.clock, seed);
    this.informers = new Informers('kube-controller-manager', options, hub, this.store);
    this.#components.set(hub.name, hub);
    for (const { actor, recorderComponent, make } of rows) {
      const client = this.api.clientFor(actor);
      const recorder = new EventRecorder({ component: recorderComponent }, client, this.clock);
      const parts = { clock: this.clock, client, informers: this.informers, recorder, seed, ...more } as P;
      const component = make(parts);
      component.begin();
      this.#components.set(component.name, component);
    }
    this.store.onWrite((event) => {
      if (event.resource === 'pods' && event.type !== 'DELETED') this.#followPod(event.key, event.object as Pod);
    });
    this.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    this.run(100);
  }

  /** Creates from plain data, as a manifest would be written. */
  create<R extends ResourceName>(resource: R, draft: object): ResourceTypes[R] {
    return this.client.create(resource, draft as Draft<ResourceTypes[R]>);
  }

  /** Lets virtual time pass. */
  run(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    for (let timer = this.clock.take(untilMs); timer; timer = this.clock.take(untilMs)) this.#dispatch(timer);
    this.clock.moveTo(untilMs);
  }

  #dispatch(timer: Timer): void {
    if (timer.owner === 'rig') this.#movePod(timer.kind, timer.key);
    else this.#components.get(timer.owner)?.handle(timer);
  }

  /** Runs until a condition holds, looking every 50 ms; fails after `limitMs`. Returns the seconds it took. */
  until(holds: () => boolean, limitMs = 120_000): number {
    const startMs = this.clock.nowMs;
    while (!holds()) {
      if (this.clock.nowMs - startMs > limitMs) throw new Error('the condition did not come true');
      this.run(50);
    }
    return (this.clock.nowMs - startMs) / 1000;
  }

  get<R extends ResourceName>(resource: R, name: string, namespace = 'default'): ResourceTypes[R] | undefined {
    return this.client.get(resource, namespace, name);
  }

  pods(namespace = 'default'): Pod[] {
    return this.client.list('pods', namespace);
  }

  /** `Reason: message` of the Events about an object, in the order of their first appearance. */
  events(kind: string, name: string): string[] {
    const about = (event: Event): boolean => event.involvedObject.kind === kind && event.involvedObject.name === name;
    return this.client
      .list('events')
      .filter(about)
      .map((event) => `${event.reason}: ${event.message}`);
  }

  addNode(name: string, zone = 'zone-a', more: Partial<Node['spec']> = {}): Node {
    const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone };
    const heartbeat = { lastHeartbeatTime: this.clock.time, lastTransitionTime: this.clock.time };
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ready', ...heartbeat }];
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: more, status: { conditions } };
    return this.create('nodes', node);
  }

  /** Renews the lease of a node, as its kubelet would: now, and every ten seconds until `stopped` says so. */
  beat(name: string): void {
    const renewTime = this.clock.microTime;
    const lease = this.client.get('leases', 'kube-node-lease', name);
    if (lease) {
      this.client.update('leases', { ...lease, spec: { ...lease.spec, renewTime } });
    } else {
      const metadata = { name, namespace: 'kube-node-lease' };
      this.create('leases', { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { renewTime } });
    }
  }

  /** Writes a Pod's status as a kubelet would. */
  setPod(name: string, change: (pod: Pod) => Partial<Pod['status']>, namespace = 'default'): void {
    const write = (pod: Pod): Pod => ({ ...pod, status: { ...pod.status, ...change(pod) } });
    this.client.patch('pods', namespace, name, write, 'status');
  }

  #followPod(key: string, pod: Pod): void {
    const { clock, life } = this;
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
    if (deletionTimestamp && deletionGracePeriodSeconds > 0) {
      if (!clock.timer('rig', 'stop', key)) clock.after(life.stopMs, 'rig', 'stop', key);
    } else if (!pod.spec.nodeName && life.startMs < Infinity) {
      if (!clock.timer('rig', 'start', key)) clock.after(life.startMs, 'rig', 'start', key);
    }
  }

  #movePod(kind: string, key: string): void {
    const pod = this.store.get('pods', key) as Pod | undefined;
    if (!pod) return;
    const { name, namespace = '', uid } = pod.metadata;
    if (kind === 'start') {
      if (pod.metadata.deletionTimestamp) return;
      const { nodeName } = this.life;
      this.client.bind(namespace, name, uid, typeof nodeName === 'string' ? nodeName : nodeName(pod));
      this.setPod(name, () => this.#running(), namespace);
      if (this.life.runMs < Infinity) this.clock.after(this.life.runMs, 'rig', 'end', key);
    } else if (kind === 'end') {
      this.setPod(name, () => this.#ended(this.life.exitCode), namespace);
    } else {
      this.setPod(name, ({ status }) => (status.phase === 'Failed' ? {} : this.#ended(0)), namespace);
      try {
        this.client.remove('pods', namespace, name, { gracePeriodSeconds: 0 });
      } catch (error) {
        if (!isRefusal(error, 'NotFound')) throw error;
      }
    }
  }

  #running(): Partial<Pod['status']> {
    const lastTransitionTime = this.clock.time;
    return {
      phase: 'Running',
      podIPs: [{ ip: '10.0.0.1' }],
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }],
    };
  }

  #ended(exitCode: number): Partial<Pod['status']> {
    const now = this.clock.time;
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: now };
    const status = { name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } };
    return {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: now }],
      containerStatuses: [status],
    };
  }
}
