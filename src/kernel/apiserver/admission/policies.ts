import { keyOf, type ApiObject, type Json, type LabelSelector } from '../../../api/objects';
import { selectorMatches } from '../../../api/selectors';
import { RESOURCES } from '../../../api/schema/tables';
import type { ResourceRow } from '../../../api/schema/types';
import type { Core } from '../core';
import { servedResources } from '../custom/served';
import { CLIENT_GROUPS, CLIENT_NAME } from '../rest/user';
import type { AdmissionRequest } from './admission';
import { matchesRule, matchesSelectors, type MatchSelectors, type Rule } from './match-rules';
import { PolicyScope } from './policy-expressions';

/** Models apiserver/pkg/admission/plugin/policy/generic: rules that stand in objects, and where they hold. */

interface Constraints extends MatchSelectors {
  readonly resourceRules?: readonly Rule[];
  readonly excludeResourceRules?: readonly Rule[];
}

interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

export interface PolicySpec {
  readonly failurePolicy?: string;
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
  readonly matchConstraints?: Constraints;
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
}

export interface BindingSpec {
  readonly policyName: string;
  readonly matchResources?: Constraints;
  readonly paramRef?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly selector?: LabelSelector;
    readonly parameterNotFoundAction?: string;
  };
}

/** Whether a policy and its binding hold for a request. A binding without rules of its own takes those of its policy. */
export function holdsFor(policy: PolicySpec, binding: BindingSpec, request: AdmissionRequest, core: Core): boolean {
  if (!isMeant(policy.matchConstraints, request, core, false)) return false;
  return !binding.matchResources || isMeant(binding.matchResources, request, core, true);
}

function isMeant(constraints: Constraints | undefined, request: AdmissionRequest, core: Core, all: boolean): boolean {
  const { resourceRules = [], excludeResourceRules = [] } = constraints ?? {};
  if (!constraints || !matchesSelectors(constraints, request, core)) return false;
  if (excludeResourceRules.some((rule) => matchesRule(rule, request))) return false;
  return (all && resourceRules.length === 0) || resourceRules.some((rule) => matchesRule(rule, request));
}

/** What expressions of a policy speak of, or the first condition that has no value; undefined where one does not hold. */
export function scopeFor(
  { matchConditions = [], variables = [] }: PolicySpec,
  params: Json,
  request: AdmissionRequest,
  core: Core,
): PolicyScope | { readonly problem: string } | undefined {
  const scope = new PolicyScope({ ...namesOf(request, core), params });
  for (const { expression } of matchConditions) {
    const result = scope.evaluate(expression);
    if ('problem' in result) return { problem: failed(expression, result.problem) };
    if (result.value !== true) return undefined;
  }
  for (const { name, expression } of variables) scope.define(name, expression);
  return scope;
}

export const failed = (expression: string, problem: string): string =>
  `expression '${expression}' resulted in error: ${problem}`;

function namesOf(request: AdmissionRequest, core: Core): Record<string, Json> {
  const { operation, object, current, namespace, name, subresource, resource, write } = request;
  const { group, version, kind, resource: plural } = resource.row;
  const place = namespace === '' ? undefined : core.store.get('namespaces', namespace);
  const json = (value: ApiObject | undefined): Json => (value ?? null) as unknown as Json;
  const asked = { kind: { group, version, kind }, resource: { group, version, resource: plural } };
  return {
    object: operation === 'delete' ? null : json(object),
    oldObject: operation === 'delete' ? json(object) : json(current),
    namespaceObject: json(place),
    request: {
      ...asked,
      subResource: subresource,
      requestKind: asked.kind,
      requestResource: asked.resource,
      requestSubResource: subresource,
      name: name || object.metadata.name,
      namespace,
      operation: operation.toUpperCase(),
      userInfo: { username: CLIENT_NAME, groups: [...CLIENT_GROUPS] },
      dryRun: write.dryRun,
    },
  };
}

/** The parameters of a policy: one null where it wants none, none where it does without; or why they cannot be had. */
export function paramsOf(
  { paramKind }: PolicySpec,
  { paramRef }: BindingSpec,
  request: AdmissionRequest,
  core: Core,
): Json[] | { readonly problem: string } {
  if (!paramKind || !paramRef) return [null];
  const configured = (why: string): { problem: string } => ({ problem: `failed to configure binding: ${why}` });
  const found = kindOf(paramKind, core);
  if (!found) {
    const { apiVersion, kind } = paramKind;
    return configured(`paramKind kind \`&ParamKind{APIVersion:${apiVersion},Kind:${kind},}\` not known`);
  }
  const { row, key } = found;
  const namespace = row.namespaced ? (paramRef.namespace ?? request.namespace) : '';
  if (row.namespaced && namespace === '')
    return configured('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  if (!row.namespaced && paramRef.namespace)
    return configured('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  const all = core.store.all(key as 'configmaps') as ReadonlyMap<string, ApiObject>;
  const chosen = paramRef.name
    ? [all.get(keyOf(namespace, paramRef.name))]
    : [...all.values()].filter(
        ({ metadata }) =>
          (metadata.namespace ?? '') === namespace && selectorMatches(paramRef.selector, metadata.labels ?? {}),
      );
  const there = chosen.filter((one) => one !== undefined) as unknown as Json[];
  if (there.length > 0 || paramRef.parameterNotFoundAction === 'Allow') return there;
  return configured('no params found for policy binding with `Deny` parameterNotFoundAction');
}

/** A kind that parameters are of, the cluster's own or defined in it, and its key in the store. */
function kindOf(
  { apiVersion, kind }: NonNullable<PolicySpec['paramKind']>,
  core: Core,
): { row: ResourceRow; key: string } | undefined {
  const isMeantBy = (row: ResourceRow): boolean =>
    row.kind === kind && (row.group ? `${row.group}/${row.version}` : row.version) === apiVersion;
  const own = RESOURCES.find(isMeantBy);
  if (own) return { row: own, key: own.resource };
  const custom = servedResources(core.store).find(({ row }) => isMeantBy(row));
  return custom && { row: custom.row, key: custom.kind.resource };
}
