import { seedRandom } from '../../base/random';
import { ApiServer } from '../apiserver/api-server';
import type { TypedClient } from '../apiserver/typed-client';
import { EventRecorder } from '../machinery/event-recorder';
import { Informers } from '../machinery/informers';
import { WatchHub } from '../machinery/watch-hub';
import { Store } from '../store/store';
import { Clock, type Timer } from '../time/clock';
import { SCHEDULER_INFORMERS, Scheduler } from './scheduler';

/** An API server and a scheduler; nothing else runs. To test and to measure the scheduler by itself. */
export class SchedulerAlone {
  readonly clock = new Clock(Date.UTC(2026, 0, 1));
  readonly store = new Store();
  readonly api: ApiServer;
  readonly hub: WatchHub;
  readonly informers: Informers;
  readonly admin: TypedClient;
  readonly recorder: EventRecorder;
  readonly scheduler: Scheduler;

  constructor(seed: number) {
    const { clock, store } = this;
    this.api = new ApiServer(store, clock, seedRandom(seed, 'api'));
    this.hub = new WatchHub(store, clock, seed);
    this.informers = new Informers('kube-scheduler', SCHEDULER_INFORMERS, this.hub, store);
    this.admin = this.api.clientFor('admin');
    const client = this.api.clientFor('kube-scheduler');
    this.recorder = new EventRecorder({ component: 'default-scheduler' }, client, clock);
    const { informers, recorder } = this;
    this.scheduler = new Scheduler({ clock, client, informers, recorder, seed });
    this.api.bootstrap();
    this.create('serviceaccounts', { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  }

  create(resource: string, object: object): void {
    this.admin.create(resource as never, { apiVersion: 'v1', ...object } as never);
  }

  handle(timer: Timer): void {
    (timer.owner === this.hub.name ? this.hub : this.scheduler).handle(timer);
  }
}
