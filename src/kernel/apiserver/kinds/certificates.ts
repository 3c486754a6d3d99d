import type { ApiObject, Json } from '../../../api/objects';
import { signingRequestTable } from '../columns/registrations';
import type { Kind } from '../kind';
import { CLIENT_GROUPS, CLIENT_NAME } from '../rest/user';
import type { FieldErrors } from '../validation/field-errors';
import { validateSigningRequest } from '../validation/certificates';

/** Models pkg/registry/certificates/certificates strategy.go. */

export interface SigningRequest extends ApiObject {
  readonly spec?: { readonly [key: string]: Json };
  readonly status?: { readonly conditions?: readonly SigningCondition[]; readonly certificate?: string };
}

export interface SigningCondition {
  readonly type: string;
  readonly status: string;
  readonly [key: string]: Json;
}

const DECISIONS = ['Approved', 'Denied'];

/** Who asks is who the server takes the client for, whatever the object says. */
function withRequestor(request: SigningRequest): SigningRequest {
  const { username: _, groups: __, uid: ___, extra: ____, ...spec } = request.spec ?? {};
  return { ...request, spec: { ...spec, username: CLIENT_NAME, groups: [...CLIENT_GROUPS] } };
}

/** Only the decision is taken of what was sent, and a decision stays. */
function withDecision(changed: SigningRequest, current: SigningRequest, errors: FieldErrors): SigningRequest {
  const before = current.status?.conditions ?? [];
  const after = changed.status?.conditions ?? [];
  const kept = before.filter(({ type }) => !DECISIONS.includes(type));
  const decided = after.filter(({ type }) => DECISIONS.includes(type));
  for (const { type } of before.filter((one) => DECISIONS.includes(one.type)))
    if (!decided.some((one) => one.type === type))
      errors.forbidden('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`);
  if (decided.length > 1)
    errors.invalid('status.conditions', 'Denied', 'Approved and Denied conditions are mutually exclusive');
  return { ...current, status: { ...current.status, conditions: [...kept, ...decided] } };
}

export const certificatesigningrequests: Kind<SigningRequest> = {
  resource: 'certificatesigningrequests',
  table: signingRequestTable as unknown as NonNullable<Kind<SigningRequest>['table']>,
  selectableFields: {
    'spec.signerName': ({ spec }) => (typeof spec?.['signerName'] === 'string' ? spec['signerName'] : ''),
  },
  prepareCreate: withRequestor,
  prepareUpdate: (next, current) => ({ ...next, spec: current.spec ?? {} }),
  validate: validateSigningRequest,
  parts: { approval: withDecision },
};
