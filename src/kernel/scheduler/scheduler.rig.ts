import type { Event, Node, Pod } from '../../api/objects';
import { seedRandom } from '../../base/random';
import { ApiServer } from '../apiserver/api-server';
import { EventRecorder } from '../machinery/event-recorder';
import { Informers } from '../machinery/informers';
import { WatchHub } from '../machinery/watch-hub';
import { Store } from '../store/store';
import { Clock } from '../time/clock';
import { SCHEDULER_INFORMERS, Scheduler } from './scheduler';

/** A second profile, that fills one node after another. */
export const PACKER = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: default-scheduler
- schedulerName: packer
  plugins:
    score:
      disabled:
      - name: NodeResourcesBalancedAllocation
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy:
        type: MostAllocated
        resources:
        - name: cpu
          weight: 1
`;

/** An API server and a scheduler; nothing else runs. */
export class Rig {
  readonly clock = new Clock(Date.UTC(2026, 0, 1));
  readonly store = new Store();
  readonly api = new ApiServer(this.store, this.clock, seedRandom(7, 'api'));
  readonly hub = new WatchHub(this.store, this.clock, 7);
  readonly informers = new Informers('kube-scheduler', SCHEDULER_INFORMERS, this.hub, this.store);
  readonly admin = this.api.clientFor('admin');
  readonly recorder: EventRecorder;
  readonly scheduler: Scheduler;

  constructor() {
    const client = this.api.clientFor('kube-scheduler');
    this.recorder = new EventRecorder({ component: 'default-scheduler' }, client, this.clock);
    const { clock, informers, recorder } = this;
    this.scheduler = new Scheduler({ clock, client, informers, recorder, seed: 7 });
    this.api.bootstrap();
    this.create('serviceaccounts', { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  }

  /** What the cluster holds as the scheduler's configuration. */
  configure(text: string): void {
    const metadata = { name: 'kube-scheduler', namespace: 'kube-system' };
    const data = { 'config.yaml': text };
    if (this.admin.get('configmaps', 'kube-system', 'kube-scheduler')) {
      this.admin.patch('configmaps', 'kube-system', 'kube-scheduler', (one) => ({ ...one, data }));
    } else this.create('configmaps', { kind: 'ConfigMap', metadata, data });
  }

  create(resource: string, object: object): void {
    this.admin.create(resource as never, { apiVersion: 'v1', ...object } as never);
  }

  node(
    name: string,
    allocatable: Record<string, string>,
    taints: object[] = [],
    labels: Record<string, string> = {},
  ): void {
    const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
    this.create('nodes', { kind: 'Node', metadata, spec: { taints } });
    const sizes = { cpu: '4', memory: '16Gi', pods: '110', ...allocatable };
    this.admin.patch('nodes', '', name, (node) => ({ ...node, spec: { ...node.spec, taints } }) as Node);
    const status = { capacity: sizes, allocatable: sizes };
    this.admin.patch('nodes', '', name, (node) => ({ ...node, status: { ...node.status, ...status } }), 'status');
  }

  pod(name: string, requests: Record<string, string>, spec: object = {}, labels: Record<string, string> = {}): void {
    const resources = { requests, limits: requests };
    const containers = [{ name: 'main', image: 'busybox:1.36', resources }];
    this.create('pods', {
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels },
      spec: { containers, ...spec },
    });
  }

  get(name: string): Pod {
    return this.admin.get('pods', 'default', name)!;
  }

  nodeOf(name: string): string | undefined {
    return this.get(name).spec.nodeName;
  }

  condition(name: string): { status?: string; reason?: string; message?: string } | undefined {
    return this.get(name).status.conditions?.find(({ type }) => type === 'PodScheduled');
  }

  events(reason: string): Event[] {
    return this.admin.list('events').filter((event) => event.reason === reason);
  }

  run(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    for (let timer = this.clock.take(untilMs); timer; timer = this.clock.take(untilMs)) {
      (timer.owner === this.hub.name ? this.hub : this.scheduler).handle(timer);
    }
    this.clock.moveTo(untilMs);
  }
}
