import type { ApiObject, Json } from '../../../api/objects';
import { signingRequestTable } from '../columns/registrations';
import type { Core } from '../core';
import type { Kind } from '../kind';
import { CLIENT_GROUPS, CLIENT_NAME } from '../rest/user';
import { validateSigningRequest, validateSigningUpdate } from '../validation/certificates';
import type { FieldErrors } from '../validation/field-errors';

/** Models pkg/registry/certificates/certificates strategy.go. */

export interface SigningRequest extends ApiObject {
  readonly spec?: { readonly [key: string]: Json };
  readonly status?: { readonly conditions?: readonly SigningCondition[]; readonly certificate?: string };
}

export interface SigningCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string | null;
  readonly lastTransitionTime?: string | null;
}

/** Who asks is who the server takes the client for, whatever the object says. */
function withRequestor(request: SigningRequest): SigningRequest {
  const { username: _, groups: __, uid: ___, extra: ____, ...spec } = request.spec ?? {};
  return { ...request, spec: { ...spec, username: CLIENT_NAME, groups: [...CLIENT_GROUPS] } };
}

const withSpecOf = (request: SigningRequest, { spec }: SigningRequest): SigningRequest =>
  spec ? { ...request, spec } : request;

/** Moments that the writer left out. Models populateConditionTimestamps. */
function withMoments(next: SigningRequest, current: SigningRequest, now: string): SigningRequest {
  const { conditions } = next.status ?? {};
  if (!conditions) return next;
  const dated = conditions.map((condition) => {
    const same = current.status?.conditions?.find(
      ({ type, status }) => type === condition.type && status === condition.status,
    );
    const lastUpdateTime = condition.lastUpdateTime ?? now;
    return {
      ...condition,
      lastUpdateTime,
      lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    };
  });
  return { ...next, status: { ...next.status, conditions: dated } };
}

/** Of what was sent for an approval only the conditions are taken. */
function withApproval(
  changed: SigningRequest,
  current: SigningRequest,
  errors: FieldErrors,
  { clock }: Core,
): SigningRequest {
  const { conditions } = withMoments(changed, current, clock.time).status ?? {};
  const { conditions: _, ...others } = current.status ?? {};
  const status = { ...others, ...(conditions ? { conditions } : {}) };
  const next = withSpecOf({ ...changed, status }, current);
  validateSigningUpdate(next, current, 'approval', errors);
  return next;
}

export const certificatesigningrequests: Kind<SigningRequest> = {
  resource: 'certificatesigningrequests',
  table: signingRequestTable as unknown as NonNullable<Kind<SigningRequest>['table']>,
  selectableFields: {
    'spec.signerName': ({ spec }) => (typeof spec?.['signerName'] === 'string' ? spec['signerName'] : ''),
  },
  prepareCreate: withRequestor,
  prepareUpdate: withSpecOf,
  prepareStatus: (next, current, { clock }) => withMoments(withSpecOf(next, current), current, clock.time),
  validate: validateSigningRequest,
  validateUpdate: (next, current, errors) => validateSigningUpdate(next, current, 'object', errors),
  validateStatus: (next, current, errors) => validateSigningUpdate(next, current, 'status', errors),
  parts: { approval: withApproval },
};
