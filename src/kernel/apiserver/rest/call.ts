import type { ApiRequest, ApiResponse } from '../../../api/client';
import type { Json } from '../../../api/objects';
import type { Core, Write } from '../core';
import type { Registry } from '../registry';
import type { Media } from './negotiation';

/** Who asks: the component or client, and the journal's entry that carries the request. */
export interface Origin {
  readonly actor: string;
  readonly input?: number;
}

/** One request on its way through the handlers. */
export interface Call {
  readonly core: Core;
  readonly registry: Registry;
  readonly request: ApiRequest;
  readonly origin: Origin;
  readonly media: Media;
  /** Texts for Warning headers, in order. */
  readonly warnings: string[];
}

/** What a handler answers, before it is put into the form that the client asked for. */
export interface Answer {
  readonly code: number;
  readonly body: Json;
}

/** The circumstances of a write by a client. */
export function writeOf(call: Call, dryRun: boolean, manager: string): Write {
  const { actor, input } = call.origin;
  const cause = { actor, revisions: [], ...(input === undefined ? {} : { input }) };
  return { cause, dryRun, trusted: false, manager: manager || managerOf(call.request), warnings: call.warnings };
}

/** The field manager of a client that names none. Models managerOrUserAgent. */
function managerOf(request: ApiRequest): string {
  return (request.headers?.['user-agent'] ?? '').split('/')[0]!.slice(0, 128) || 'unknown';
}

export function textResponse(code: number, body: string): ApiResponse {
  return { code, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
