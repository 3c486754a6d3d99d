import type { CertificateSigningRequest } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { parseTime } from '../../api/time';
import { expiriesOf } from '../../api/x509/certificate';
import { Controller, type ControllerParts } from '../machinery/controller';
import { signingCondition } from './certificate-rules';

const HOUR_MS = 3_600_000;
/** How often requests are looked over. */
const POLL_MS = HOUR_MS;
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

/** Deletes requests that were decided an hour ago, or that nobody decided for a day. Models pkg/controller/certificates/cleaner. */
export class CertificateCleaner extends Controller {
  constructor(parts: ControllerParts) {
    super('certificatesigningrequest-cleaner-controller', parts, {});
    parts.informers.on('certificatesigningrequests', (event) => {
      if (event.type !== 'DELETED') this.enqueue(event.key, event);
    });
  }

  protected override reconcile(name: string): void {
    const { clock, client, informers } = this.parts;
    const request = informers.byKey('certificatesigningrequests', name);
    if (!request) return;
    const pastMs = deadlineMs(request) - clock.epochNowMs;
    if (pastMs === Infinity) return;
    const pollMs = Math.floor((clock.nowMs + pastMs) / POLL_MS) * POLL_MS + POLL_MS;
    if (pastMs >= 0 || clock.nowMs < pollMs) return this.enqueueAfter(name, Math.max(1, pollMs - clock.nowMs), true);
    try {
      client.remove('certificatesigningrequests', '', name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}

/** After which moment a request is of no more use, in milliseconds since the Unix epoch. */
function deadlineMs(request: CertificateSigningRequest): number {
  const { metadata, status } = request;
  if (!status.conditions?.length) return parseTime(metadata.creationTimestamp) + PENDING_MS;
  const since = (type: 'Approved' | 'Denied' | 'Failed'): number => {
    const moment = signingCondition(request, type)?.lastUpdateTime;
    return moment ? parseTime(moment) + DECIDED_MS : Infinity;
  };
  const issued = signingCondition(request, 'Approved') && status.certificate ? atob(status.certificate) : undefined;
  const used = issued === undefined ? Infinity : Math.min(since('Approved'), ...expiriesOf(issued).slice(0, 1));
  return Math.min(used, since('Denied'), since('Failed'));
}
