import type { Json } from '../../../api/objects';
import { isMap } from '../../../api/json';
import { failureText } from '../../../api/requests';
import type { Program, ProgramEvent, ProgramIo, ServedRequest } from '../program';
import { readModel, type Model } from './checkpoint';

interface ModelServer {
  model: Model | null;
  /** Requests since `windowMs`, and in the window before. */
  windowMs: number;
  count: number;
  before: number;
  /** Requests that wait for features: what each asked for, by the request's id. */
  waiting: Map<string, { key: string; afterMs: number }>;
}

const DEFAULT_PORT = 8080;
const RETRY_MS = 2000;
const WINDOW_MS = 1000;
/** Requests a second that one server answers at its best. */
const CAPACITY = 100;
const BASE_LATENCY_MS = 5;
/** A server at its best uses one CPU. */
const REQUEST_CPU_MS = 1000 / CAPACITY;
const MAX_LATENCY_MS = 2000;
const FEATURES_TIMEOUT_MS = 2000;
const WAITING_LIMIT = 1000;

/**
 * `podium/model-server`: loads a model from a file, answers `POST /predict`; the busier it is, the later. With
 * FEATURES_URL, such as `postgres://postgres`, it is asked for `{"key": …}` and reads the features under it from there.
 */
export const modelServer: Program<ModelServer> = {
  start(io) {
    const state: ModelServer = { model: null, windowMs: io.context.nowMs, count: 0, before: 0, waiting: new Map() };
    io.do({ kind: 'serve', port: Number(io.setup.env['PORT']) || DEFAULT_PORT });
    io.do({ kind: 'useCpu', milli: 5 });
    io.do({ kind: 'useMemory', bytes: 128 << 20 });
    if (!load(io, state)) io.log(`no model at ${pathOf(io)}: waiting for it`);
    return state;
  },
  on(state, event, io) {
    if (event.kind === 'signal') io.exit(0);
    else if (event.kind === 'timer') load(io, state);
    else if (event.kind === 'request') answer(io, state, event.request);
    else if (event.kind === 'response') answerWithFeatures(io, state, event);
    return state;
  },
};

const pathOf = (io: ProgramIo): string => io.setup.env['MODEL_PATH'] ?? '/models/model.json';

function load(io: ProgramIo, state: ModelServer): boolean {
  const model = readModel(io, pathOf(io));
  if (model) {
    state.model = model;
    io.log(`loaded ${pathOf(io)}: ${model.coef.length} features, trained for ${model.steps} steps`);
    return true;
  }
  if (model === null) io.log(`${pathOf(io)} is no model`);
  io.idle('load', RETRY_MS);
  return false;
}

function answer(io: ProgramIo, state: ModelServer, request: ServedRequest): void {
  const respond = (code: number, body: Json, afterMs = 1): void =>
    io.do({ kind: 'respond', id: request.id, code, body, afterMs });
  if (request.path === '/healthz' || request.path === '/readyz') {
    return respond(state.model ? 200 : 503, state.model ? 'ok' : 'no model is loaded');
  }
  const afterMs = latencyMs(io, state);
  io.do({ kind: 'spendCpu', ms: REQUEST_CPU_MS });
  if (!state.model) return respond(503, { error: 'no model is loaded' }, afterMs);
  if (request.path === '/' || request.path === '/model') return respond(200, { ...state.model }, afterMs);
  if (request.path !== '/predict') return respond(404, { error: `no such path: ${request.path}` }, afterMs);
  if (request.method !== 'POST') return respond(405, { error: 'use POST' }, afterMs);
  const key = isMap(request.body) ? request.body['key'] : undefined;
  const store = io.setup.env['FEATURES_URL'];
  if (typeof key === 'string' && store !== undefined) {
    if (state.waiting.size >= WAITING_LIMIT) return respond(503, { error: 'too many requests wait for features' });
    state.waiting.set(request.id, { key, afterMs });
    const url = `${store.replace(/\/+$/, '')}/${key}`;
    return io.do({ kind: 'request', id: request.id, method: 'GET', url, timeoutMs: FEATURES_TIMEOUT_MS });
  }
  const rows = rowsOf(request.body, state.model.coef.length);
  if ('error' in rows) return respond(400, rows, afterMs);
  respond(200, { predictions: predict(state.model, rows.rows) }, afterMs);
}

function predict({ coef, intercept }: Model, rows: readonly number[][]): number[] {
  return rows.map((row) => row.reduce((sum, value, index) => sum + value * coef[index]!, intercept));
}

/** The store has answered, or has not: whoever asked is told what a caller of the endpoint can act on. */
function answerWithFeatures(io: ProgramIo, state: ModelServer, event: ProgramEvent & { kind: 'response' }): void {
  const asked = state.waiting.get(event.id);
  if (!asked || !state.model) return;
  state.waiting.delete(event.id);
  const respond = (code: number, body: Json): void =>
    io.do({ kind: 'respond', id: event.id, code, body, afterMs: asked.afterMs });
  const host = hostOf(io.setup.env['FEATURES_URL'] ?? '');
  if (event.failure || (event.code ?? 0) >= 500) {
    const why = event.failure ? failureText(event.failure) : `HTTP ${event.code}`;
    io.log(`features of ${asked.key} from ${host}: ${why}`);
    return respond(503, { error: `no features from ${host}: ${why}` });
  }
  if (event.code !== 200) return respond(404, { error: `${host} has no features of ${asked.key}` });
  const rows = rowsOf({ features: event.body ?? null }, state.model.coef.length);
  if ('error' in rows)
    return respond(502, { error: `${host} has no ${state.model.coef.length} features of ${asked.key}` });
  respond(200, { predictions: predict(state.model, rows.rows) });
}

const hostOf = (url: string): string => /^(?:\w+:\/\/)?(?:[^/@]*@)?([^/:]+)/.exec(url)?.[1] ?? url;

/** Rows of numbers out of `{"features": […]}` or `{"instances": [[…], …]}`. */
function rowsOf(body: Json | undefined, features: number): { rows: number[][] } | { error: string } {
  const parsed = isMap(body) ? body : undefined;
  const rows = parsed?.['instances'] ?? (parsed?.['features'] === undefined ? undefined : [parsed['features']]);
  const isRow = (row: Json): row is number[] =>
    Array.isArray(row) && row.length === features && row.every((value) => typeof value === 'number');
  if (!Array.isArray(rows) || !rows.every(isRow)) return { error: `send {"features": [${features} numbers]}` };
  return { rows };
}

/** Grows without bound towards the server's capacity, as a queue does. */
function latencyMs(io: ProgramIo, state: ModelServer): number {
  const elapsed = io.context.nowMs - state.windowMs;
  if (elapsed >= WINDOW_MS) {
    state.before = elapsed < 2 * WINDOW_MS ? state.count : 0;
    state.count = 0;
    state.windowMs = io.context.nowMs;
  }
  state.count += 1;
  const load = Math.max(state.before, state.count) / CAPACITY;
  return load >= 1 ? MAX_LATENCY_MS : Math.min(MAX_LATENCY_MS, BASE_LATENCY_MS / (1 - load));
}
