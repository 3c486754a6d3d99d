import type { ApiObject } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { label1035Faults, subdomainFaults } from './names';
import { PORT_RANGE } from './numbers';
import { count, isThere, part, parts, specOf, statusOf, text, type Part } from './untyped';

/** Models kube-aggregator/pkg/apis/apiregistration/validation. */

const HIGHEST_GROUP_PRIORITY = 20_000;
const HIGHEST_VERSION_PRIORITY = 1000;
const STATUSES = ['True', 'False', 'Unknown'];

export function validateApiService(object: ApiObject, errors: FieldErrors): void {
  const spec = specOf(object);
  const [group, version] = [text(spec['group']), text(spec['version'])];
  const { name } = object.metadata;
  const wanted = `${version}.${group}`;
  if (name !== wanted)
    errors.invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`);
  if (group === '' && version !== 'v1')
    errors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube');
  if (group !== '') for (const fault of subdomainFaults(group)) errors.invalid('spec.group', group, fault);
  for (const fault of label1035Faults(version)) errors.invalid('spec.version', version, fault);
  validatePriority(spec, 'groupPriorityMinimum', HIGHEST_GROUP_PRIORITY, errors);
  validatePriority(spec, 'versionPriority', HIGHEST_VERSION_PRIORITY, errors);
  if (isThere(spec['service'])) validateService(spec, part(spec['service']), errors);
  else validateLocal(spec, errors);
}

function validatePriority(spec: Part, field: string, highest: number, errors: FieldErrors): void {
  const priority = count(spec[field]);
  if (priority <= 0 || priority > highest)
    errors.invalid(`spec.${field}`, priority, `must be positive and less than ${highest}`);
}

function validateLocal({ caBundle, insecureSkipTLSVerify }: Part, errors: FieldErrors): void {
  const bundle = text(caBundle);
  if (bundle !== '')
    errors.invalid('spec.caBundle', `${atob(bundle).length} bytes`, 'local APIServices may not have a caBundle');
  if (insecureSkipTLSVerify === true)
    errors.invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify');
}

function validateService(spec: Part, service: Part, errors: FieldErrors): void {
  if (text(service['namespace']) === '') errors.required('spec.service.namespace');
  if (text(service['name']) === '') errors.required('spec.service.name');
  const port = count(service['port']);
  if (port < 1 || port > 65535) errors.invalid('spec.service.port', port, `port is not valid: ${PORT_RANGE}`);
  if (spec['insecureSkipTLSVerify'] === true && text(spec['caBundle']) !== '')
    errors.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present');
}

export function validateApiServiceStatus(object: ApiObject, errors: FieldErrors): void {
  parts(statusOf(object)['conditions']).forEach((condition, index) => {
    const status = text(condition['status']);
    if (!STATUSES.includes(status)) errors.notSupported(`status.conditions[${index}].status`, status, STATUSES);
  });
}
