import { equalJson } from '../../../api/json';
import type { Json } from '../../../api/objects';
import type { Definition, PrinterColumn, Version } from '../custom/definition';
import { pruned, type Schema } from '../custom/schema';
import { validateBySchema } from '../custom/schema-validation';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { validateImmutable } from './immutable';
import { label1035Faults, subdomainFaults } from './names';

/** Models apiextensions-apiserver/pkg/apis/apiextensions/validation. */

const SCOPES = ['Cluster', 'Namespaced'];
const STRATEGIES = ['None', 'Webhook'];
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const VERSION_TYPE = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion';
/** What versions can say for themselves; where all say the same it belongs, in memory, to the definition. */
const SHARED = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

export function validateDefinition(definition: Definition, errors: FieldErrors): void {
  const { spec, metadata, status } = definition;
  const { group = '', names } = spec;
  const wanted = `${names?.plural ?? ''}.${group}`;
  if (metadata.name !== wanted) {
    errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group');
  }
  validateSpec(definition, errors);
  if (!status.storedVersions?.length) {
    errors.invalid('status.storedVersions', status.storedVersions ?? null, 'must have at least one stored version');
  }
}

function validateSpec({ spec }: Definition, errors: FieldErrors): void {
  const { group = '', scope = '', conversion } = spec;
  if (group === '') errors.required('spec.group');
  else {
    for (const fault of subdomainFaults(group)) errors.invalid('spec.group', group, fault);
    if (!group.includes('.')) errors.invalid('spec.group', group, 'should be a domain with at least one dot');
  }
  if (scope === '') errors.required('spec.scope');
  else if (!SCOPES.includes(scope)) errors.notSupported('spec.scope', scope, SCOPES);
  validateVersions(spec.versions ?? [], errors);
  validateNames(spec.names ?? {}, errors);
  const { strategy = '' } = conversion ?? {};
  if (strategy !== '' && !STRATEGIES.includes(strategy)) {
    errors.notSupported('spec.conversion.strategy', strategy, STRATEGIES);
  }
}

function validateVersions(versions: readonly Version[], errors: FieldErrors): void {
  if (versions.length === 0)
    return errors.invalid('spec.versions', versions, 'must have exactly one version marked as storage version');
  const alike = versions.every((one) => SHARED.every((key) => equalJson(one[key], versions[0]![key])));
  versions.forEach((version, index) => {
    const path = `spec.versions[${index}]`;
    for (const fault of label1035Faults(version.name)) errors.invalid(`${path}.name`, version.name, fault);
    if (!version.schema?.openAPIV3Schema) errors.required(`${path}.schema.openAPIV3Schema`);
    if (!alike) validateShared(version, `${path}.schema`, path, errors);
  });
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    errors.invalid('spec.versions', shownVersions(versions, alike), 'must contain unique version names');
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    errors.invalid('spec.versions', shownVersions(versions, alike), why);
  }
  for (const fault of label1035Faults(names[0]!)) errors.invalid('spec.version', names[0], fault);
  if (alike) validateShared(versions[0]!, 'spec.validation', 'spec', errors);
}

function shownVersions(versions: readonly Version[], alike: boolean): Json {
  return versions.map((version) => {
    const { name, served, storage, deprecated, deprecationWarning } = version;
    const own = { name, served, storage, ...(deprecated ? { deprecated, deprecationWarning } : {}) };
    return goDump((alike ? own : version) as unknown as Json, VERSION_TYPE);
  });
}

function validateShared(version: Version, schemaPath: string, path: string, errors: FieldErrors): void {
  const { schema, subresources, additionalPrinterColumns = [], selectableFields = [] } = version;
  const root = schema?.openAPIV3Schema;
  if (root) validateRoot(root, subresources?.status !== undefined, `${schemaPath}.openAPIV3Schema`, errors);
  if (!root && selectableFields.length > 0) {
    errors.invalid(`${path}.selectableFields`, '', 'may only be set when validations.schema is included');
  }
  additionalPrinterColumns.forEach((column, index) =>
    validateColumn(column, `${path}.additionalPrinterColumns[${index}]`, errors),
  );
  const scale = subresources?.scale;
  if (!scale) return;
  const at = `${path}.subresources.scale`;
  validateScalePath(scale.specReplicasPath, '.spec.', `${at}.specReplicasPath`, errors);
  validateScalePath(scale.statusReplicasPath, '.status.', `${at}.statusReplicasPath`, errors);
}

function validateScalePath(text: string, start: string, path: string, errors: FieldErrors): void {
  if (!text) errors.required(path);
  else if (!text.startsWith(start)) {
    errors.invalid(path, text, `should be a json path under ${start.slice(0, -1)}`);
  }
}

