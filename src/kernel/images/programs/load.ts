import type { Json } from '../../../api/objects';
import { failureText } from '../../../api/requests';
import type { Program, ProgramEvent, ProgramIo } from '../program';

interface Load {
  /** Requests on their way: when they were sent. */
  sent: Map<string, number>;
  nextId: number;
  ok: number;
  failed: number;
  latenciesMs: number[];
  /** Failures in words since the last report, and how often. */
  reasons: Map<string, number>;
}

const REPORT_MS = 10_000;
const MAX_RATE = 200;
const DAY_MS = 86_400_000;
const IN_FLIGHT_LIMIT = 1000;
const TIMEOUT_SECONDS = 5;

/**
 * `podium/load`: sends requests to URL at RATE a second, or along a curve of the day with CURVE=day, and waits TIMEOUT
 * seconds for each answer.
 */
export const load: Program<Load> = {
  start(io) {
    const state: Load = { sent: new Map(), nextId: 0, ok: 0, failed: 0, latenciesMs: [], reasons: new Map() };
    const url = io.setup.env['URL'] ?? io.setup.args[0];
    if (!url) {
      io.log('usage: load: URL must be set, such as http://model-server/predict');
      io.exit(2);
      return state;
    }
    io.log(`sending ${rateOf(io)} requests a second to ${url}`);
    io.idle('report', REPORT_MS);
    send(io, state, url);
    return state;
  },
  on(state, event, io) {
    if (event.kind === 'signal') io.exit(0);
    else if (event.kind === 'response') receive(io, state, event);
    else if (event.kind === 'timer' && event.id === 'report') report(io, state);
    else if (event.kind === 'timer') send(io, state, io.setup.env['URL'] ?? io.setup.args[0]!);
    return state;
  },
};

/** Requests a second, now. */
function rateOf(io: ProgramIo): number {
  const rate = Math.min(MAX_RATE, Math.max(0, Number(io.setup.env['RATE'] ?? 1) || 0));
  if (io.setup.env['CURVE'] !== 'day') return rate;
  const share = ((io.context.epochMs + io.context.nowMs) % DAY_MS) / DAY_MS;
  return rate * (0.55 - 0.45 * Math.cos(2 * Math.PI * (share - 1 / 6)));
}

function send(io: ProgramIo, state: Load, url: string): void {
  const rate = rateOf(io);
  io.idle('send', rate > 0 ? 1000 / rate : REPORT_MS);
  if (rate === 0) return;
  if (state.sent.size >= IN_FLIGHT_LIMIT) return count(state, 'too many requests are under way');
  const id = `r${state.nextId++}`;
  state.sent.set(id, io.context.nowMs);
  const body = bodyOf(io, url);
  io.do({
    kind: 'request',
    id,
    method: body === undefined ? 'GET' : 'POST',
    url,
    ...(body === undefined ? {} : { body }),
    timeoutMs: (Number(io.setup.env['TIMEOUT']) || TIMEOUT_SECONDS) * 1000,
  });
}

function bodyOf(io: ProgramIo, url: string): Json | undefined {
  const text = io.setup.env['BODY'];
  if (text !== undefined) {
    try {
      return JSON.parse(text) as Json;
    } catch (error) {
      if (error instanceof SyntaxError) return text;
      throw error;
    }
  }
  return /\/predict$/.test(url) ? { features: [0.5] } : undefined;
}

function receive(io: ProgramIo, state: Load, event: ProgramEvent & { kind: 'response' }): void {
  const sentMs = state.sent.get(event.id);
  if (sentMs === undefined) return;
  state.sent.delete(event.id);
  if (event.failure) return count(state, failureText(event.failure));
  if ((event.code ?? 0) >= 400) return count(state, `HTTP ${event.code}`);
  state.ok += 1;
  state.latenciesMs.push(io.context.nowMs - sentMs);
}

function count(state: Load, reason: string): void {
  state.failed += 1;
  state.reasons.set(reason, (state.reasons.get(reason) ?? 0) + 1);
}

function report(io: ProgramIo, state: Load): void {
  io.idle('report', REPORT_MS);
  const sorted = state.latenciesMs.sort((a, b) => a - b);
  const quantile = (share: number): string => `${Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)} ms`;
  const times = sorted.length > 0 ? `, p50 ${quantile(0.5)}, p95 ${quantile(0.95)}` : '';
  io.log(`${state.ok + state.failed} requests: ${state.ok} ok, ${state.failed} failed${times}`);
  for (const [reason, times] of state.reasons) io.log(`  ${times} × ${reason}`);
  state.ok = 0;
  state.failed = 0;
  state.latenciesMs = [];
  state.reasons.clear();
}
