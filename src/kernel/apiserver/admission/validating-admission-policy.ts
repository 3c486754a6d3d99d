import { keyOf, type ApiObject, type Json, type LabelSelector } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import { ApiError, forbidden } from '../../../api/status';
import { RESOURCES } from '../../../api/schema/tables';
import type { Core } from '../core';
import { CLIENT_GROUPS, CLIENT_NAME } from '../rest/user';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { isAsked, matchesRule, matchesSelectors, type MatchSelectors, type Rule } from './match-rules';
import { PolicyScope } from './policy-expressions';

/** Models apiserver/pkg/admission/plugin/policy/validating: rules that stand in objects, and where they hold. */

interface Constraints extends MatchSelectors {
  readonly resourceRules?: readonly Rule[];
  readonly excludeResourceRules?: readonly Rule[];
}

interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

interface Policy extends ApiObject {
  readonly spec: {
    readonly failurePolicy?: string;
    readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
    readonly matchConstraints?: Constraints;
    readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
    readonly variables?: readonly { readonly name: string; readonly expression: string }[];
    readonly validations?: readonly Validation[];
  };
}

interface Binding extends ApiObject {
  readonly spec: {
    readonly policyName: string;
    readonly validationActions: readonly string[];
    readonly matchResources?: Constraints;
    readonly paramRef?: {
      readonly name?: string;
      readonly namespace?: string;
      readonly selector?: LabelSelector;
      readonly parameterNotFoundAction?: string;
    };
  };
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
  const { policyName, validationActions, matchResources } = binding.spec;
  const policy = core.store.get('validatingadmissionpolicies', policyName) as unknown as Policy | undefined;
  if (!policy || !isMeant(policy.spec.matchConstraints, request, core, false)) return;
  if (matchResources && !isMeant(matchResources, request, core, true)) return;
  for (const { message, reason } of findings(policy, binding, request, core)) {
    const names = `ValidatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}'`;
    if (validationActions.includes('Deny')) throw refusal(request, `${names} denied request: ${message}`, reason);
    if (validationActions.includes('Warn')) request.write.warnings.push(`Validation failed for ${names}: ${message}`);
  }
}

/** A binding without rules of its own takes those of its policy. */
function isMeant(constraints: Constraints | undefined, request: AdmissionRequest, core: Core, all: boolean): boolean {
  const { resourceRules = [], excludeResourceRules = [] } = constraints ?? {};
  if (!constraints || !matchesSelectors(constraints, request, core)) return false;
  if (excludeResourceRules.some((rule) => matchesRule(rule, request))) return false;
  return (all && resourceRules.length === 0) || resourceRules.some((rule) => matchesRule(rule, request));
}

function refusal({ resource, name, object }: AdmissionRequest, message: string, reason: string): ApiError {
  const { group, resource: plural } = resource.row;
  const { status } = forbidden(group, plural, name || object.metadata.name, message);
  return new ApiError(CODES[reason] ?? 422, reason, status.message ?? message, status.details ?? {});
}

/** What the policy says against the request, once for each set of parameters. */
function findings(policy: Policy, binding: Binding, request: AdmissionRequest, core: Core): Finding[] {
  const params = paramsOf(policy, binding, request, core);
  if (params === 'none') return [];
  if (params === 'missing') {
    const message = `failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`;
    return [{ message, reason: 'Invalid' }];
  }
  return params.flatMap((one) => findingsFor(policy, one, request, core));
}

function findingsFor({ spec }: Policy, params: Json, request: AdmissionRequest, core: Core): Finding[] {
  const scope = new PolicyScope({ ...namesOf(request, core), params });
  const fails = spec.failurePolicy !== 'Ignore';
  for (const { expression } of spec.matchConditions ?? []) {
    const result = scope.evaluate(expression);
    if ('problem' in result) return fails ? [failure(expression, result.problem)] : [];
    if (result.value !== true) return [];
  }
  for (const { name, expression } of spec.variables ?? []) scope.define(name, expression);
  return (spec.validations ?? []).flatMap((validation) => {
    const result = scope.evaluate(validation.expression);
    if ('problem' in result) return fails ? [failure(validation.expression, result.problem)] : [];
    return result.value === true
      ? []
      : [{ message: messageOf(validation, scope), reason: validation.reason ?? 'Invalid' }];
  });
}

const failure = (expression: string, problem: string): Finding => ({
  message: `expression '${expression}' resulted in error: ${problem}`,
  reason: 'Invalid',
});

function messageOf({ expression, message, messageExpression }: Validation, scope: PolicyScope): string {
  const made = messageExpression === undefined ? undefined : scope.evaluate(messageExpression);
  if (made && 'value' in made && typeof made.value === 'string' && made.value.trim() !== '') return made.value.trim();
  return message?.trim() || `failed expression: ${expression.trim()}`;
}

function namesOf(request: AdmissionRequest, core: Core): Record<string, Json> {
  const { operation, object, current, namespace, name, subresource, resource, write } = request;
  const { group, version, kind, resource: plural } = resource.row;
  const place = namespace === '' ? undefined : core.store.get('namespaces', namespace);
  const json = (value: ApiObject | undefined): Json => (value ?? null) as unknown as Json;
  return {
    object: operation === 'delete' ? null : json(object),
    oldObject: operation === 'delete' ? json(object) : json(current),
    namespaceObject: json(place),
    request: {
      kind: { group, version, kind },
      resource: { group, version, resource: plural },
      subResource: subresource,
      name: name || object.metadata.name,
      namespace,
      operation: operation.toUpperCase(),
      userInfo: { username: CLIENT_NAME, groups: [...CLIENT_GROUPS] },
      dryRun: write.dryRun,
    },
  };
}

/** The parameters: one null where the policy wants none. */
function paramsOf(
  { spec }: Policy,
  { spec: bound }: Binding,
  request: AdmissionRequest,
  core: Core,
): Json[] | 'none' | 'missing' {
  const { paramKind } = spec;
  const { paramRef } = bound;
  if (!paramKind || !paramRef) return [null];
  const row = RESOURCES.find(
    (one) =>
      one.kind === paramKind.kind && (one.group ? `${one.group}/${one.version}` : one.version) === paramKind.apiVersion,
  );
  const namespace = row?.namespaced === false ? '' : (paramRef.namespace ?? request.namespace);
  const all = row ? core.store.all(row.resource as 'configmaps') : new Map<string, ApiObject>();
  const found = paramRef.name
    ? [all.get(keyOf(namespace, paramRef.name))]
    : [...all.values()].filter(
        ({ metadata }) =>
          (metadata.namespace ?? '') === namespace && selectorMatches(paramRef.selector, metadata.labels ?? {}),
      );
  const there = found.filter((one) => one !== undefined) as unknown as Json[];
  if (there.length > 0) return there;
  return paramRef.parameterNotFoundAction === 'Allow' ? 'none' : 'missing';
}
