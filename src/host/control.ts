import type { ApiRequest, ApiResponse } from '../api/client';
import { parseFault } from '../api/faults';
import { keyOf, splitKey, type Json } from '../api/objects';
import { succeeded } from '../api/requests';
import { ApiError, badRequest } from '../api/status';
import { parseWorldChange } from '../api/world-change';
import { CONTROL_PREFIX } from '../protocol/control';
import { jsonResponse, onlyLooking } from './answers';
import { causesOf } from './causes';
import { newDocument, type ClusterDocument } from './document';
import { SPEEDS } from './pacer';
import { presetOf } from '../kernel/presets';
import type { Simulation } from './simulation';
import { storyView } from './story';
import { trainingLines, trainingRows, trainingView } from './training-view';

type Body = Record<string, Json>;
type Handler = (simulation: Simulation, request: ApiRequest, body: Body) => Promise<Json> | Json;

/** The control API, by method and name. Models nothing of Kubernetes: it is what a cluster's API does not have. */
const ROUTES: Record<string, Handler> = {
  'POST reset': reset,
  'GET time': (simulation) => timeOf(simulation),
  'POST time': time,
  'POST faults': fault,
  'POST world': world,
  'GET world': ({ session }) => session.cluster.world() as unknown as Json,
  'GET journal': (simulation) => ({
    inputs: simulation.session.timeline.inputs.slice(0, simulation.session.timeline.applied) as unknown as Json,
  }),
  'GET hash': (simulation) => ({ hash: simulation.session.cluster.hash() }),
  'GET document': (simulation) => {
    simulation.session.branch.endMs = simulation.session.endMs;
    return simulation.session.document as unknown as Json;
  },
  'GET beginning': beginning,
  'POST document': openDocument,
  'POST takeover': takeOver,
  'GET scheduling': scheduling,
  'GET what-if': waysOut,
  'GET causes': causes,
  'GET beside': beside,
  'GET lifecycle': lifecycle,
  'GET training': training,
  'GET training-rows': (simulation, request) => trainingRows(simulation.session, ownerOf(request)) as unknown as Json,
  'GET training-lines': (simulation, request) => ({
    items: trainingLines(simulation.session, ownerOf(request)) as unknown as Json,
  }),
  'GET requests': requests,
  'GET traffic': traffic,
  'GET story': ({ session }, request) => storyView(session, request) as unknown as Json,
  'GET timers': (simulation) => ({
    items: simulation.session.cluster.clock.upcoming().slice(0, TIMERS_SHOWN) as unknown as Json,
  }),
};

const TIMERS_SHOWN = 500;
const STEP_LIMIT_MS = 600_000;

/** Answers one request to the control API. Refusals are thrown as ApiError. */
export async function handleControl(simulation: Simulation, request: ApiRequest): Promise<ApiResponse> {
  const name = request.path.slice(CONTROL_PREFIX.length).replace(/\/+$/, '');
  const handler = ROUTES[`${request.method} ${name}`];
  if (!handler) throw new ApiError(404, 'NotFound', `Podium's control API has no ${request.method} ${request.path}`);
  return jsonResponse(200, await handler(simulation, request, bodyOf(request)));
}

