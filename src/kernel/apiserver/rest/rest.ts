import { stringify } from 'yaml';
import type { ApiRequest, ApiResponse } from '../../../api/client';
import { isMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { ApiError } from '../../../api/status';
import type { Core } from '../core';
import type { Registry } from '../registry';
import { DEFINITIONS } from '../custom/definition';
import { settleDefinitions } from '../custom/settle';
import { textResponse, writeOf, type Answer, type Call, type Origin } from './call';
import { connect, connects, isConnection, type PodConnections } from './connect';
import { aggregated, coreVersions, groupList, groupOf, resourceList } from './discovery';
import { getObject } from './get';
import { listObjects } from './list';
import { DISCOVERY_CONVERSIONS, negotiate, NotAcceptableText, OBJECT_CONVERSIONS, type Media } from './negotiation';
import { connectionRefused, isTimedOut, needsQuorum, requestTimedOut, STORAGE_DEADLINE_MS, type Verb } from './outage';
import { patch } from './patch';
import { plainPath } from './plain-paths';
import { createBareBinding, createBinding, createEviction, readLog, type PodLogs } from './pod-subresources';
import { readPath, type PathInfo, type ResourcePath } from './request-info';
import { review } from './reviews';
import { getScale, patchScale, updateScale } from './scale';
import { listBody } from './table';
import { metricsAnswer } from './metrics';
import { createToken } from './tokens';
import { openCursor, type WatchCursor } from './watch';
import { create, remove, removeCollection, update } from './write';

/** Models apiserver/pkg/endpoints/installer.go: which handler answers which method and path. */

const MEDIA_TYPES = { json: 'application/json', yaml: 'application/yaml' } as const;

function verbOf(request: ApiRequest, path: Pick<ResourcePath, 'name'>): Verb | undefined {
  const single = path.name !== '';
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return isWatch(request) ? 'watch' : single ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return single ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

export function isWatch(request: ApiRequest): boolean {
  const { watch } = request.query ?? {};
  return request.method === 'GET' && (watch === 'true' || watch === '1');
}

/** Whether a request would change state, if it is not refused. */
export function isWrite(request: ApiRequest): boolean {
  if (connects(request)) return true;
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return false;
  if (!request.path.startsWith('/api/') && !request.path.startsWith('/apis/')) return false;
  if (request.query?.['dryRun'] === 'All') return false;
  return !(isMap(request.body) && Array.isArray(request.body['dryRun']) && request.body['dryRun'].includes('All'));
}

/** The REST door: one request in, one response out. */
export class RestDoor {
  readonly #core: Core;
  readonly #registry: Registry;
  logs: PodLogs | undefined;
  connections: PodConnections | undefined;

  constructor(core: Core, registry: Registry) {
    this.#core = core;
    this.#registry = registry;
  }

  handle(request: ApiRequest, origin: Origin): ApiResponse {
    const { reach } = this.#core;
    if (!reach.serving) return connectionRefused();
    const plain = plainPath(request, this.#registry, reach.quorum);
    if (plain) return allowGet(request, plain);
    const info = readPath(request.path, this.#registry);
    if (info.kind === 'other') return textResponse(404, '404 page not found\n');
    const warnings: string[] = [];
    try {
      const measured = metricsAnswer(this.#core, request);
      if (measured) return measured;
      return this.#answer(request, origin, info, warnings);
    } catch (error) {
      return withWarnings(refusalResponse(error), warnings);
    }
  }

  /** Opens a watch, or says why not. */
  openWatch(request: ApiRequest, origin: Origin): { refusal: ApiResponse } | WatchCursor {
    const info = readPath(request.path, this.#registry);
    const watched = info.kind === 'resource' && isAllowed('watch', info.path);
    if (!watched || !this.#core.reach.serving) return { refusal: this.handle(request, origin) };
    const warnings: string[] = [];
    try {
      const media = negotiate(request.headers?.['accept'], OBJECT_CONVERSIONS);
      if (needsQuorum('watch', request) && !this.#core.reach.quorum) throw requestTimedOut();
      return openCursor({ core: this.#core, registry: this.#registry, request, origin, media, warnings }, info.path);
    } catch (error) {
      return { refusal: refusalResponse(error) };
    }
  }

  #answer(request: ApiRequest, origin: Origin, info: PathInfo, warnings: string[]): ApiResponse {
    if (info.kind === 'missing') throw unknownResource();
    if (info.kind !== 'resource' && info.kind !== 'review') return this.#discover(request, info);
    const connecting = info.kind === 'resource' && isConnection(info.path);
    const media = negotiate(connecting ? undefined : request.headers?.['accept'], OBJECT_CONVERSIONS);
    const call: Call = { core: this.#core, registry: this.#registry, request, origin, media, warnings };
    if (info.kind === 'review') {
      const { row, namespace } = info;
      if (
        verbOf(request, { name: '' }) !== 'create' ||
        !row.verbs.includes('create') ||
        row.namespaced !== (namespace !== '')
      )
        throw notAllowed();
      const { code, body } = review(call, row, namespace);
      return withWarnings(responseOf(code, body, media), warnings);
    }
    const verb = verbOf(request, info.path);
    if (!verb || !isAllowed(verb, info.path)) throw notAllowed();
    if (info.path.resource.kind.deprecation) warnings.push(info.path.resource.kind.deprecation);
    if (needsQuorum(verb, request) && !this.#core.reach.quorum) throw requestTimedOut();
    if (connecting) return connect(call, info.path, this.connections);
    if (info.path.subresource === 'log' && verb === 'get')
      return withWarnings(readLog(call, info.path, this.logs), warnings);
    if (verb === 'watch') return responseOf(200, openCursor(call, info.path).next() as unknown as Json, media);
    const { code, body } = answerOf(call, verb, info.path);
    if (isWrite(request) && definesResources(info.path.resource))
      settleDefinitions(this.#core, writeOf(call, false, ''));
    return withWarnings(responseOf(code, body, media), warnings);
  }

  #discover(request: ApiRequest, info: PathInfo): ApiResponse {
    const registry = this.#registry;
    if (request.method !== 'GET' && info.kind !== 'groups') throw notAllowed();
    const whole = info.kind === 'groups' || info.kind === 'versions';
    const media = negotiate(request.headers?.['accept'], whole ? DISCOVERY_CONVERSIONS : {});
    if (media.as !== '') {
      const type = `application/json;g=apidiscovery.k8s.io;v=${media.version};as=APIGroupDiscoveryList`;
      return {
        code: 200,
        headers: { 'content-type': type },
        body: aggregated(registry, info.kind === 'versions', media.version),
      };
    }
    if (info.kind === 'versions') return responseOf(200, coreVersions(), media);
    if (info.kind === 'groups') return responseOf(200, groupList(registry), media);
    if (info.kind === 'group') return responseOf(200, groupOf(registry, info.group), media);
    if (info.kind === 'groupVersion') return responseOf(200, resourceList(registry, info.apiVersion), media);
    throw unknownResource();
  }
}

function answerOf(call: Call, verb: Verb, path: ResourcePath): Answer {
  const { resource, subresource } = path;
  if (subresource === 'scale') return scaleAnswer(call, verb, path);
  if (subresource === 'binding') return path.name === '' ? createBareBinding(call, path) : createBinding(call, path);
  if (subresource === 'eviction') return createEviction(call, path);
  if (subresource === 'token') return createToken(call, path);
  switch (verb) {
    case 'list':
      return { code: 200, body: listBody(call, resource, listObjects(call, path)) };
    case 'deletecollection':
      return { code: 200, body: listBody(call, resource, removeCollection(call, path)) };
    case 'create':
      return create(call, path);
    case 'update':
      return update(call, path);
    case 'patch':
      return patch(call, path);
    case 'delete':
      return remove(call, path);
    default:
      return getObject(call, path);
  }
}

/** Whether a write may change which resources there are. */
function definesResources({ kind, custom }: ResourcePath['resource']): boolean {
  return custom !== undefined || kind.resource === DEFINITIONS;
}

function scaleAnswer(call: Call, verb: Verb, path: ResourcePath): Answer {
  if (verb === 'get') return getScale(call, path);
  return verb === 'patch' ? patchScale(call, path) : updateScale(call, path);
}

function isAllowed(verb: Verb, { resource, name, subresource, inNamespace }: ResourcePath): boolean {
  const { row } = resource;
  if (subresource !== '') return row.subresources.find((sub) => sub.name === subresource)!.verbs.includes(verb);
  if (!row.verbs.includes(verb)) return false;
  if (verb === 'create') return name === '' && (inNamespace || !row.namespaced);
  if (verb === 'update' || verb === 'patch') return name !== '';
  return verb !== 'deletecollection' || inNamespace || !row.namespaced;
}

function unknownResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

function notAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

function allowGet(request: ApiRequest, response: ApiResponse): ApiResponse {
  if (request.method === 'GET' || request.method === 'HEAD' || request.path.startsWith('/healthz')) return response;
  return refusalResponse(notAllowed());
}

function responseOf(code: number, body: Json, media: Media): ApiResponse {
  const headers = { 'content-type': MEDIA_TYPES[media.format] };
  return { code, headers, body: media.format === 'yaml' ? stringify(body, { aliasDuplicateObjects: false }) : body };
}

function withWarnings(response: ApiResponse, warnings: string[]): ApiResponse {
  return warnings.length === 0 ? response : { ...response, warnings: [...new Set(warnings)] };
}

function refusalResponse(error: unknown): ApiResponse {
  if (error instanceof NotAcceptableText) return textResponse(406, error.message);
  if (!(error instanceof ApiError)) throw error;
  const answer = {
    code: error.code,
    headers: { 'content-type': 'application/json' },
    body: error.status as unknown as Json,
  };
  return isTimedOut(error) ? { ...answer, afterMs: STORAGE_DEADLINE_MS } : answer;
}
