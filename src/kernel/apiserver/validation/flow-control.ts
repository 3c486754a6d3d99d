import { equalJson, isMap } from '../../../api/json';
import type { ApiObject } from '../../../api/objects';
import { LEVEL_SPECS, MANDATORY, SCHEMA_SPECS } from '../flow-levels';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { labelFaults, subdomainFaults } from './names';
import { count, part, parts, specOf, statusOf, text, texts, type Part } from './untyped';

/** Models pkg/apis/flowcontrol/validation. */

const TYPES = 'io.k8s.api.flowcontrol.v1.';
const EXEMPT = 'exempt';
const LAST_PRECEDENCE = 10_000;
const MOST_QUEUES = 10_000_000;
const DISTINGUISHERS = ['ByNamespace', 'ByUser'];
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
/** What a subject of a kind has, and under which key. */
const SUBJECTS: Readonly<Record<string, string>> = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' };

export function validateFlowSchema(object: ApiObject, errors: FieldErrors): void {
  const spec = specOf(object);
  const precedence = count(spec['matchingPrecedence']);
  const refuse = (why: string): void => errors.invalid('spec.matchingPrecedence', precedence, why);
  if (precedence <= 0) refuse('must be a positive value');
  if (precedence > LAST_PRECEDENCE) refuse(`must not be greater than ${LAST_PRECEDENCE}`);
  if (precedence === 1 && object.metadata.name !== EXEMPT)
    refuse("only the schema named 'exempt' may have matchingPrecedence 1");
  const method = spec['distinguisherMethod'];
  const type = text(part(method)['type']);
  if (isMap(method ?? null) && !DISTINGUISHERS.includes(type))
    errors.notSupported(
      'spec.distinguisherMethod.type',
      goDump(method, `${TYPES}FlowDistinguisherMethod`),
      DISTINGUISHERS,
    );
  const path = 'spec.priorityLevelConfiguration.name';
  const level = text(part(spec['priorityLevelConfiguration'])['name']);
  if (level === '') errors.required(path, 'must reference a priority level');
  else for (const fault of subdomainFaults(level)) errors.invalid(path, level, fault);
  parts(spec['rules']).forEach((rule, index) => validateRule(rule, `spec.rules[${index}]`, errors));
  const { name } = object.metadata;
  if (MANDATORY.includes(name) && !equalJson(spec, SCHEMA_SPECS.get(name)))
    errors.invalid('spec', goDump(spec, `${TYPES}FlowSchemaSpec`), `spec of '${name}' must equal the fixed value`);
  validateFlowStatus(object, errors);
}

/** Each condition has a type of its own. */
export function validateFlowStatus(object: ApiObject, errors: FieldErrors): void {
  const types = parts(statusOf(object)['conditions']).map((condition) => text(condition['type']));
  types.forEach((type, index) => {
    if (types.indexOf(type) < index) errors.duplicate(`status.conditions[${index}].type`, type);
    if (type === '') errors.required(`status.conditions[${index}].type`, 'must not be empty');
  });
}

function validateRule(rule: Part, path: string, errors: FieldErrors): void {
  const [subjects, resources, urls] = ['subjects', 'resourceRules', 'nonResourceRules'].map((key) => parts(rule[key]));
  if (subjects!.length === 0) errors.required(`${path}.subjects`, 'subjects must contain at least one value');
  subjects!.forEach((subject, index) => validateSubject(subject, `${path}.subjects[${index}]`, errors));
  if (resources!.length === 0 && urls!.length === 0)
    errors.required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty');
  resources!.forEach((one, index) => validateResourceRule(one, `${path}.resourceRules[${index}]`, errors));
  urls!.forEach((one, index) => validateUrlRule(one, `${path}.nonResourceRules[${index}]`, errors));
}

