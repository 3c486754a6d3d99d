import { assert, present } from '../base/assert';
import { seedRandom } from '../base/random';
import { copyInSteps, copyState, hashState } from '../base/state';
import type { ApiRequest, ApiResponse } from '../api/client';
import type { Fault } from '../api/faults';
import type { ApiObject, Node } from '../api/objects';
import type { WorldChange, WorldView } from '../api/world-change';
import { AddOns } from './addons/add-ons';
import { resourcesOf, type AddOnName } from './addons/table';
import { ApiServer } from './apiserver/api-server';
import { METRICS_ROWS } from './apiserver/metrics';
import { Registry } from './apiserver/registry';
import type { TypedClient } from './apiserver/typed-client';
import { AUTOSCALER_INFORMERS, ClusterAutoscaler } from './autoscaler/cluster-autoscaler';
import { ClusterMetrics } from './cluster-metrics';
import { CONTROLLERS, CONTROLLER_INFORMERS, PROVIDER_CONTROLLERS } from './controllers/table';
import { Connections } from './connections';
import { ControlPlane, type ControlPlaneKind, type ControlPlaneNodes } from './control-plane';
import { clientOf, clientsOf, nodeHands, settleControlPlane } from './control-plane-hands';
import { carryOut, faultProblem } from './faults';
import type { Input } from './input';
import { postObject } from './post-object';
import { lookUp } from './images/catalogue';
import { CONVENTIONS } from './images/conventions';
import { parseImage } from './images/reference';
import { LeaderElection } from './leader-election';
import { Kubelet, KUBELET_INFORMERS } from './kubelet/kubelet';
import type { Component } from './machinery/component';
import { EventRecorder } from './machinery/event-recorder';
import { Informers } from './machinery/informers';
import { Machines } from './machinery/machines';
import { TrainingQueue } from './machinery/training-queue';
import { WatchHub } from './machinery/watch-hub';
import { Network, NETWORK_INFORMERS } from './network/network';
import { NodePools, poolProblem, poolViews } from './node-pools';
import type { RunningMachine } from '../api/lifecycle';
import { lifecycleOf } from './lifecycle';
import { podConnections, readConnection, sendInput, type ChannelNews } from './pod-connections';
import { followLog, readLog, type LogChunk } from './pod-logs';
import { statefulParts, type Process } from './process';
import { Processes } from './processes';
import { Scheduler, SCHEDULER_INFORMERS } from './scheduler/scheduler';
import { STORAGE_CONTROLLERS } from './storage/table';
import { VolumeFiles } from './storage/volume-contents';
import { Leases } from './store/leases';
import { Store } from './store/store';
import { Clock } from './time/clock';

/** How a cluster begins. */
export interface ClusterStart {
  seed: number;
  /** Milliseconds since the Unix epoch at virtual time 0. */
  epochMs: number;
  /** Which tables of images, times and programs hold. */
  conventions: 'podium' | 'recorded';
  /** Whose the control plane is; nobody's in particular where nothing is said. */
  controlPlane?: ControlPlaneKind;
  nodes: readonly Node[];
  /** What runs in Pods of `kube-system` from the start; nothing where nothing is said. */
  addOns?: readonly AddOnName[];
  /** What the API holds besides: StorageClasses and the like. */
  objects: readonly ApiObject[];
}

/** A copy of everything mutable, by part. API objects are shared with the cluster. */
export type ClusterSnapshot = ReadonlyMap<string, object>;

/** How `run` ended: at its moment, at one where training is awaited, or at its limit of events. */
export type RunEnd = 'reached' | 'waiting' | 'limit';

/** The cluster runs this long before virtual time 0, so that it is found ready. */
const BOOT_MS = 60_000;
/** Events of the boot between two looks at whether a slice ends. */
const EVENTS_A_LOOK = 16;
const AUTOSCALER = 'cluster-autoscaler';

interface Stateful {
  state: object;
  restore(state: never): void;
}

/**
 * A whole cluster: a function of its start and its inputs. Synchronous; time passes only in `run`. It composes the
 * parts, which otherwise meet in the store.
 */
