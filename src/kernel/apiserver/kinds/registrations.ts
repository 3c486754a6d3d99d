import { isMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import {
  apiServiceTable,
  flowSchemaTable,
  mutatingPolicyTable,
  policyBindingTable,
  policyTable,
  priorityLevelTable,
  webhookTable,
} from '../columns/registrations';
import type { Core } from '../core';
import { each, fill } from '../defaults/fill';
import type { Kind } from '../kind';
import {
  validateMutatingBinding,
  validateMutatingPolicy,
  validateValidatingBinding,
  validateValidatingPolicy,
} from '../validation/admission-policies';
import { validateApiService, validateApiServiceStatus } from '../validation/api-services';
import type { FieldErrors } from '../validation/field-errors';
import { validateFlowSchema, validateFlowStatus, validatePriorityLevel } from '../validation/flow-control';
import { validateWebhooks } from '../validation/webhooks';

/** What the server itself is told: who is asked before a write, who shares it how, who serves which group. */

type Loose = ApiObject & { [key: string]: unknown };
type Part = Record<string, Json>;

const EVERYTHING: Part = {};

/** What is refused of a new object is refused of a changed one. */
const refusing = (
  check: (object: ApiObject, errors: FieldErrors) => void,
): Pick<Kind<Loose>, 'validate' | 'validateUpdate'> => ({
  validate: check,
  validateUpdate: (next, _current, errors) => check(next, errors),
});

/** Models pkg/apis/admissionregistration/v1 defaults.go. */
function withWebhookDefaults(object: Loose, more: Part): Loose {
  const webhooks = object['webhooks'] as Part[] | undefined;
  if (!webhooks) return object;
  const common = { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, ...more };
  const filled = each(webhooks, (one) => {
    const hook: Part = fill(one, { ...common, namespaceSelector: EVERYTHING, objectSelector: EVERYTHING });
    return { ...hook, rules: withScopes(hook['rules'] ?? []), clientConfig: withPort(hook['clientConfig'] ?? {}) };
  });
  return { ...object, webhooks: filled };
}

const withScopes = (rules: Json): Json =>
  Array.isArray(rules) ? rules.map((rule) => (isMap(rule) ? fill(rule, { scope: '*' }) : rule)) : rules;

function withPort(config: Json): Json {
  const service = isMap(config) ? config['service'] : undefined;
  return isMap(config) && isMap(service) ? { ...config, service: fill(service, { port: 443 }) } : config;
}

const webhookKind = (resource: string, more: Part): Kind<Loose> => ({
  resource,
  table: webhookTable as unknown as NonNullable<Kind<Loose>['table']>,
  generation: true,
  defaults: (object) => withWebhookDefaults(object, more),
  ...refusing(validateWebhooks),
});

/** Models the defaults of MatchResources. */
function withMatchDefaults(object: Loose, key: string, policy: Part): Loose {
  const spec = (object['spec'] ?? {}) as Part;
  const match = spec[key];
  if (!isMap(match)) return { ...object, spec: fill(spec, policy) };
  const filled: Part = {
    ...fill(match, { matchPolicy: 'Equivalent', namespaceSelector: EVERYTHING, objectSelector: EVERYTHING }),
  };
  for (const rules of ['resourceRules', 'excludeResourceRules'])
    if (filled[rules]) filled[rules] = withScopes(filled[rules]);
  return { ...object, spec: fill({ ...spec, [key]: filled }, policy) };
}

const table = (columns: unknown): { table: NonNullable<Kind['table']> } => ({
  table: columns as NonNullable<Kind['table']>,
});
const kind = (row: Kind<Loose>): Kind => row as unknown as Kind;

type Check = (object: ApiObject, errors: FieldErrors) => void;

const policyKind = (resource: string, columns: unknown, check: Check): Kind =>
  kind({
    resource,
    ...(table(columns) as unknown as Pick<Kind<Loose>, 'table'>),
    generation: true,
    defaults: (object) => withMatchDefaults(object, 'matchConstraints', { failurePolicy: 'Fail' }),
    ...refusing(check),
  });

const bindingKind = (resource: string, check: Check): Kind =>
  kind({
    resource,
    ...(table(policyBindingTable) as unknown as Pick<Kind<Loose>, 'table'>),
    generation: true,
    defaults: (object) => withMatchDefaults(object, 'matchResources', {}),
    ...refusing(check),
  });

/** Whether the level that a schema leads to is there. Models pkg/controlplane flowcontrol's controller, at the schema's first moment. */
function danglingOf(schema: Loose, { store, clock }: Core): Part {
  const { name = '' } = ((schema['spec'] as Part | undefined)?.['priorityLevelConfiguration'] ?? {}) as {
    name?: string;
  };
  const found = store.get('prioritylevelconfigurations' as 'configmaps', name) !== undefined;
  const words = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)}`;
  return {
    type: 'Dangling',
    status: found ? 'False' : 'True',
    lastTransitionTime: clock.time,
    reason: found ? 'Found' : 'NotFound',
    message: `${words} ${found ? 'and it exists' : 'but there is no such object'}`,
  };
}

/** Fills in numbers that are absent, or 0, which is the same to Go where there is no pointer. */
function fillZeros(object: Part, defaults: Record<string, number>): Part {
  const zeros = Object.entries(defaults).filter(([key]) => !object[key]);
  return { ...object, ...Object.fromEntries(zeros) };
}

const flowschemas = kind({
  resource: 'flowschemas',
  ...(table(flowSchemaTable) as unknown as Pick<Kind<Loose>, 'table'>),
  generation: true,
  defaults: (schema) => ({ ...schema, spec: fillZeros((schema['spec'] ?? {}) as Part, { matchingPrecedence: 1000 }) }),
  prepareCreate: (schema, core) => ({ ...schema, status: { conditions: [danglingOf(schema, core)] } }),
  ...refusing(validateFlowSchema),
  validateStatus: (next, _current, errors) => validateFlowStatus(next, errors),
});

/** Models pkg/apis/flowcontrol/v1 defaults.go. */
function withLevelDefaults(level: Loose): Loose {
  const spec = (level['spec'] ?? {}) as Part;
  if (spec['type'] === 'Exempt') {
    const exempt = fill((spec['exempt'] ?? {}) as Part, { nominalConcurrencyShares: 0, lendablePercent: 0 });
    return { ...level, spec: { ...spec, exempt } };
  }
  if (!isMap(spec['limited'] ?? null)) return level;
  const limited: Part = fill(spec['limited'] as Part, { nominalConcurrencyShares: 30, lendablePercent: 0 });
  const response = limited['limitResponse'];
  if (!isMap(response ?? null) || !isMap((response as Part)['queuing'] ?? null))
    return { ...level, spec: { ...spec, limited } };
  const queuing = fillZeros((response as Part)['queuing'] as Part, { queues: 64, handSize: 8, queueLengthLimit: 50 });
  return { ...level, spec: { ...spec, limited: { ...limited, limitResponse: { ...(response as Part), queuing } } } };
}

const prioritylevelconfigurations = kind({
  resource: 'prioritylevelconfigurations',
  ...(table(priorityLevelTable) as unknown as Pick<Kind<Loose>, 'table'>),
  generation: true,
  defaults: withLevelDefaults,
  ...refusing(validatePriorityLevel),
  validateStatus: (next, _current, errors) => validateFlowStatus(next, errors),
});

/** What the server has in itself is there at once. Models kube-aggregator's apiservice strategy. */
function withAvailability(service: Loose, { clock }: Core): Loose {
  const { service: remote } = (service['spec'] ?? {}) as Part;
  const available: Part = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: clock.time,
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
  return { ...service, status: isMap(remote) ? {} : { conditions: [available] } };
}

const apiservices = kind({
  resource: 'apiservices',
  ...(table(apiServiceTable) as unknown as Pick<Kind<Loose>, 'table'>),
  defaults: (service) => ({ ...service, spec: withPort((service['spec'] ?? {}) as Part) }),
  prepareCreate: withAvailability,
  ...refusing(validateApiService),
  validateStatus: (next, _current, errors) => validateApiServiceStatus(next, errors),
});

export const REGISTRATIONS: readonly Kind[] = [
  kind(webhookKind('validatingwebhookconfigurations', {})),
  kind(webhookKind('mutatingwebhookconfigurations', { reinvocationPolicy: 'Never' })),
  policyKind('validatingadmissionpolicies', policyTable, validateValidatingPolicy),
  bindingKind('validatingadmissionpolicybindings', validateValidatingBinding),
  policyKind('mutatingadmissionpolicies', mutatingPolicyTable, validateMutatingPolicy),
  bindingKind('mutatingadmissionpolicybindings', validateMutatingBinding),
  flowschemas,
  prioritylevelconfigurations,
  apiservices,
];