function bodyOf(request: ApiRequest): Body {
  let body: unknown = request.body ?? {};
  if (typeof body === 'string') {
    try {
      body = body === '' ? {} : JSON.parse(body);
    } catch {
      throw badRequest('the body is not JSON');
    }
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('the body must be a JSON object');
  return body as Body;
}

/** `{seed?, nodes?, preset?}`: without nodes or preset, a cluster without any Node. */
async function reset(simulation: Simulation, _request: ApiRequest, body: Body): Promise<Json> {
  if (simulation.viewer) throw onlyLooking();
  const seed = body['seed'] ?? 1;
  if (!Number.isSafeInteger(seed)) throw badRequest('seed must be a whole number');
  const preset = body['preset'];
  if (preset !== undefined && typeof preset !== 'string') throw badRequest('preset must be a string');
  const nodes = body['nodes'] ?? [];
  if (!Array.isArray(nodes)) throw badRequest('nodes must be a list of Node objects');
  const start: ClusterDocument['start'] = preset === undefined ? { nodes, objects: [] } : { preset };
  const document = newDocument(start, seed as number, preset === undefined ? 'recorded' : 'podium');
  const { problem } = await simulation.reset(document);
  if (problem) throw badRequest(problem);
  return timeOf(simulation);
}

function timeOf(simulation: Simulation): Json {
  const { clock } = simulation.session.cluster;
  return {
    now: clock.time,
    nowMs: Math.round(clock.epochNowMs),
    atMs: clock.nowMs,
    endMs: simulation.session.endMs,
    speed: simulation.pacer.speed,
    saving: simulation.saving,
  };
}

async function time(simulation: Simulation, _request: ApiRequest, body: Body): Promise<Json> {
  const { session, pacer } = simulation;
  if ('speed' in body) pacer.setSpeed(numberOf(body, 'speed', 0, SPEEDS.fastest));
  else if ('advanceMs' in body) await simulation.seek(session.nowMs + numberOf(body, 'advanceMs', 0, 1e10));
  else if ('untilQuiet' in body)
    await simulation.seek(session.nowMs + numberOf(body, 'limitMs', 0, 1e10), { untilQuiet: true });
  else if ('rewindMs' in body) await simulation.lookAt(numberOf(body, 'rewindMs', 0, 1e12), withinOf(body));
  else if ('live' in body) await openBranch(simulation, String(body['live']));
  else if ('step' in body) await step(simulation, body['step']);
  else if ('undo' in body) await undo(simulation);
  else if ('fork' in body) fork(simulation);
  else throw badRequest('time takes one of speed, advanceMs, untilQuiet, rewindMs, live, step, undo, fork');
  return timeOf(simulation);
}

function numberOf(body: Body, field: string, low: number, high: number): number {
  const value = body[field];
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw badRequest(`${field} must be a number between ${low} and ${high}`);
  }
  return value;
}

const withinOf = (body: Body): number | undefined =>
  'withinMs' in body ? numberOf(body, 'withinMs', 0, 10_000) : undefined;

async function openBranch(simulation: Simulation, id: string): Promise<void> {
  const { session } = simulation;
  if (id !== session.branch.id) {
    const { problem } = session.open(id);
    if (problem) throw badRequest(problem);
  }
  await simulation.seek(session.branch.endMs);
}

async function undo(simulation: Simulation): Promise<void> {
  if (simulation.viewer) throw onlyLooking();
  const atMs = simulation.session.undo();
  if (atMs === undefined) throw badRequest('there is nothing to undo');
  await simulation.seek(atMs);
}

function fork(simulation: Simulation): void {
  if (simulation.viewer) throw onlyLooking();
  simulation.session.fork();
}

/** To the next, or the previous, moment at which something was written that has a cause; `change`: that one sees. */
async function step(simulation: Simulation, kind: Json | undefined): Promise<void> {
  const { session, pacer } = simulation;
  pacer.setSpeed(0);
  const { causes: log } = session.cluster.store;
  if (kind === 'back') {
    const earlier = log.state.rows.findLast((row) => row.atMs < session.nowMs && row.atMs > 0);
    await simulation.lookAt(earlier?.atMs ?? 0);
    return;
  }
  const revision = log.state.rows.at(-1)?.revision ?? 0;
  const { changes } = simulation;
  const written = (): boolean => log.since(revision).length > 0;
  const changed = (): boolean => simulation.changes !== changes;
  if (!(await runUntil(simulation, kind === 'change' ? changed : written)) && kind === 'change')
    throw new ApiError(404, 'NotFound', 'Nothing changes within the next 10 minutes of the cluster.');
}

/** Runs from event to event until something is so. Returns whether it is; the cluster stands at the limit otherwise. */
async function runUntil(simulation: Simulation, done: () => boolean): Promise<boolean> {
  const { session } = simulation;
  const limitMs = session.nowMs + STEP_LIMIT_MS;
  while (session.nowMs < limitMs && !done()) {
    const nextMs = Math.min(
      session.cluster.clock.nextAtMs(),
      session.timeline.inputs[session.timeline.applied]?.atMs ?? Infinity,
    );
    if (nextMs > limitMs) break;
    await simulation.seek(nextMs);
  }
  return done();
}

function fault(simulation: Simulation, _request: ApiRequest, body: Body): Promise<Json> {
  return happens(simulation, parseFault(body), (parsed) => simulation.session.fault(parsed));
}

/** `{type: 'pool', pool, min, max, startSeconds?}` or `{type: 'bandwidth', megabytesPerSecond}`. */
function world(simulation: Simulation, _request: ApiRequest, body: Body): Promise<Json> {
  return happens(simulation, parseWorldChange(body), (parsed) => simulation.session.world(parsed));
}

