/** Nodes of one zone that wait to be tainted NoExecute, no faster than a token bucket of one allows. */
export interface ZoneTainter {
  /** Nodes in the order in which they wait. */
  waiting: Set<string>;
  /** Nodes that got their taint; they are not tainted again before they were reachable. */
  done: Set<string>;
  /** Nodes a second; 0 stops tainting. */
  qps: number;
  /** Tokens left at `atMs`, at most 1. */
  tokens: number;
  atMs: number;
}

const BURST = 1;

export function newTainter(qps: number, nowMs: number): ZoneTainter {
  return { waiting: new Set(), done: new Set(), qps, tokens: BURST, atMs: nowMs };
}

/** Puts a node into the queue, once. */
export function waitForTaint(tainter: ZoneTainter, node: string): void {
  if (!tainter.done.has(node)) tainter.waiting.add(node);
}

/** Forgets a node: it can wait anew. Returns whether it was known. */
export function forgetNode(tainter: ZoneTainter, node: string): boolean {
  const waited = tainter.waiting.delete(node);
  return tainter.done.delete(node) || waited;
}

function refill(tainter: ZoneTainter, nowMs: number): void {
  tainter.tokens = Math.min(BURST, tainter.tokens + ((nowMs - tainter.atMs) / 1000) * tainter.qps);
  tainter.atMs = nowMs;
}

/** Takes the next node if a token is there. */
export function takeNode(tainter: ZoneTainter, nowMs: number): string | undefined {
  refill(tainter, nowMs);
  const [node] = tainter.waiting;
  if (node === undefined || tainter.qps === 0 || tainter.tokens < 1 - 1e-9) return undefined;
  tainter.tokens -= 1;
  tainter.waiting.delete(node);
  tainter.done.add(node);
  return node;
}

/** Changes the rate; who waited goes on waiting. Models RateLimitedTimedQueue.SwapLimiter. */
export function setRate(tainter: ZoneTainter, qps: number, nowMs: number): void {
  if (tainter.qps === qps) return;
  refill(tainter, nowMs);
  tainter.tokens = tainter.tokens >= 1 ? BURST : 0;
  tainter.qps = qps;
}

/** Milliseconds until the next node may be taken; Infinity where nobody waits or the rate is 0. */
export function nextInMs(tainter: ZoneTainter, nowMs: number): number {
  if (tainter.waiting.size === 0 || tainter.qps === 0) return Infinity;
  refill(tainter, nowMs);
  return tainter.tokens >= 1 ? 0 : ((1 - tainter.tokens) / tainter.qps) * 1000;
}
