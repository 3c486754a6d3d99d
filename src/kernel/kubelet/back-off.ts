/** A back-off: how long it lasts now, and when that was decided. */
export interface BackOff {
  delayMs: number;
  updatedMs: number;
}

const INITIAL_MS = 10_000;
const MAX_MS = 300_000;

/** Whether less time than the back-off has passed since `sinceMs`. Models client-go/util/flowcontrol Backoff. */
export function isBackingOff(backOff: BackOff | null | undefined, sinceMs: number, nowMs: number): backOff is BackOff {
  if (!backOff || sinceMs - backOff.updatedMs > 2 * MAX_MS) return false;
  return nowMs - sinceMs < backOff.delayMs;
}

/** The next back-off after another failure: twice as long, at most five minutes; forgotten after ten quiet ones. */
export function nextBackOff(backOff: BackOff | null | undefined, sinceMs: number, nowMs: number): BackOff {
  const forgotten = !backOff || sinceMs - backOff.updatedMs > 2 * MAX_MS;
  return { delayMs: forgotten ? INITIAL_MS : Math.min(MAX_MS, backOff.delayMs * 2), updatedMs: nowMs };
}

/** A duration as Go prints it: `10s`, `2m40s`, `2.003s`. */
export function goDuration(ms: number): string {
  const rounded = Math.round(ms);
  if (rounded < 1000) return rounded === 0 ? '0s' : `${rounded}ms`;
  const hours = Math.floor(rounded / 3_600_000);
  const minutes = Math.floor((rounded % 3_600_000) / 60_000);
  const seconds = `${(rounded % 60_000) / 1000}s`;
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
