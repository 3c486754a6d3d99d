import { isIPv4, isIPv6 } from '../../../api/cidr';
import type { EndpointSlice } from '../../../api/objects';
import { validateReachable } from './addresses';
import type { FieldErrors } from './field-errors';
import { labelFaults, subdomainFaults } from './names';
import { validateImmutable } from './immutable';

/** Models pkg/apis/discovery/validation ValidateEndpointSlice. */

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ADDRESSES_MAX = 100;
const ENDPOINTS_MAX = 1000;
const PORTS_MAX = 20_000;

export function validateEndpointSlice(slice: EndpointSlice, errors: FieldErrors): void {
  const { addressType } = slice;
  if (!addressType) errors.required('addressType');
  else if (!ADDRESS_TYPES.includes(addressType)) errors.notSupported('addressType', addressType, ADDRESS_TYPES);
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > ENDPOINTS_MAX) errors.tooMany('endpoints', endpoints.length, ENDPOINTS_MAX);
  endpoints.forEach((endpoint, index) =>
    validateAddresses(endpoint.addresses ?? [], addressType, `endpoints[${index}].addresses`, errors),
  );
  validatePorts(slice.ports ?? [], errors);
}

function validateAddresses(addresses: readonly string[], type: string, path: string, errors: FieldErrors): void {
  if (addresses.length === 0) errors.required(path, 'must contain at least 1 address');
  if (addresses.length > ADDRESSES_MAX) errors.tooMany(path, addresses.length, ADDRESSES_MAX);
  addresses.forEach((address, index) => {
    const at = `${path}[${index}]`;
    if (type === 'IPv4' && !isIPv4(address)) errors.invalid(at, address, 'must be a valid IPv4 address');
    if (type === 'IPv6' && !isIPv6(address)) errors.invalid(at, address, 'must be a valid IPv6 address');
    if (type === 'FQDN') for (const fault of subdomainFaults(address)) errors.invalid(at, address, fault);
    validateReachable(address, at, errors);
  });
}

function validatePorts(ports: NonNullable<EndpointSlice['ports']>, errors: FieldErrors): void {
  if (ports.length > PORTS_MAX) errors.tooMany('ports', ports.length, PORTS_MAX);
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const name = port.name ?? '';
    if (name !== '') for (const fault of labelFaults(name)) errors.invalid(`ports[${index}].name`, name, fault);
    if (names.has(name)) errors.duplicate(`ports[${index}].name`, name);
    names.add(name);
    const { protocol } = port;
    if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') {
      errors.notSupported(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
    }
  });
}

export function validateEndpointSliceUpdate(next: EndpointSlice, current: EndpointSlice, errors: FieldErrors): void {
  validateEndpointSlice(next, errors);
  validateImmutable(next.addressType, current.addressType, 'addressType', errors);
}
