import type { ApiResponse } from '../api/client';
import type { Json } from '../api/objects';
import { ApiError } from '../api/status';

/** Why a second tab's writes are refused. */
export function onlyLooking(): ApiError {
  return new ApiError(403, 'Forbidden', 'This cluster is open in another tab. Take over there, or here, to change it.');
}

/** Why a request was not answered that broke what should answer it. */
export function internalError(error: unknown): ApiError {
  return new ApiError(
    500,
    'InternalError',
    `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
  );
}

/** What ends a connection when history changes, or nobody serves it any more. */
export function brokenConnection(): ApiError {
  return internalError(new Error('the connection broke'));
}

/** A refusal as an answer. */
export function refusalResponse(error: ApiError): ApiResponse {
  return jsonResponse(error.code, error.status as unknown as Json);
}

export function jsonResponse(code: number, body: Json): ApiResponse {
  return { code, headers: { 'content-type': 'application/json' }, body };
}
