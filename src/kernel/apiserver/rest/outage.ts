import type { ApiRequest, ApiResponse } from '../../../api/client';
import { ApiError } from '../../../api/status';

/** What clients meet while a part of the control plane is away. */

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** etcd gives a request five seconds and two elections. Models etcd's ServerConfig.ReqTimeout with its default ticks. */
export const STORAGE_DEADLINE_MS = 7_000;
const TIMED_OUT = 'etcdserver: request timed out';

/** Nobody listens: there is no answer at all. */
export function connectionRefused(): ApiResponse {
  return { code: 503, headers: {}, body: '', refused: true };
}

/** etcd has no leader and answers nothing in time; the API server passes its words on. */
export function requestTimedOut(): ApiError {
  return new ApiError(500, '', TIMED_OUT);
}

export function isTimedOut(error: ApiError): boolean {
  return error.code === 500 && error.message === TIMED_OUT;
}

/**
 * Whether a request asks etcd. Reads at a revision, `0` among them, are answered from the watch cache, as long as that
 * has what they ask for. Models apiserver/pkg/storage/cacher delegator.ShouldDelegateList.
 */
export function needsQuorum(verb: Verb, { query = {} }: ApiRequest): boolean {
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return true;
  const revision = query['resourceVersion'] ?? '';
  return revision === '' || query['resourceVersionMatch'] === 'Exact' || (query['continue'] ?? '') !== '';
}
