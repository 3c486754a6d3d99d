import { isFirstAddress, parseCidr, rangeText, singleText, strictlyContains } from '../../../api/cidr';
import type { NetworkPolicy } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { validateLabelSelector } from './label-selectors';
import { PORT_RANGE, validatePort, validatePortOrName } from './numbers';

/** Models pkg/apis/networking/validation ValidateNetworkPolicy. */

type Spec = NetworkPolicy['spec'];
type Port = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>[number];
type Peer = NonNullable<NonNullable<Spec['ingress']>[number]['from']>[number];
type Block = NonNullable<Peer['ipBlock']>;

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Ingress', 'Egress'];

export function validateNetworkPolicy({ spec }: NetworkPolicy, errors: FieldErrors): void {
  validateLabelSelector(spec.podSelector, 'spec.podSelector', errors);
  for (const { path, ports, peers, peersPath } of rulesOf(spec)) {
    ports.forEach((port, index) => validatePolicyPort(port, `${path}.ports[${index}]`, errors));
    peers.forEach((peer, index) => validatePeer(peer, `${peersPath}[${index}]`, errors));
  }
  const types = spec.policyTypes ?? [];
  if (types.length > TYPES.length) {
    return errors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
  }
  types.forEach((type, index) => {
    if (!TYPES.includes(type)) errors.notSupported(`spec.policyTypes[${index}]`, type, TYPES);
  });
}

/** Upstream's strategy checks a changed policy as a new one and then as a change, and so says everything twice. */
export function validateNetworkPolicyUpdate(next: NetworkPolicy, _current: NetworkPolicy, errors: FieldErrors): void {
  validateNetworkPolicy(next, errors);
  validateNetworkPolicy(next, errors);
}

interface RuleParts {
  readonly path: string;
  readonly ports: readonly Port[];
  readonly peers: readonly Peer[];
  readonly peersPath: string;
}

function rulesOf({ ingress = [], egress = [] }: Spec): RuleParts[] {
  const entering = ingress.map(({ ports = [], from: peers = [] }, index) => ({
    path: `spec.ingress[${index}]`,
    ports,
    peers,
    peersPath: `spec.ingress[${index}].from`,
  }));
  const leaving = egress.map(({ ports = [], to: peers = [] }, index) => ({
    path: `spec.egress[${index}]`,
    ports,
    peers,
    peersPath: `spec.egress[${index}].to`,
  }));
  return [...entering, ...leaving];
}

function validatePolicyPort({ protocol, port, endPort }: Port, path: string, errors: FieldErrors): void {
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
  }
  const refuseEnd = (why: string): void => errors.invalid(`${path}.endPort`, endPort, why);
  if (port === undefined) {
    if (endPort !== undefined) refuseEnd('may not be specified when `port` is not specified');
    return;
  }
  if (typeof port !== 'number') {
    if (endPort !== undefined) refuseEnd('may not be specified when `port` is non-numeric');
    return validatePortOrName(port, `${path}.port`, errors);
  }
  validatePort(port, `${path}.port`, errors);
  if (endPort === undefined) return;
  if (endPort < port) refuseEnd('must be greater than or equal to `port`');
  if (endPort < 1 || endPort > 65535) refuseEnd(PORT_RANGE);
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: Peer, path: string, errors: FieldErrors): void {
  validateLabelSelector(podSelector, `${path}.podSelector`, errors);
  validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`, errors);
  if (ipBlock) validateBlock(ipBlock, `${path}.ipBlock`, errors);
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  if (!selects && !ipBlock) errors.required(path, 'must specify a peer');
  else if (selects && ipBlock) errors.forbidden(path, 'may not specify both ipBlock and another peer');
}

const NO_RANGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function validateBlock({ cidr, except = [] }: Block, path: string, errors: FieldErrors): void {
  if (!cidr) return errors.required(`${path}.cidr`);
  const range = parseCidr(cidr);
  if (!range) return errors.invalid(`${path}.cidr`, cidr, NO_RANGE);
  except.forEach((text, index) => {
    const hole = parseCidr(text);
    if (!hole) errors.invalid(`${path}.except[${index}]`, text, NO_RANGE);
    else if (!strictlyContains(range, hole)) {
      errors.invalid(`${path}.except[${index}]`, text, 'must be a strict subset of `cidr`');
    }
  });
}

/** What is said of ranges that can be read in two ways. Models GetWarningsForCIDR. */
export function networkPolicyWarnings({ spec }: NetworkPolicy): string[] {
  return rulesOf(spec).flatMap(({ peers, peersPath }) =>
    peers.flatMap(({ ipBlock }, index) => {
      if (!ipBlock) return [];
      const path = `${peersPath}[${index}].ipBlock`;
      const except = (ipBlock.except ?? []).flatMap((text, at) => rangeWarnings(text, `${path}.except[${at}]`));
      return [...rangeWarnings(ipBlock.cidr, `${path}.cidr`), ...except];
    }),
  );
}

function rangeWarnings(text: string, path: string): string[] {
  const range = parseCidr(text);
  if (!range) return [];
  const shown = JSON.stringify(text);
  const canonical = JSON.stringify(rangeText(range));
  const warnings: string[] = [];
  if (!isFirstAddress(range)) {
    const single = JSON.stringify(singleText(range));
    warnings.push(`${path}: CIDR value ${shown} is ambiguous in this context (should be ${canonical} or ${single}?)`);
  }
  if (range.bits === 32 && /(^|\.)0\d/.test(text)) {
    warnings.push(
      `${path}: non-standard CIDR value ${shown} will be considered invalid in a future Kubernetes release: use ${canonical}`,
    );
  }
  if (warnings.length === 0 && range.bits === 128 && canonical !== shown) {
    warnings.push(`${path}: IPv6 CIDR value ${shown} should be in RFC 5952 canonical format (${canonical})`);
  }
  return warnings;
}