export class Cluster {
  readonly clock: Clock;
  readonly store = new Store();
  readonly api: ApiServer;
  readonly hub: WatchHub;
  readonly machines = new Machines();
  readonly training: TrainingQueue;
  readonly volumes: VolumeFiles;
  readonly connections = new Connections();
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly kubelets = new Map<string, Kubelet>();
  readonly controlPlane: ControlPlane;
  /** The programs of the control plane that work: one leader each. */
  readonly #leaders: Processes;
  /** The programs of the cluster by name: kube-scheduler, kube-controller-manager, a kubelet a machine … */
  readonly #processes = new Map<string, Process>();
  readonly #components = new Map<string, Component>();
  readonly #parts = new Map<string, Stateful>();
  /** The cloud's node pools, once one of them has bounds. */
  #pools: NodePools | undefined;

  /** How many of the machines to start with have been switched on; all of them once the cluster has booted. */
  #started = 0;

  /** `boots` says whether it is ready at once, or once `boot` says so. */
  constructor(
    readonly start: ClusterStart,
    boots: 'at once' | 'in slices' = 'at once',
  ) {
    this.clock = new Clock(start.epochMs, -BOOT_MS);
    const { metricsApi, system } = CONVENTIONS[start.conventions];
    const registry = new Registry(false, metricsApi ? METRICS_ROWS : []);
    this.api = new ApiServer(this.store, this.clock, seedRandom(start.seed, 'kube-apiserver'), registry);
    if (metricsApi) this.api.metrics = new ClusterMetrics(this.machines, this.kubelets, this.clock, system);
    this.hub = new WatchHub(this.store, this.clock, start.seed);
    this.training = new TrainingQueue(this.clock);
    this.volumes = new VolumeFiles(this.clock);
    this.#keep('clock', this.clock);
    this.#keep('etcd', this.store);
    this.#keep('causes', this.store.causes);
    this.#keep('kube-apiserver', this.api);
    this.#keep('machines', this.machines);
    this.#keep('volumes', this.volumes);
    this.#leaders = new Processes(this.clock, this.hub, start.seed);
    this.controlPlane = new ControlPlane({
      clock: this.clock,
      seed: start.seed,
      kind: start.controlPlane ?? 'plain',
      processes: this.#leaders,
      clients: () => clientsOf(this),
      removeNode: (name, input) => this.#removeNode(name, input),
      ...(start.controlPlane === 'self-managed' ? { nodes: this.#controlPlaneNodes() } : {}),
    });
    this.api.reach = this.controlPlane;
    this.#own(new Leases(this.store, this.clock, () => this.controlPlane.quorum));
    this.#own(this.hub);
    this.#own(this.training);
    this.#own(this.connections);
    this.#own(this.#leaders);
    this.#own(new AddOns(this));
    this.#own(this.controlPlane);
    this.#runControllers();
    this.scheduler = this.#runScheduler();
    this.network = this.#runNetwork();
    this.#install();
    if (boots === 'at once') this.boot(() => false);
  }

  /** Goes on with booting until it is done or `ends`. Returns whether the cluster is ready: its time is 0 then. */
  boot(ends: () => boolean): boolean {
    const { nodes } = this.start;
    while (this.#started < nodes.length) {
      this.addMachine(nodes[this.#started++]!);
      if (this.#started === nodes.length) settleControlPlane(this);
      if (ends()) return false;
    }
    for (;;) {
      const end = this.run(0, EVENTS_A_LOOK);
      assert(end !== 'waiting', 'a cluster boots without training');
      if (end === 'reached') return true;
      if (ends()) return false;
    }
  }

  /**
   * Runs what is due up to `untilMs`, at most `limit` events of the clock. Time stops before events at a moment for
   * which a training result is awaited.
   */
  run(untilMs: number, limit = Infinity): RunEnd {
    for (let left = limit; left > 0; left--) {
      const holdAtMs = this.training.holdAtMs();
      if (holdAtMs <= untilMs && this.clock.nextAtMs() >= holdAtMs) {
        this.clock.moveTo(Math.max(holdAtMs, this.clock.nowMs));
        return 'waiting';
      }
      const timer = this.clock.take(untilMs);
      if (!timer) {
        if (untilMs > this.clock.nowMs) this.clock.moveTo(untilMs);
        return 'reached';
      }
      this.#components.get(timer.owner)?.handle(timer);
    }
    return 'limit';
  }

  /** Takes an input of the journal in, now. `index` is its place in the journal. A request gets its answer. */
  input(input: Input, index: number): ApiResponse | undefined {
    switch (input.kind) {
      case 'request':
        return this.api.handle(input.request, { actor: input.client, input: index });
      case 'fault':
        carryOut(this, input.fault, index);
        return undefined;
      case 'training':
        this.training.resolve(input.run, input.result);
        return undefined;
      case 'world':
        this.#changeWorld(input.change);
        return undefined;
      case 'stdin':
        sendInput(this, input);
        return undefined;
    }
  }

  /** Why a fault cannot happen here and now, or `undefined`. */
  faultProblem(fault: Fault): string | undefined {
    return faultProblem(this, fault);
  }

  /** Why the world cannot be changed so, or `undefined`. */
  worldProblem(change: WorldChange): string | undefined {
    return change.type === 'pool' ? poolProblem(change, this.machines, this.#pools) : undefined;
  }

  /** What is true of the world and stands in no object. */
  world(): WorldView {
    const { registryUp, megabytesPerSecond } = this.machines.state;
    const pools = poolViews(this.machines, this.#pools);
    const { disturbance, nameServerUp } = this.network;
    const names = nameServerUp === undefined ? {} : { nameServerUp };
    return { registryUp, megabytesPerSecond, ...names, network: disturbance, pools };
  }

  #changeWorld(change: WorldChange): void {
    if (change.type === 'bandwidth') this.machines.state.megabytesPerSecond = change.megabytesPerSecond;
    else {
      this.#pools ??= this.#makePools();
      this.#pools.change(change);
      if (this.#pools.groups().length > 0 && !this.#processes.has(AUTOSCALER))
        this.#makeAutoscaler(this.#pools).begin();
    }
  }

  /** A copy of everything mutable. It stays as it is while the cluster runs on. */
  snapshot(): ClusterSnapshot {
    const copy = new Map<string, object>();
    for (const [name, part] of this.#parts) copy.set(name, copyState(part.state));
    return copy;
  }

  /** The same in steps. Nothing of the cluster may change until the last one. */
  *snapshotInSteps(): Generator<void, ClusterSnapshot> {
    const copy = new Map<string, object>();
    for (const [name, part] of this.#parts) {
      copy.set(name, yield* copyInSteps(part.state));
      yield;
    }
    return copy;
  }

  /** Puts the cluster back to where a snapshot of it was taken. */
  restore(snapshot: ClusterSnapshot): void {
    const { machines } = snapshot.get('machines') as Machines['state'];
    for (const name of [...this.kubelets.keys()]) if (!machines.has(name)) this.#dropKubelet(name);
    for (const name of machines.keys()) if (!this.kubelets.has(name)) this.#makeKubelet(name);
    this.#restorePools(snapshot);
    for (const [name, part] of this.#parts) {
      const state = snapshot.get(name);
      assert(state, `the snapshot has no ${name}`);
      part.restore(copyState(state) as never);
    }
  }

  /** A hash of the whole state, in hexadecimal. */
  hash(): string {
    let hash = 0x811c9dc5;
    for (const name of [...this.#parts.keys()].sort())
      hash = hashState(this.#parts.get(name)!.state, hashState(name, hash));
    return hash.toString(16).padStart(8, '0');
  }

  /** Adds a machine; its kubelet starts and registers it. */
  addMachine(node: Node): void {
    this.machines.add(node);
    this.network.expectNode(node.metadata.name);
    const kubelet = this.#makeKubelet(node.metadata.name);
    this.controlPlane.welcome(clientOf(this.hub, kubelet));
    kubelet.begin();
  }

  /** Takes a machine and its Node away, as a cloud does that takes it back. `input` is the journal's entry that asked for it. */
  removeMachine(name: string, input?: number): void {
    this.#dropKubelet(name);
    this.machines.remove(name);
    this.network.forgetNode(name);
    this.controlPlane.look();
    this.controlPlane.whenAnswered(name, input);
  }

  /** The cloud says that a machine is no more. Models cloud-provider's node lifecycle controller. */
  #removeNode(name: string, input?: number): void {
    const client = this.api.clientFor('cloud-node-controller');
    client.because([], input);
    if (!this.machines.get(name) && client.get('nodes', '', name)) client.remove('nodes', '', name);
  }

  /** What a reader of a connection has yet to see; `undefined` where it is none. */
  readConnection(id: string, position: number): ChannelNews | undefined {
    return readConnection(this, id, position);
  }

  /** What a reader of a followed log has yet to see; `position` −1 begins. */
  followLog(request: ApiRequest, position: number): LogChunk | { refusal: ApiResponse } {
    return followLog(this, request, position);
  }

  /** The state machines behind a Pod, for whoever draws them, by name. */
  lifecycle(namespace: string, name: string): Record<string, RunningMachine> {
    return lifecycleOf(this, namespace, name);
  }

  /** How large an image is, in megabytes; 0 where no registry has it. */
  imageSizeMb(image: string): number {
    const reference = parseImage(image);
    const found = 'problem' in reference ? undefined : lookUp(CONVENTIONS[this.start.conventions], reference);
    return found && 'sizeMb' in found ? found.sizeMb : 0;
  }

  #dropKubelet(name: string): void {
    this.#drop(`kubelet/${name}`);
    this.kubelets.delete(name);
  }

  #drop(name: string): void {
    const process = this.#processes.get(name);
    assert(process, `there is no process ${name}`);
    for (const [part] of statefulParts(process)) this.#parts.delete(part);
    for (const component of process.components) this.#components.delete(component.name);
    this.hub.unsubscribe(process.informers.name);
    this.clock.cancelAll(name);
    this.#processes.delete(name);
  }

  /** Node pools and their autoscaler are there from the first change of a pool on: a snapshot has them or not. */
  #restorePools(snapshot: ClusterSnapshot): void {
    const [hasPools, hasAutoscaler] = [snapshot.has('component/node-pools'), snapshot.has(`component/${AUTOSCALER}`)];
    if (!hasAutoscaler && this.#processes.has(AUTOSCALER)) this.#drop(AUTOSCALER);
    if (!hasPools && this.#pools) {
      this.#parts.delete('component/node-pools');
      this.#components.delete(this.#pools.name);
      this.#pools = undefined;
    }
    if (hasPools) this.#pools ??= this.#makePools();
    if (hasAutoscaler && !this.#processes.has(AUTOSCALER)) this.#makeAutoscaler(present(this.#pools, 'the node pools'));
  }

  #makePools(): NodePools {
    const hands = { add: (node: Node) => this.addMachine(node), remove: (name: string) => this.removeMachine(name) };
    const pools = new NodePools(this.clock, this.machines, hands, this.start.seed);
    this.#own(pools);
    return pools;
  }

  #makeAutoscaler(pools: NodePools): ClusterAutoscaler {
    const { clock } = this;
    const informers = new Informers(AUTOSCALER, AUTOSCALER_INFORMERS, this.hub, this.store);
    const client = this.api.clientFor(AUTOSCALER);
    const recorder = new EventRecorder({ component: AUTOSCALER }, client, clock);
    const autoscaler = new ClusterAutoscaler({ clock, client, informers, recorder, seed: this.start.seed }, pools);
    this.#run({ name: AUTOSCALER, informers, components: [autoscaler], recorders: [recorder] });
    return autoscaler;
  }

  #runControllers(): void {
    const informers = new Informers('kube-controller-manager', CONTROLLER_INFORMERS, this.hub, this.store);
    const { clock, volumes } = this;
    const { seed } = this.start;
    const recorders: EventRecorder[] = [];
    const provider = CONVENTIONS[this.start.conventions].loadBalancers ? PROVIDER_CONTROLLERS : [];
    const components = [...CONTROLLERS, ...STORAGE_CONTROLLERS, ...provider].map(
      ({ actor, recorderComponent, make }) => {
        const client = this.api.clientFor(actor, 'kube-controller-manager');
        const recorder = new EventRecorder({ component: recorderComponent }, client, clock);
        recorders.push(recorder);
        return make({ clock, client, informers, recorder, seed, volumes });
      },
    );
    const process = { name: 'kube-controller-manager', informers, components, recorders };
    this.#run(process);
    this.#leaders.add(process, () => {
      informers.relist();
      for (const component of components) component.begin();
    });
  }

  #runScheduler(): Scheduler {
    const informers = new Informers('kube-scheduler', SCHEDULER_INFORMERS, this.hub, this.store);
    const client = this.api.clientFor('kube-scheduler');
    const recorder = new EventRecorder({ component: 'default-scheduler' }, client, this.clock);
    const scheduler = new Scheduler({ clock: this.clock, client, informers, recorder, seed: this.start.seed });
    const process = { name: 'kube-scheduler', informers, components: [scheduler], recorders: [recorder] };
    this.#run(process);
    this.#leaders.add(process, () => scheduler.start());
    return scheduler;
  }

  #runNetwork(): Network {
    const informers = new Informers('network', NETWORK_INFORMERS, this.hub, this.store);
    const { clock, machines } = this;
    const inPods = new Set<string>(this.start.addOns);
    const network = new Network({ clock, informers, machines, inPods, seed: this.start.seed });
    this.#run({ name: 'network', informers, components: [network], recorders: [] });
    return network;
  }

  #makeKubelet(name: string): Kubelet {
    const owner = `kubelet/${name}`;
    const informers = new Informers(owner, KUBELET_INFORMERS(name), this.hub, this.store);
    const client = this.api.clientFor(owner, 'kubelet');
    const recorder = new EventRecorder({ component: 'kubelet', host: name }, client, this.clock);
    const { clock, machines, volumes, network: wire, training, connections } = this;
    const { seed } = this.start;
    const conventions = CONVENTIONS[this.start.conventions];
    const bandwidth = (): number => machines.state.megabytesPerSecond;
    const pluggedResources = resourcesOf(this.start.addOns);
    const onStaticPod = (): void => this.controlPlane.look();
    const parts = {
      nodeName: name,
      onStaticPod,
      pluggedResources,
      clock,
      client,
      informers,
      recorder,
      machines,
      volumes,
      wire,
      training,
      connections,
      conventions,
      bandwidth,
      seed,
    };
    const kubelet = new Kubelet(name, parts);
    this.kubelets.set(name, kubelet);
    this.#run({ name: owner, informers, components: [kubelet], recorders: [recorder] });
    return kubelet;
  }

  #controlPlaneNodes(): ControlPlaneNodes {
    const hands = nodeHands(this);
    return { ...hands, election: this.#runElection((component, node) => hands.exit(component, node, 1)) };
  }

  #runElection(exit: (component: string, node: string) => void): LeaderElection {
    const { clock } = this;
    const voiceOf = (name: string, component: string): [string, { client: TypedClient; recorder: EventRecorder }] => {
      const client = this.api.clientFor(name);
      const recorder = new EventRecorder({ component }, client, clock);
      this.#keep(`leader-election/recorder/${name}`, recorder);
      return [name, { client, recorder }];
    };
    const election = new LeaderElection({
      clock,
      seed: this.start.seed,
      voices: new Map([
        voiceOf('kube-scheduler', 'default-scheduler'),
        voiceOf('kube-controller-manager', 'kube-controller-manager'),
      ]),
      isAnswered: (_component, node) => this.controlPlane.isAnswered(node),
      begin: (component) => this.#leaders.lead(component),
      end: (component) => this.#leaders.stop(component),
      exit,
    });
    this.#own(election);
    return election;
  }

  /** Everything but the machines. */
  #install(): void {
    this.api.bootstrap();
    this.api.connections = podConnections(this);
    this.api.logs = { read: (...asked) => readLog(this, ...asked) };
    for (const object of this.start.objects) postObject(this.api, object);
    if (this.start.controlPlane !== 'self-managed') this.#leaders.beginAll();
  }

  #run(process: Process): void {
    this.#processes.set(process.name, process);
    for (const [name, part] of statefulParts(process)) this.#keep(name, part);
    for (const component of process.components) this.#components.set(component.name, component);
  }

  #own(component: Component): void {
    this.#components.set(component.name, component);
    this.#keep(`component/${component.name}`, component);
  }

  #keep(name: string, part: Stateful): void {
    assert(!this.#parts.has(name), `there are two parts ${name}`);
    this.#parts.set(name, part);
  }
}