function validateColumn({ name, type, jsonPath }: PrinterColumn, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`);
  if (!type) errors.required(`${path}.type`, `must be one of ${COLUMN_TYPES.join(',')}`);
  else if (!COLUMN_TYPES.includes(type))
    errors.invalid(`${path}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`);
  if (!jsonPath) errors.required(`${path}.jsonPath`);
}

function validateRoot(root: Schema, hasStatus: boolean, path: string, errors: FieldErrors): void {
  const { type = '' } = root;
  if (hasStatus && type !== '' && type !== 'object') {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    errors.invalid(`${path}.type`, type, why);
  }
  if (type === '') errors.required(`${path}.type`, 'must not be empty at the root');
  else if (type !== 'object') errors.invalid(`${path}.type`, type, 'must be object at the root');
  validateBelow(root, path, errors);
}

/** Structural schemas say of everything what type it is. Models schema.ValidateStructural. */
function validateBelow(schema: Schema, path: string, errors: FieldErrors): void {
  const { properties = {}, items, additionalProperties } = schema;
  for (const [key, property] of Object.entries(properties)) {
    validatePart(property, `${path}.properties[${key}]`, 'object fields', errors);
  }
  if (Array.isArray(items)) errors.forbidden(`${path}.items`, 'items must be a schema object and not an array');
  else if (items) validatePart(items, `${path}.items`, 'array items', errors);
  if (typeof additionalProperties === 'object') {
    validatePart(additionalProperties, `${path}.additionalProperties`, 'object fields', errors);
  }
}

function validatePart(schema: Schema, path: string, what: string, errors: FieldErrors): void {
  const free = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (!schema.type && !free) errors.required(`${path}.type`, `must not be empty for specified ${what}`);
  if (schema.default !== undefined) validateDefault(schema.default, schema, `${path}.default`, errors);
  validateListType(schema, path, errors);
  validateBelow(schema, path, errors);
}

function validateDefault(value: Json, schema: Schema, path: string, errors: FieldErrors): void {
  const unknown: string[] = [];
  pruned(value, schema, unknown, '', false);
  if (unknown.length > 0) errors.invalid(path, value, 'must not have unknown fields');
  else validateBySchema(value, schema, path, errors);
}

const LIST_TYPES = ['atomic', 'map', 'set'];

function validateListType(schema: Schema, path: string, errors: FieldErrors): void {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === undefined) return;
  if (schema.type !== 'array')
    errors.invalid(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified');
  if (!LIST_TYPES.includes(listType)) errors.notSupported(`${path}.x-kubernetes-list-type`, listType, LIST_TYPES);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (listType === 'map' && keys.length === 0) {
    errors.required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map');
  }
}

type GivenNames = Partial<Definition['spec']['names']>;

function validateNames(names: GivenNames, errors: FieldErrors): void {
  const path = 'spec.names';
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  if (plural === '') errors.required(`${path}.plural`);
  else for (const fault of label1035Faults(plural)) errors.invalid(`${path}.plural`, plural, fault);
  if (singular !== '')
    for (const fault of label1035Faults(singular)) errors.invalid(`${path}.singular`, singular, fault);
  validateMixed(kind, `${path}.kind`, errors);
  validateMixed(listKind, `${path}.listKind`, errors);
  for (const [key, list] of Object.entries({ shortNames, categories })) {
    list.forEach((name, index) => {
      for (const fault of label1035Faults(name)) errors.invalid(`${path}.${key}[${index}]`, name, fault);
    });
  }
  if (kind !== '' && kind === listKind)
    errors.invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same');
}

function validateMixed(name: string, path: string, errors: FieldErrors): void {
  if (name === '') return errors.required(path);
  const faults = label1035Faults(name.toLowerCase());
  if (faults.length > 0)
    errors.invalid(path, name, `may have mixed case, but should otherwise match: ${faults.join(',')}`);
}

/** Once objects may be there, what they are called and where they are stays. */
export function validateDefinitionUpdate(next: Definition, current: Definition, errors: FieldErrors): void {
  const found = errors.list.length;
  validateImmutable(next.spec.group, current.spec.group, 'spec.group', errors);
  validateImmutable(next.spec.scope, current.spec.scope, 'spec.scope', errors);
  validateImmutable(next.spec.names.kind, current.spec.names.kind, 'spec.names.kind', errors);
  validateImmutable(next.spec.names.plural, current.spec.names.plural, 'spec.names.plural', errors);
  if (errors.list.length === found) validateSpec(next, errors);
}
