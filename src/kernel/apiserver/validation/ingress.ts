import { isIPv4, isIPv6 } from '../../../api/cidr';
import type { Ingress, IngressClass } from '../../../api/objects';
import { validateIP } from './addresses';
import type { FieldErrors } from './field-errors';
import { validateImmutable } from './immutable';
import {
  httpPathFaults,
  labelFaults,
  pathSegmentFaults,
  portNameFaults,
  subdomainFaults,
  wildcardFaults,
} from './names';
import { validatePort } from './numbers';

/** Models pkg/apis/networking/validation: Ingresses and their classes. */

type Spec = Ingress['spec'];
type Rule = NonNullable<Spec['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];
type Backend = Path['backend'];
type ServiceBackend = NonNullable<Backend['service']>;
type Parameters = NonNullable<IngressClass['spec']['parameters']>;
interface Reference {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
}

export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const PATH_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const PATH_ENDS = ['/..', '/.'];
const SCOPES = ['Cluster', 'Namespace'];
const CONTROLLER_MAX_BYTES = 250;
const NOT_AN_IP = 'must be a DNS name, not an IP address';

const isIP = (text: string): boolean => isIPv4(text) || isIPv6(text);

export function validateIngress(ingress: Ingress, errors: FieldErrors): void {
  validateIngressSpec(ingress.spec, errors);
  const named = ingress.metadata.annotations?.[CLASS_ANNOTATION];
  const { ingressClassName } = ingress.spec;
  if (named !== undefined && ingressClassName !== undefined && named !== ingressClassName) {
    const path = `annotations.${CLASS_ANNOTATION}`;
    errors.invalid(path, named, 'must match `ingressClassName` when both are specified');
  }
}

export function validateIngressUpdate({ spec }: Ingress, _current: Ingress, errors: FieldErrors): void {
  validateIngressSpec(spec, errors);
}

function validateIngressSpec(spec: Spec, errors: FieldErrors): void {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend) {
    errors.invalid('spec', rules, 'either `defaultBackend` or `rules` must be specified');
  }
  if (defaultBackend) validateBackend(defaultBackend, 'spec.defaultBackend', errors);
  rules.forEach((rule, index) => validateRule(rule, `spec.rules[${index}]`, errors));
  tls.forEach(({ hosts = [], secretName }, index) => {
    const path = `spec.tls[${index}]`;
    hosts.forEach((host, at) => validateHost(host, `${path}.hosts[${at}]`, errors));
    if (secretName)
      for (const fault of subdomainFaults(secretName)) errors.invalid(`${path}.secretName`, secretName, fault);
  });
  if (ingressClassName === undefined) return;
  for (const fault of subdomainFaults(ingressClassName))
    errors.invalid('spec.ingressClassName', ingressClassName, fault);
}

function validateHost(host: string, path: string, errors: FieldErrors): void {
  const faults = host.includes('*') ? wildcardFaults(host) : subdomainFaults(host);
  for (const fault of faults) errors.invalid(path, host, fault);
}

function validateRule({ host, http }: Rule, path: string, errors: FieldErrors): void {
  if (host) {
    if (isIP(host)) errors.invalid(`${path}.host`, host, NOT_AN_IP);
    validateHost(host, `${path}.host`, errors);
  }
  if (!http) return;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.required(`${path}.http.paths`);
  paths.forEach((one, index) => validatePath(one, `${path}.http.paths[${index}]`, errors));
}

function validatePath({ path: route = '', pathType, backend }: Path, path: string, errors: FieldErrors): void {
  if (pathType === undefined) return errors.required(`${path}.pathType`, 'pathType must be specified');
  const refuse = (why: string): void => errors.invalid(`${path}.path`, route, why);
  const lenient = pathType === 'ImplementationSpecific';
  if (!PATH_TYPES.includes(pathType)) errors.notSupported(`${path}.pathType`, pathType, PATH_TYPES);
  else {
    if (!route.startsWith('/') && !(lenient && route === '')) refuse('must be an absolute path');
    if (!lenient) {
      for (const part of PATH_PARTS.filter((one) => route.includes(one))) refuse(`must not contain '${part}'`);
      for (const end of PATH_ENDS.filter((one) => route.endsWith(one))) refuse(`cannot end with '${end}'`);
    }
  }
  validateBackend(backend ?? {}, `${path}.backend`, errors);
}