async function happens<Happening extends object>(
  simulation: Simulation,
  parsed: Happening | { problem: string },
  act: (happening: Happening) => { problem?: string; saved: Promise<void> },
): Promise<Json> {
  if (simulation.viewer) throw onlyLooking();
  if ('problem' in parsed) throw badRequest(parsed.problem);
  const { problem, saved } = act(parsed);
  if (problem) throw badRequest(problem);
  await saved;
  return timeOf(simulation);
}

/** What the open cluster was started from: its preset where it has one, its seed, its machines, and what its API held. */
function beginning({ session }: Simulation): Json {
  const { start, seed } = session.document;
  const preset = 'preset' in start ? presetOf(start.preset) : undefined;
  const { nodes, objects } = preset && 'nodes' in preset ? preset : { nodes: [], objects: [], ...start };
  return { ...('preset' in start ? { preset: start.preset } : {}), seed, nodes, objects } as unknown as Json;
}

async function openDocument(simulation: Simulation, request: ApiRequest): Promise<Json> {
  if (simulation.viewer) throw onlyLooking();
  const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? {});
  const { problem } = await simulation.openText(simulation.name, text);
  if (problem) throw badRequest(problem);
  return timeOf(simulation);
}

async function takeOver(simulation: Simulation): Promise<Json> {
  const { problem } = await simulation.takeOver();
  if (problem) throw badRequest(problem);
  return timeOf(simulation);
}

function podOf(request: ApiRequest): { namespace: string; name: string } {
  const pod = request.query?.['pod'];
  if (!pod?.includes('/')) throw badRequest('pod must be NAMESPACE/NAME');
  return splitKey(pod);
}

function ownerOf(request: ApiRequest): string {
  const owner = request.query?.['owner'];
  if (!owner?.includes(' ')) throw badRequest('owner must be KIND NAME, such as Job train-sgd');
  return owner;
}

function training({ session }: Simulation, request: ApiRequest): Json {
  const { atMs } = request.query ?? {};
  if (atMs !== undefined && !Number.isFinite(Number(atMs))) throw badRequest('atMs must be a number');
  const view = trainingView(session, ownerOf(request), atMs === undefined ? undefined : Number(atMs));
  return view as unknown as Json;
}

function scheduling(simulation: Simulation, request: ApiRequest): Json {
  const { namespace, name } = podOf(request);
  return { items: simulation.session.cluster.scheduler.records(namespace, name) as unknown as Json };
}

/** Null for a Pod that does not wait to be placed. */
function waysOut(simulation: Simulation, request: ApiRequest): Json {
  const { namespace, name } = podOf(request);
  return (simulation.session.cluster.scheduler.whatIf(namespace, name) ?? null) as unknown as Json;
}

function causes(simulation: Simulation, request: ApiRequest): Json {
  const { store } = simulation.session.cluster;
  const { revision, resource, key } = request.query ?? {};
  const from = revision
    ? Number(revision)
    : Number(store.get(resource ?? '', keyOf('', key ?? ''))?.metadata.resourceVersion ?? 0);
  if (!Number.isSafeInteger(from)) throw badRequest('revision must be a whole number');
  return { items: causesOf(store, from) as unknown as Json };
}

/** `path` as the branch beside the open one has it; null where it has no such thing, or no branch is looked at. */
function beside(simulation: Simulation, request: ApiRequest): Json {
  const path = request.query?.['path'] ?? '';
  if (!/^\/apis?\//.test(path) || path.includes('?'))
    throw badRequest('path must be that of an object, such as /api/v1/nodes/cpu-1');
  const response = simulation.besideObject(path);
  return response?.code === 200 ? (response.body as Json) : null;
}

/** The last requests between programs: through a Service, from a number on, those that failed. */
function requests({ session }: Simulation, request: ApiRequest): Json {
  const { service, since = '0', failed } = request.query ?? {};
  if (!Number.isSafeInteger(Number(since))) throw badRequest('since must be a whole number');
  const { network } = session.cluster;
  const items = network
    .requests(Number(since))
    .filter((one) => (service === undefined || one.service === service) && (failed !== 'true' || !succeeded(one)));
  return { ...network.totals(), items: items as unknown as Json };
}

/** What has become of the requests through a Service; null where there were none. */
function traffic({ session }: Simulation, request: ApiRequest): Json {
  const service = request.query?.['service'];
  if (!service?.includes('/')) throw badRequest('service must be NAMESPACE/NAME');
  return (session.cluster.network.traffic(service) ?? null) as unknown as Json;
}

function lifecycle(simulation: Simulation, request: ApiRequest): Json {
  const { namespace, name } = podOf(request);
  return { machines: simulation.session.cluster.lifecycle(namespace, name) as unknown as Json };
}
