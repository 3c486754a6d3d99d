import type { ApiObject, Json } from '../../../api/objects';
import { ApiError, forbidden } from '../../../api/status';
import type { Core } from '../core';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { isAsked } from './match-rules';
import { failed, holdsFor, paramsOf, scopeFor, type BindingSpec, type PolicySpec } from './policies';
import type { PolicyScope } from './policy-expressions';

/** Models apiserver/pkg/admission/plugin/policy/validating. */

interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

interface Policy extends ApiObject {
  readonly spec: PolicySpec & { readonly validations?: readonly Validation[] };
}

interface Binding extends ApiObject {
  readonly spec: BindingSpec & { readonly validationActions: readonly string[] };
}

interface Finding {
  readonly message: string;
  readonly reason: string;
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  validate(request, core) {
    const bindings = core.store.all('validatingadmissionpolicybindings');
    if (bindings.size === 0 || !isAsked(request)) return;
    for (const key of [...bindings.keys()].sort()) judge(bindings.get(key) as unknown as Binding, request, core);
  },
};

function judge(binding: Binding, request: AdmissionRequest, core: Core): void {
  const { policyName, validationActions } = binding.spec;
  const policy = core.store.get('validatingadmissionpolicies', policyName) as unknown as Policy | undefined;
  if (!policy || !holdsFor(policy.spec, binding.spec, request, core)) return;
  for (const { message, reason } of findings(policy, binding, request, core)) {
    const names = `ValidatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}'`;
    if (validationActions.includes('Deny')) throw refusal(request, `${names} denied request: ${message}`, reason);
    if (validationActions.includes('Warn')) request.write.warnings.push(`Validation failed for ${names}: ${message}`);
  }
}

function refusal({ resource, name, object }: AdmissionRequest, message: string, reason: string): ApiError {
  const { group, resource: plural } = resource.row;
  const { status } = forbidden(group, plural, name || object.metadata.name, message);
  return new ApiError(CODES[reason] ?? 422, reason, status.message ?? message, status.details ?? {});
}

/** What the policy says against the request, once for each set of parameters. */
function findings({ spec }: Policy, binding: Binding, request: AdmissionRequest, core: Core): Finding[] {
  const params = paramsOf(spec, binding.spec, request, core);
  if ('problem' in params) return fatal(spec, params.problem);
  return params.flatMap((one) => findingsFor(spec, one, request, core));
}

/** What cannot be worked out is held against the request, unless the policy says otherwise. */
const fatal = ({ failurePolicy }: PolicySpec, message: string): Finding[] =>
  failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }];

function findingsFor(spec: Policy['spec'], params: Json, request: AdmissionRequest, core: Core): Finding[] {
  const scope = scopeFor(spec, params, request, core);
  if (!scope) return [];
  if ('problem' in scope) return fatal(spec, scope.problem);
  return (spec.validations ?? []).flatMap((validation) => {
    const result = scope.evaluate(validation.expression);
    if ('problem' in result) return fatal(spec, failed(validation.expression, result.problem));
    return result.value === true
      ? []
      : [{ message: messageOf(validation, scope), reason: validation.reason ?? 'Invalid' }];
  });
}

function messageOf({ expression, message, messageExpression }: Validation, scope: PolicyScope): string {
  const made = messageExpression === undefined ? undefined : scope.evaluate(messageExpression);
  if (made && 'value' in made && typeof made.value === 'string' && made.value.trim() !== '') return made.value.trim();
  return message?.trim() || `failed expression: ${expression.trim()}`;
}
