import { isMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import {
  ageTable,
  apiServiceTable,
  flowSchemaTable,
  policyBindingTable,
  policyTable,
  priorityLevelTable,
  resourceClaimTable,
  resourceSliceTable,
  webhookTable,
} from '../columns/registrations';
import type { Core } from '../core';
import { each, fill } from '../defaults/fill';
import type { Kind } from '../kind';
import { validateFlowSchema, validatePriorityLevel } from '../validation/flow-control';
import {
  validateApiService,
  validatePolicy,
  validatePolicyBinding,
  validateWebhooks,
} from '../validation/registrations';

/** What the server itself is told: who is asked before a write, who shares it how, who serves which group. */

type Loose = ApiObject & { [key: string]: unknown };
type Part = Record<string, Json>;

const EVERYTHING: Part = {};

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
  validate: validateWebhooks,
  validateUpdate: (next, _current, errors) => validateWebhooks(next, errors),
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

const policyKind = (resource: string, validated: boolean): Kind =>
  kind({
    resource,
    ...(table(validated ? policyTable : ageTable) as unknown as Pick<Kind<Loose>, 'table'>),
    generation: true,
    defaults: (object) => withMatchDefaults(object, 'matchConstraints', { failurePolicy: 'Fail' }),
    ...(validated
      ? { validate: validatePolicy, validateUpdate: (next, _current, errors) => validatePolicy(next, errors) }
      : {}),
  });

const bindingKind = (resource: string, validated: boolean): Kind =>
  kind({
    resource,
    ...(table(policyBindingTable) as unknown as Pick<Kind<Loose>, 'table'>),
    generation: true,
    defaults: (object) => withMatchDefaults(object, 'matchResources', {}),
    ...(validated
      ? {
          validate: validatePolicyBinding,
          validateUpdate: (next, _current, errors) => validatePolicyBinding(next, errors),
        }
      : {}),
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
  validate: validateFlowSchema,
  validateUpdate: (next, _current, errors) => validateFlowSchema(next, errors),
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
  validate: validatePriorityLevel,
  validateUpdate: (next, _current, errors) => validatePriorityLevel(next, errors),
});

export const REGISTRATIONS: readonly Kind[] = [
  kind(webhookKind('validatingwebhookconfigurations', {})),
  kind(webhookKind('mutatingwebhookconfigurations', { reinvocationPolicy: 'Never' })),
  policyKind('validatingadmissionpolicies', true),
  bindingKind('validatingadmissionpolicybindings', true),
  policyKind('mutatingadmissionpolicies', false),
  bindingKind('mutatingadmissionpolicybindings', false),
  flowschemas,
  prioritylevelconfigurations,
  {
    resource: 'apiservices',
    keepsInitialStatus: true,
    ...table(apiServiceTable),
    validate: validateApiService as NonNullable<Kind['validate']>,
  },
  { resource: 'deviceclasses', generation: true, ...table(ageTable) },
  { resource: 'resourceclaims', ...table(resourceClaimTable) },
  { resource: 'resourceclaimtemplates', ...table(ageTable) },
  { resource: 'resourceslices', generation: true, ...table(resourceSliceTable) },
];
