import type { Job } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { parseTime } from '../../api/time';
import { Controller, type ControllerParts } from '../machinery/controller';
import { isJobFinished } from './job-state';

/** Deletes finished Jobs when their time is over. Models pkg/controller/ttlafterfinished. */
export class TtlAfterFinishedController extends Controller {
  constructor(parts: ControllerParts) {
    super('ttl-after-finished-controller', parts, {});
    parts.informers.on('jobs', (event) => {
      const { object } = event;
      if (event.type !== 'DELETED' && object.spec.ttlSecondsAfterFinished !== undefined && isJobFinished(object)) {
        this.enqueue(event.key, event);
      }
    });
  }

  protected override reconcile(key: string): void {
    const job = this.parts.informers.byKey('jobs', key);
    const ttlSeconds = job?.spec.ttlSecondsAfterFinished;
    if (!job || job.metadata.deletionTimestamp || ttlSeconds === undefined || !isJobFinished(job)) return;
    const leftMs = finishedAtMs(job) + ttlSeconds * 1000 - this.parts.clock.epochNowMs;
    if (leftMs > 0) return this.enqueueAfter(key, leftMs);
    const { namespace = '', name, resourceVersion } = job.metadata;
    try {
      this.parts.client.remove('jobs', namespace, name, { propagationPolicy: 'Foreground', resourceVersion });
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

/** When the Job got its last condition, in milliseconds since the Unix epoch. Models jobFinishTime. */
function finishedAtMs(job: Job): number {
  const last = job.status.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return parseTime(last?.lastTransitionTime ?? job.metadata.creationTimestamp);
}
