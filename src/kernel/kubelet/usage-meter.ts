/**
 * What a container uses, as the metrics server hears of it: over whole windows of time, the last one that is over.
 * Windows begin at multiples of their length, so that nothing has to happen at their ends.
 */
export interface UsageMeter {
  /** When the container started, and since when the base holds. */
  startedMs: number;
  sinceMs: number;
  /** Thousandths of a CPU that it uses all the time. */
  baseMilli: number;
  /** The window that is being filled: milliseconds of one CPU, and requests served. */
  cpuMs: number;
  served: number;
  /** The one before. */
  last: UsageWindow;
}

interface UsageWindow {
  readonly endMs: number;
  readonly cpuMs: number;
  readonly served: number;
}

/** The metrics server looks so often. */
export const WINDOW_MS = 15_000;

const windowStart = (ms: number): number => Math.floor(ms / WINDOW_MS) * WINDOW_MS;

let unused: UsageWindow = Object.freeze({ endMs: 0, cpuMs: 0, served: 0 });

/** A window in which nothing was used: the same for all that start in the next one. */
function unusedUntil(endMs: number): UsageWindow {
  if (unused.endMs !== endMs) unused = Object.freeze({ endMs, cpuMs: 0, served: 0 });
  return unused;
}

export function newMeter(nowMs: number): UsageMeter {
  const last = unusedUntil(windowStart(nowMs));
  return { startedMs: nowMs, sinceMs: nowMs, baseMilli: 0, cpuMs: 0, served: 0, last };
}

/** Closes the windows that are over. */
function advance(meter: UsageMeter, nowMs: number): void {
  const startMs = windowStart(nowMs);
  const filled = meter.last.endMs;
  if (startMs > filled) {
    const endMs = filled + WINDOW_MS;
    meter.cpuMs += (meter.baseMilli * (endMs - meter.sinceMs)) / 1000;
    const skipped = startMs > endMs;
    meter.last = skipped
      ? { endMs: startMs, cpuMs: (meter.baseMilli * WINDOW_MS) / 1000, served: 0 }
      : { endMs: startMs, cpuMs: meter.cpuMs, served: meter.served };
    meter.cpuMs = 0;
    meter.served = 0;
    meter.sinceMs = startMs;
  }
  meter.cpuMs += (meter.baseMilli * (nowMs - meter.sinceMs)) / 1000;
  meter.sinceMs = nowMs;
}

/** From now on the container uses so much all the time. */
export function setBase(meter: UsageMeter, milli: number, nowMs: number): void {
  advance(meter, nowMs);
  meter.baseMilli = milli;
}

/** Work beside the base: milliseconds of one CPU. */
export function spendCpu(meter: UsageMeter, ms: number, nowMs: number): void {
  advance(meter, nowMs);
  meter.cpuMs += ms;
}

export function countServed(meter: UsageMeter, nowMs: number): void {
  advance(meter, nowMs);
  meter.served += 1;
}

/** The last window that is over, if the container ran all through it. Reading changes nothing. */
export function readMeter(
  meter: UsageMeter,
  nowMs: number,
): { endMs: number; cpuMilli: number; requestsPerSecond: number } | undefined {
  const now = { ...meter };
  advance(now, nowMs);
  const { endMs, cpuMs, served } = now.last;
  if (meter.startedMs > endMs - WINDOW_MS) return undefined;
  return { endMs, cpuMilli: (cpuMs / WINDOW_MS) * 1000, requestsPerSecond: (served / WINDOW_MS) * 1000 };
}

/** What a Pod's containers used in the last window that is over. */
export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly endMs: number;
  readonly containers: readonly { readonly name: string; readonly cpuMilli: number; readonly memoryBytes: number }[];
  readonly requestsPerSecond: number;
}