function validateSubject(subject: Part, path: string, errors: FieldErrors): void {
  const kind = text(subject['kind']);
  const own = SUBJECTS[kind];
  if (own === undefined) return errors.notSupported(`${path}.kind`, kind, Object.keys(SUBJECTS));
  const named = subject[own];
  if (!isMap(named ?? null)) errors.required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`);
  else validateNamed(kind, part(named), `${path}.${own}`, errors);
  for (const [other, key] of Object.entries(SUBJECTS).reverse())
    if (other !== kind && isMap(subject[key] ?? null))
      errors.forbidden(`${path}.${key}`, `${key} is forbidden when subject kind is not '${other}'`);
}

function validateNamed(kind: string, named: Part, path: string, errors: FieldErrors): void {
  const [name, namespace] = [text(named['name']), text(named['namespace'])];
  if (name === '') errors.required(`${path}.name`);
  if (kind !== 'ServiceAccount') return;
  if (name !== '' && name !== '*')
    for (const fault of subdomainFaults(name)) errors.invalid(`${path}.name`, name, fault);
  if (namespace === '') errors.required(`${path}.namespace`, 'must specify namespace for service account');
  else for (const fault of labelFaults(namespace)) errors.invalid(`${path}.namespace`, namespace, fault);
}

/** A list that has something in it, and nothing beside a '*'. Returns whether each of its values is still to be looked at. */
function validateList(list: string[], path: string, missing: string, others: string, errors: FieldErrors): boolean {
  if (list.length === 0) errors.required(path, missing);
  else if (list.includes('*') && list.length > 1)
    errors.invalid(path, list, `if '*' is present, must not specify other ${others}`);
  return !list.includes('*');
}

function validateVerbs(rule: Part, path: string, errors: FieldErrors): void {
  const verbs = texts(rule['verbs']);
  const named = validateList(verbs, `${path}.verbs`, 'verbs must contain at least one value', 'verbs', errors);
  if (named && !verbs.every((verb) => VERBS.includes(verb))) errors.notSupported(`${path}.verbs`, verbs, VERBS);
}

function validateResourceRule(rule: Part, path: string, errors: FieldErrors): void {
  validateVerbs(rule, path, errors);
  const missing = (what: string): string => `resource rules must supply at least one ${what}`;
  validateList(texts(rule['apiGroups']), `${path}.apiGroups`, missing('api group'), 'api groups', errors);
  validateList(texts(rule['resources']), `${path}.resources`, missing('resource'), 'resources', errors);
  const namespaces = texts(rule['namespaces']);
  if (namespaces.length === 0 && rule['clusterScope'] === true) return;
  const unscoped = 'resource rules that are not cluster scoped must supply at least one namespace';
  if (!validateList(namespaces, `${path}.namespaces`, unscoped, 'namespaces', errors)) return;
  const either = "each member of this list must be '*' or a DNS-1123 label; ";
  namespaces.forEach((name, index) => {
    for (const fault of labelFaults(name)) errors.invalid(`${path}.namespaces[${index}]`, name, either + fault);
  });
}

function validateUrlRule(rule: Part, path: string, errors: FieldErrors): void {
  validateVerbs(rule, path, errors);
  const urls = texts(rule['nonResourceURLs']);
  const missing = 'nonResourceURLs must contain at least one value';
  if (!validateList(urls, `${path}.nonResourceURLs`, missing, 'non-resource URLs', errors)) return;
  urls.forEach((url, index) => {
    const fault = urlFault(url);
    if (fault !== undefined) errors.invalid(`${path}.nonResourceURLs[${index}]`, url, fault);
  });
}

function urlFault(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  return /^[^*]*(\/\*)?$/.test(url) ? undefined : 'wildcard can only do suffix matching';
}

export function validatePriorityLevel(object: ApiObject, errors: FieldErrors): void {
  const spec = specOf(object);
  const type = text(spec['type']);
  const [exempt, limited] = [spec['exempt'], spec['limited']];
  if ((object.metadata.name === EXEMPT) !== (type === 'Exempt'))
    errors.invalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'");
  if (type === 'Exempt') {
    if (isMap(limited ?? null)) errors.forbidden('spec.limited', 'must be nil if the type is not Limited');
    validateShares(part(exempt), 'spec.exempt', errors);
  } else if (type === 'Limited') {
    if (isMap(exempt ?? null)) errors.forbidden('spec.exempt', 'must be nil if the type is Limited');
    if (!isMap(limited ?? null)) errors.required('spec.limited', 'must not be empty when type is Limited');
    else validateLimited(part(limited), errors);
  } else errors.notSupported('spec.type', type, ['Exempt', 'Limited']);
  validateMandatoryLevel(object.metadata.name, spec, errors);
  validateFlowStatus(object, errors);
}

/** Of the exempt level only its shares may be chosen. */
function validateMandatoryLevel(name: string, spec: Part, errors: FieldErrors): void {
  if (!MANDATORY.includes(name)) return;
  const wanted = part(LEVEL_SPECS.get(name));
  const free = name === EXEMPT ? { exempt: null } : {};
  if (equalJson({ ...spec, ...free }, { ...wanted, ...free })) return;
  const except = name === EXEMPT ? " except the 'spec.exempt' field" : '';
  errors.invalid(
    'spec',
    goDump(spec, `${TYPES}PriorityLevelConfigurationSpec`),
    `spec of '${name}'${except} must equal the fixed value`,
  );
}

function validateShares(level: Part, path: string, errors: FieldErrors): void {
  const [shares, lendable] = [count(level['nominalConcurrencyShares']), count(level['lendablePercent'])];
  if (shares < 0) errors.invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer');
  if (lendable < 0 || lendable > 100)
    errors.invalid(`${path}.lendablePercent`, lendable, 'must be between 0 and 100, inclusive');
}

function validateLimited(limited: Part, errors: FieldErrors): void {
  validateShares(limited, 'spec.limited', errors);
  const borrowing = count(limited['borrowingLimitPercent']);
  if (borrowing < 0)
    errors.invalid('spec.limited.borrowingLimitPercent', borrowing, 'if specified, must be a non-negative integer');
  const path = 'spec.limited.limitResponse';
  const response = part(limited['limitResponse']);
  const [type, queuing] = [text(response['type']), response['queuing']];
  const queues = isMap(queuing ?? null);
  const unless = 'if limited.limitResponse.type is';
  if (type === 'Queue' && queues) validateQueuing(part(queuing), `${path}.queuing`, errors);
  else if (type === 'Queue') errors.required(`${path}.queuing`, `must not be empty ${unless} Limited`);
  else if (type !== 'Reject') errors.notSupported(`${path}.type`, type, ['Queue', 'Reject']);
  else if (queues) errors.forbidden(`${path}.queuing`, `must be nil ${unless} not Limited`);
}

function validateQueuing(queuing: Part, path: string, errors: FieldErrors): void {
  const [length, queues, hand] = ['queueLengthLimit', 'queues', 'handSize'].map((key) => count(queuing[key])) as [
    number,
    number,
    number,
  ];
  if (length <= 0) errors.invalid(`${path}.queueLengthLimit`, length, 'must be positive');
  if (queues <= 0) errors.invalid(`${path}.queues`, queues, 'must be positive');
  else if (queues > MOST_QUEUES) errors.invalid(`${path}.queues`, queues, `must not be greater than ${MOST_QUEUES}`);
  if (hand <= 0) errors.invalid(`${path}.handSize`, hand, 'must be positive');
  else if (hand > queues) errors.invalid(`${path}.handSize`, hand, `should not be greater than queues (${queues})`);
}
