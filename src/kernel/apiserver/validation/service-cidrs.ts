import { parseCidr } from '../../../api/cidr';
import type { IPAddress, ServiceCIDR } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { IMMUTABLE, validateImmutable } from './immutable';
import { pathSegmentFaults, subdomainFaults } from './names';

/** Models pkg/apis/networking/validation: the ranges of cluster addresses, and the addresses taken from them. */

const PATH = 'spec.cidrs';
const MAX_RANGES = 2;
const ONE_OF_A_FAMILY = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
const NO_RANGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function validateServiceCidr({ spec }: ServiceCIDR, errors: FieldErrors): void {
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) return errors.required(PATH, 'at least one CIDR required');
  if (cidrs.length > MAX_RANGES) return errors.invalid(PATH, spec, `may only hold up to ${MAX_RANGES} values`);
  const ranges = cidrs.map(parseCidr);
  ranges.forEach((range, index) => {
    if (!range) errors.invalid(`${PATH}[${index}]`, cidrs[index], NO_RANGE);
  });
  const [first, second] = ranges;
  if (first && second && first.bits === second.bits) errors.invalid(PATH, cidrs, ONE_OF_A_FAMILY);
}

/** Ranges stay; a second one may come, of the other family. */
export function validateServiceCidrUpdate(next: ServiceCIDR, current: ServiceCIDR, errors: FieldErrors): void {
  const before = current.spec.cidrs ?? [];
  const after = next.spec?.cidrs ?? [];
  const grows = before.length === 1 && after.length === 2;
  if (before.length !== after.length && !grows) return errors.invalid(PATH, next.spec?.cidrs, IMMUTABLE);
  before.forEach((range, index) => {
    if (after[index] !== range) errors.invalid(`${PATH}[${index}]`, after[index], IMMUTABLE);
  });
  if (grows) validateServiceCidr(next, errors);
}

export function validateIPAddress({ spec }: IPAddress, errors: FieldErrors): void {
  const parent = spec?.parentRef;
  const path = 'spec.parentRef';
  if (!parent) return errors.required(path);
  const { group = '', resource = '', name = '', namespace = '' } = parent;
  if (group !== '') for (const fault of subdomainFaults(group)) errors.invalid(`${path}.group`, group, fault);
  for (const [key, value] of Object.entries({ resource, name })) {
    if (value === '') errors.required(`${path}.${key}`);
    else for (const fault of pathSegmentFaults(value)) errors.invalid(`${path}.${key}`, value, fault);
  }
  for (const fault of pathSegmentFaults(namespace)) errors.invalid(`${path}.namespace`, namespace, fault);
}

export function validateIPAddressUpdate(next: IPAddress, current: IPAddress, errors: FieldErrors): void {
  validateImmutable(next.spec?.parentRef, current.spec?.parentRef, 'spec.parentRef', errors);
}
