import type { ApiObject, Json } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import {
  FAILURE_POLICIES,
  REINVOCATION_POLICIES,
  validateChoice,
  validateMatchConditions,
  validateMatchPolicy,
  validateRule,
  validateSelector,
} from './match-resources';
import { label1035Faults, subdomainFaults } from './names';
import { PORT_RANGE } from './numbers';
import { isThere, part, parts, text, texts, type Part } from './untyped';

/** Models pkg/apis/admissionregistration/validation of webhooks, and apiserver/pkg/util/webhook of where they are. */

const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const NO_SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const FORM = '; desired format: https://host[/path]';

export function validateWebhooks(object: ApiObject, errors: FieldErrors): void {
  const hooks = parts((object as unknown as Part)['webhooks']);
  const names = hooks.map((hook) => text(hook['name']));
  hooks.forEach((hook, index) => {
    const path = `webhooks[${index}]`;
    const name = names[index]!;
    validateWebhook(hook, path, errors);
    validateReviewVersions(texts(hook['admissionReviewVersions']), `${path}.admissionReviewVersions`, errors);
    if (name !== '' && names.indexOf(name) < index) errors.duplicate(`${path}.name`, name);
  });
}

function validateWebhook(hook: Part, path: string, errors: FieldErrors): void {
  validateQualifiedName(text(hook['name']), `${path}.name`, errors);
  parts(hook['rules']).forEach((rule, index) => validateRule(rule, `${path}.rules[${index}]`, errors));
  validateChoice(hook['failurePolicy'], FAILURE_POLICIES, `${path}.failurePolicy`, errors);
  validateMatchPolicy(hook['matchPolicy'], `${path}.matchPolicy`, errors);
  if (!isThere(hook['sideEffects']))
    errors.required(`${path}.sideEffects`, `must specify one of ${NO_SIDE_EFFECTS.join(', ')}`);
  validateChoice(hook['sideEffects'], NO_SIDE_EFFECTS, `${path}.sideEffects`, errors);
  const seconds = hook['timeoutSeconds'];
  if (typeof seconds === 'number' && (seconds < 1 || seconds > 30))
    errors.invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds');
  validateSelector(hook['namespaceSelector'], `${path}.namespaceSelector`, errors);
  validateSelector(hook['objectSelector'], `${path}.objectSelector`, errors);
  validateChoice(hook['reinvocationPolicy'], REINVOCATION_POLICIES, `${path}.reinvocationPolicy`, errors);
  validateClientConfig(part(hook['clientConfig']), `${path}.clientConfig`, errors);
  validateMatchConditions(hook['matchConditions'], {}, `${path}.matchConditions`, errors);
}

/** Models IsFullyQualifiedName. */
function validateQualifiedName(name: string, path: string, errors: FieldErrors): void {
  const faults = subdomainFaults(name);
  if (name === '') errors.required(path);
  else if (faults.length > 0) errors.invalid(path, name, faults.join(','));
  else if (name.split('.').length < 3)
    errors.invalid(path, name, 'should be a domain with at least three segments separated by dots');
}

function validateReviewVersions(versions: readonly string[], path: string, errors: FieldErrors): void {
  const known = REVIEW_VERSIONS.join(', ');
  if (versions.length === 0) return errors.required(path, `must specify one of ${known}`);
  versions.forEach((version, index) => {
    if (versions.indexOf(version) < index) return errors.invalid(`${path}[${index}]`, version, 'duplicate version');
    for (const fault of label1035Faults(version)) errors.invalid(`${path}[${index}]`, version, fault);
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.invalid(path, versions, `must include at least one of ${known}`);
}

function validateClientConfig({ url, service }: Part, path: string, errors: FieldErrors): void {
  if (isThere(url) === isThere(service)) errors.required(path, 'exactly one of url or service is required');
  else if (isThere(url)) validateUrl(text(url), `${path}.url`, errors);
  else validateService(part(service), `${path}.service`, errors);
}

/** Models ValidateWebhookURL, whose parts are net/url's. */
function validateUrl(url: string, path: string, errors: FieldErrors): void {
  const [, scheme = '', authority = '', query, fragment] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/.exec(url) ?? [];
  const [, user, host = ''] = /^(?:(.*)@)?(.*)$/.exec(authority) ?? [];
  if (scheme.toLowerCase() !== 'https')
    errors.invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`);
  if (host === '') errors.invalid(path, host, `host must be specified${FORM}`);
  if (user !== undefined) errors.invalid(path, user, 'user information is not permitted in the URL');
  if (fragment) errors.invalid(path, fragment, 'fragments are not permitted in the URL');
  if (query) errors.invalid(path, query, 'query parameters are not permitted in the URL');
}

/** Upstream takes the one for the other: what is said of the name is about the namespace. */
function validateService(service: Part, path: string, errors: FieldErrors): void {
  if (text(service['namespace']) === '') errors.required(`${path}.name`);
  if (text(service['name']) === '') errors.required(`${path}.namespace`);
  const port = service['port'];
  if (typeof port === 'number' && (port < 1 || port > 65535))
    errors.invalid(`${path}.port`, port, `port is not valid: ${PORT_RANGE}`);
  validateServicePath(service['path'], `${path}.path`, errors);
}

function validateServicePath(value: Json | undefined, path: string, errors: FieldErrors): void {
  const place = text(value);
  if (place === '' || place === '/') return;
  const refuse = (why: string): void => errors.invalid(path, place, why);
  if (place === '//') return refuse('segment[0] may not be empty');
  if (!place.startsWith('/')) refuse("must start with a '/'");
  const steps = place.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, index) => {
    if (step === '') return refuse(`segment[${index}] may not be empty`);
    for (const fault of subdomainFaults(step)) refuse(`segment[${index}]: ${fault}`);
  });
}
