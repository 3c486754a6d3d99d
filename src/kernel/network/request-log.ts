import { present } from '../../base/assert';
import { succeeded, type RequestHop, type RequestRecord, type ServiceTraffic } from '../../api/requests';
import type { WireRequest } from '../machinery/ports';

/** A request that is under way. */
export interface OpenRequest {
  readonly request: WireRequest;
  readonly number: number;
  readonly atMs: number;
  host: string;
  address: string;
  port: number;
  service: string;
  /** The machine of the Pod that it was sent to; null as long as there is none. */
  server: string | null;
  hops: RequestHop[];
}

/** What is counted of a Service. */
interface Tally {
  requests: number;
  failures: number;
  /** The second that is counted, and the one before. */
  secondMs: number;
  count: number;
  before: number;
  failed: number;
  failedBefore: number;
  /** The last requests that ended: when, and after how many milliseconds; −1 for a failure. Pairs, oldest first. */
  recent: number[];
}

export interface RequestLogState {
  count: number;
  failures: number;
  open: Map<string, OpenRequest>;
  /** The last requests that ended, oldest first. */
  records: RequestRecord[];
  tallies: Map<string, Tally>;
}

const RECORDS_LIMIT = 1000;
const SECOND_MS = 1000;
const WINDOW_MS = 60_000;
const RECENT_LIMIT = 500;
const FAILED = -1;

export const emptyLog = (): RequestLogState => ({
  count: 0,
  failures: 0,
  open: new Map(),
  records: [],
  tallies: new Map(),
});

/** The requests of the cluster: those under way, the last that ended, and what has become of them by Service. */
export class RequestLog {
  constructor(readonly state: RequestLogState) {}

  open(request: WireRequest, atMs: number): OpenRequest {
    this.state.count += 1;
    const { from } = request;
    const open: OpenRequest = {
      request: Object.freeze(request),
      number: this.state.count,
      atMs,
      host: '',
      address: '',
      port: 0,
      service: '',
      server: null,
      hops: [],
    };
    this.hop(open, {
      kind: 'client',
      name: `${from.namespace}/${from.pod}`,
      node: from.node,
      address: from.address,
      atMs,
    });
    this.state.open.set(request.id, open);
    return open;
  }

  hop(open: OpenRequest, hop: RequestHop): void {
    open.hops.push(Object.freeze(hop));
  }

  /** The request goes through a Service. */
  through(open: OpenRequest, service: string): void {
    open.service = service;
    this.#tallyAt(service, open.atMs).count += 1;
  }

  get(id: string): OpenRequest | undefined {
    return this.state.open.get(id);
  }

  /** The request has ended; it is a record from now on. */
  close(id: string, endMs: number, end: Pick<RequestRecord, 'code' | 'failure'>): RequestRecord {
    const { request, number, atMs, service, hops } = present(this.state.open.get(id), `request ${id}`);
    this.state.open.delete(id);
    const { from, method, url } = request;
    const { namespace, pod, node } = from;
    const record: RequestRecord = Object.freeze({
      number,
      atMs,
      endMs,
      from: Object.freeze({ namespace, pod, node }),
      method,
      url,
      service,
      hops: Object.freeze(hops),
      ...end,
    });
    const { records } = this.state;
    records.push(record);
    if (records.length > RECORDS_LIMIT) records.splice(0, records.length - RECORDS_LIMIT);
    if (!succeeded(record)) this.state.failures += 1;
    if (service !== '') this.#count(service, record);
    return record;
  }

  #count(service: string, record: RequestRecord): void {
    const tally = this.#tallyAt(service, record.endMs);
    const failed = !succeeded(record);
    tally.requests += 1;
    if (failed) {
      tally.failures += 1;
      tally.failed += 1;
    }
    tally.recent.push(record.endMs, failed ? FAILED : record.endMs - record.atMs);
    if (tally.recent.length > 2 * RECENT_LIMIT) tally.recent.splice(0, 2);
  }

  #tallyAt(service: string, nowMs: number): Tally {
    const secondMs = Math.floor(nowMs / SECOND_MS) * SECOND_MS;
    let tally = this.state.tallies.get(service);
    if (!tally) {
      tally = { requests: 0, failures: 0, secondMs, count: 0, before: 0, failed: 0, failedBefore: 0, recent: [] };
      this.state.tallies.set(service, tally);
    }
    if (tally.secondMs < secondMs) {
      const isNext = secondMs - tally.secondMs === SECOND_MS;
      tally.before = isNext ? tally.count : 0;
      tally.failedBefore = isNext ? tally.failed : 0;
      tally.secondMs = secondMs;
      tally.count = 0;
      tally.failed = 0;
    }
    return tally;
  }

  /** Requests a second through each Service that has any, by `namespace/name`, and failures a second. */
  rates(nowMs: number): Map<string, { perSecond: number; failed: number }> {
    const rates = new Map<string, { perSecond: number; failed: number }>();
    for (const [key, tally] of this.state.tallies) {
      if (nowMs - tally.secondMs >= 2 * SECOND_MS) continue;
      const perSecond = perSecondOf(nowMs - tally.secondMs, tally.count, tally.before);
      rates.set(key, { perSecond, failed: perSecondOf(nowMs - tally.secondMs, tally.failed, tally.failedBefore) });
    }
    return rates;
  }

  /** What has become of the requests through a Service. */
  traffic(service: string, nowMs: number): ServiceTraffic | undefined {
    const tally = this.state.tallies.get(service);
    if (!tally) return undefined;
    const times: number[] = [];
    let failures = 0;
    for (let index = 0; index < tally.recent.length; index += 2) {
      if (tally.recent[index]! < nowMs - WINDOW_MS) continue;
      const ms = tally.recent[index + 1]!;
      if (ms === FAILED) failures += 1;
      else times.push(ms);
    }
    times.sort((left, right) => left - right);
    const quantile = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return {
      requests: tally.requests,
      failures: tally.failures,
      perSecond: perSecondOf(nowMs - tally.secondMs, tally.count, tally.before),
      recent: {
        requests: times.length + failures,
        failures,
        p50Ms: quantile(0.5),
        p95Ms: quantile(0.95),
        p99Ms: quantile(0.99),
      },
    };
  }
}

/** The count of the last full second, or of this one if it is more. `ageMs`: how long ago the counted second began. */
function perSecondOf(ageMs: number, count: number, before: number): number {
  if (ageMs < SECOND_MS) return Math.max(before, count);
  return ageMs < 2 * SECOND_MS ? count : 0;
}
