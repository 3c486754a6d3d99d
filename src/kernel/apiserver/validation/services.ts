import { isIPv4, isIPv6 } from '../../../api/cidr';
import type { Json, Service } from '../../../api/objects';
import { validateIP } from './addresses';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { validateLabels } from './metadata';
import { labelFaults, subdomainFaults } from './names';
import { validatePort, validatePortOrName } from './numbers';

/** Models pkg/apis/core/validation ValidateService and ValidateServiceUpdate. */

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const FAMILIES = ['IPv4', 'IPv6'];
const AFFINITIES = ['ClientIP', 'None'];
const POLICIES = ['Cluster', 'Local'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const HEADLESS = 'None';
const AFFINITY_SECONDS_MAX = 86_400;

const isHeadless = (spec: Spec): boolean => spec.clusterIP === HEADLESS;

export function validateService(service: Service, errors: FieldErrors): void {
  const { spec } = service;
  const ports = spec.ports ?? [];
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') errors.required('spec.ports');
  validateTypeRules(spec, errors);
  validatePorts(ports, errors);
  validateLabels(spec.selector, 'spec.selector', errors);
  validateAffinity(spec, errors);
  validateFamilies(spec, errors);
  spec.externalIPs?.forEach((ip, index) => validateIP(ip, `spec.externalIPs[${index}]`, errors));
  if (!spec.type) errors.required('spec.type');
  else if (!TYPES.includes(spec.type)) errors.notSupported('spec.type', spec.type, TYPES);
  if (spec.type === 'ClusterIP') {
    ports.forEach((port, index) => {
      if (port.nodePort)
        errors.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'");
    });
  }
  validateUniquePorts(ports, errors);
  validatePolicies(spec, errors);
}

function validateTypeRules(spec: Spec, errors: FieldErrors): void {
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.invalid('spec.clusterIPs[0]', HEADLESS, `may not be set to 'None' for ${spec.type} services`);
  }
  if (spec.type !== 'ExternalName') return;
  if (spec.clusterIP) errors.forbidden('spec.clusterIPs', 'may not be set for ExternalName services');
  const name = spec.externalName?.replace(/\.$/, '') ?? '';
  if (name === '') errors.required('spec.externalName');
  else for (const fault of subdomainFaults(name)) errors.invalid('spec.externalName', name, fault);
}

function validatePorts(ports: readonly Port[], errors: FieldErrors): void {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    if (!port.name) {
      if (ports.length > 1) errors.required(`${path}.name`);
    } else {
      for (const fault of labelFaults(port.name)) errors.invalid(`${path}.name`, port.name, fault);
      if (names.has(port.name)) errors.duplicate(`${path}.name`, port.name);
      names.add(port.name);
    }
    validatePort(port.port, `${path}.port`, errors);
    if (!port.protocol) errors.required(`${path}.protocol`);
    else if (!PROTOCOLS.includes(port.protocol)) errors.notSupported(`${path}.protocol`, port.protocol, PROTOCOLS);
    validatePortOrName(port.targetPort ?? 0, `${path}.targetPort`, errors);
  });
}

function validateAffinity(spec: Spec, errors: FieldErrors): void {
  const { sessionAffinity } = spec;
  if (!sessionAffinity) errors.required('spec.sessionAffinity');
  else if (!AFFINITIES.includes(sessionAffinity))
    errors.notSupported('spec.sessionAffinity', sessionAffinity, AFFINITIES);
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds !== undefined && (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX)) {
    const path = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
    errors.invalid(path, seconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`);
  }
}

function validateFamilies(spec: Spec, errors: FieldErrors): void {
  if (spec.type === 'ExternalName') return;
  if (spec.ipFamilyPolicy && !FAMILY_POLICIES.includes(spec.ipFamilyPolicy)) {
    errors.notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, FAMILY_POLICIES);
  }
  spec.ipFamilies?.forEach((family, index) => {
    if (!FAMILIES.includes(family)) errors.notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES);
  });
  spec.clusterIPs?.forEach((ip, index) => {
    if (ip !== HEADLESS && !isIPv4(ip) && !isIPv6(ip)) {
      errors.invalid(`spec.clusterIPs[${index}]`, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
    }
  });
}

/** No port can be there twice, and no node port. */
function validateUniquePorts(ports: readonly Port[], errors: FieldErrors): void {
  const nodePorts = new Set<string>();
  ports.forEach((port, index) => {
    if (!port.nodePort) return;
    const claim = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(claim)) errors.duplicate(`spec.ports[${index}].nodePort`, port.nodePort);
    nodePorts.add(claim);
  });
  const claims = new Set<string>();
  ports.forEach((port, index) => {
    const claim = `${port.protocol}/${port.port}`;
    if (claims.has(claim)) errors.duplicate(`spec.ports[${index}]`, shownPort(port));
    claims.add(claim);
  });
}

function shownPort({ protocol, port }: Port): Json {
  return goDump({ protocol: protocol ?? '', port }, 'io.k8s.api.core.v1.ServicePort');
}

function validatePolicies(spec: Spec, errors: FieldErrors): void {
  const { externalTrafficPolicy, internalTrafficPolicy } = spec;
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs?.length ?? 0) > 0;
  if (externalTrafficPolicy && !external) {
    errors.invalid(
      'spec.externalTrafficPolicy',
      externalTrafficPolicy,
      'may only be set for externally-accessible services',
    );
  } else if (externalTrafficPolicy && !POLICIES.includes(externalTrafficPolicy)) {
    errors.notSupported('spec.externalTrafficPolicy', externalTrafficPolicy, POLICIES);
  }
  if (internalTrafficPolicy && !POLICIES.includes(internalTrafficPolicy)) {
    errors.notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, POLICIES);
  }
}

export function validateServiceUpdate(next: Service, current: Service, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  const [after, before] = [next.spec, current.spec];
  const kept = after.type !== 'ExternalName' && before.type !== 'ExternalName' && before.clusterIP !== undefined;
  if (kept && after.clusterIP !== before.clusterIP)
    errors.invalid('spec.clusterIPs[0]', after.clusterIPs, 'may not change once set');
  validateService(next, errors);
}