function validateBackend({ resource, service }: Backend, path: string, errors: FieldErrors): void {
  if (resource && service) errors.invalid(path, '', 'cannot set both resource and service backends');
  else if (resource) validateReference(resource, `${path}.resource`, errors);
  else if (service) validateServiceBackend(service, path, errors);
  else errors.invalid(path, '', 'resource or service backend is required');
}

function validateServiceBackend({ name, port }: ServiceBackend, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.service.name`);
  else for (const fault of labelFaults(name)) errors.invalid(`${path}.service.name`, name, fault);
  const portName = port?.name ?? '';
  const portNumber = port?.number ?? 0;
  if (portName !== '' && portNumber !== 0) errors.invalid(path, '', 'cannot set both port name & port number');
  else if (portName !== '') {
    for (const fault of portNameFaults(portName)) errors.invalid(`${path}.service.port.name`, portName, fault);
  } else if (portNumber !== 0) validatePort(portNumber, `${path}.service.port.number`, errors);
  else errors.required(path, 'port name or number is required');
}

/** What a reference to an object of any kind names it by. */
function validateReference(reference: Reference, path: string, errors: FieldErrors): void {
  const { apiGroup } = reference;
  if (apiGroup !== undefined) {
    for (const fault of subdomainFaults(apiGroup)) errors.invalid(`${path}.apiGroup`, apiGroup, fault);
  }
  for (const key of ['kind', 'name'] as const) {
    const value = reference[key] ?? '';
    if (value === '') errors.required(`${path}.${key}`);
    else for (const fault of pathSegmentFaults(value)) errors.invalid(`${path}.${key}`, value, fault);
  }
}

export function validateIngressStatus({ status }: Ingress, _current: Ingress, errors: FieldErrors): void {
  (status.loadBalancer?.ingress ?? []).forEach(({ ip, hostname }, index) => {
    const path = `status.loadBalancer.ingress[${index}]`;
    if (ip) validateIP(ip, `${path}.ip`, errors);
    if (!hostname) return;
    for (const fault of subdomainFaults(hostname)) errors.invalid(`${path}.hostname`, hostname, fault);
    if (isIP(hostname)) errors.invalid(`${path}.hostname`, hostname, NOT_AN_IP);
  });
}

export function ingressWarnings({ metadata, spec }: Ingress, current: Ingress | undefined): string[] {
  if (current || metadata.annotations?.[CLASS_ANNOTATION] === undefined || spec.ingressClassName !== undefined)
    return [];
  return [`annotation ${JSON.stringify(CLASS_ANNOTATION)} is deprecated, please use 'spec.ingressClassName' instead`];
}

export function validateIngressClass({ spec }: IngressClass, errors: FieldErrors): void {
  const { controller = '', parameters } = spec ?? {};
  if (controller === '') errors.required('spec.controller');
  else {
    if (controller.length > CONTROLLER_MAX_BYTES) errors.tooLong('spec.controller', CONTROLLER_MAX_BYTES);
    validateDomainPrefixedPath(controller, 'spec.controller', errors);
  }
  if (parameters) validateParameters(parameters, 'spec.parameters', errors);
}

/** Text such as `acme.io/foo`. */
function validateDomainPrefixedPath(text: string, path: string, errors: FieldErrors): void {
  const slash = text.indexOf('/');
  const [host, rest] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash < 1 || rest === '') {
    return errors.invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")');
  }
  for (const fault of subdomainFaults(host)) errors.invalid(path, host, fault);
  for (const fault of httpPathFaults(rest)) errors.invalid(path, rest, fault);
}

function validateParameters(parameters: Parameters, path: string, errors: FieldErrors): void {
  validateReference(parameters, path, errors);
  const { scope, namespace } = parameters;
  if (scope === undefined) return errors.required(`${path}.scope`);
  if (!SCOPES.includes(scope)) return errors.notSupported(`${path}.scope`, scope, SCOPES);
  if (scope === 'Cluster') {
    if (namespace !== undefined) errors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'");
  } else if (namespace === undefined) {
    errors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'");
  } else for (const fault of labelFaults(namespace)) errors.invalid(`${path}.namespace`, namespace, fault);
}

export function validateIngressClassUpdate(next: IngressClass, current: IngressClass, errors: FieldErrors): void {
  validateImmutable(next.spec.controller, current.spec.controller, 'spec.controller', errors);
  validateIngressClass(next, errors);
}
