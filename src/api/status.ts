/** Models k8s.io/apimachinery/pkg/api/errors: the Status objects with which the API server refuses. */

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, string>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** A refusal of the API server, thrown by typed calls; over the door it is the response's body. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    };
  }

  get code(): number {
    return this.status.code ?? 0;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** `pods` or `jobs.batch`: the way messages name a resource. */
export function qualifiedResource(group: string, resource: string): string {
  return group ? `${resource}.${group}` : resource;
}

const detailsOf = (group: string, kind: string, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  kind,
});

export function notFound(group: string, resource: string, name: string): ApiError {
  return new ApiError(
    404,
    'NotFound',
    `${qualifiedResource(group, resource)} "${name}" not found`,
    detailsOf(group, resource, name),
  );
}

export function alreadyExists(group: string, resource: string, name: string): ApiError {
  const message = `${qualifiedResource(group, resource)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, detailsOf(group, resource, name));
}

export function conflict(group: string, resource: string, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(group, resource)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, detailsOf(group, resource, name));
}

/** The text with which etcd's compare-and-swap refuses a stale write. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function forbidden(group: string, resource: string, name: string, why: string): ApiError {
  const message = `${qualifiedResource(group, resource)}${name ? ` "${name}"` : ''} is forbidden: ${why}`;
  return new ApiError(403, 'Forbidden', message, detailsOf(group, resource, name));
}

export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

/** Whether an error is a refusal with this reason, such as `NotFound`. */
export function isRefusal(error: unknown, reason: string): error is ApiError {
  return error instanceof ApiError && error.reason === reason;
}
