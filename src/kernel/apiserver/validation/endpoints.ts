import type { Endpoints } from '../../../api/objects';
import { validateIP, validateReachable } from './addresses';
import type { FieldErrors } from './field-errors';
import { labelFaults, subdomainFaults } from './names';
import { validatePort } from './numbers';

/** Models pkg/apis/core/validation ValidateEndpoints. */

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];
/** The nodes on which addresses were before, by address. */
type Places = ReadonlyMap<string, string>;

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function validateEndpoints(endpoints: Endpoints, errors: FieldErrors): void {
  validateSubsets(endpoints, new Map(), errors);
}

export function validateEndpointsUpdate(next: Endpoints, current: Endpoints, errors: FieldErrors): void {
  const all = (current.subsets ?? []).flatMap((subset) => [
    ...(subset.addresses ?? []),
    ...(subset.notReadyAddresses ?? []),
  ]);
  const placed = all.filter((address) => address.nodeName !== undefined);
  validateSubsets(next, new Map(placed.map(({ ip, nodeName }) => [ip, nodeName!])), errors);
}

function validateSubsets({ subsets = [] }: Endpoints, before: Places, errors: FieldErrors): void {
  subsets.forEach((subset, index) => {
    const path = `subsets[${index}]`;
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
    }
    for (const [key, list] of Object.entries({ addresses, notReadyAddresses })) {
      list.forEach((address, at) => validateAddress(address, `${path}.${key}[${at}]`, before, errors));
    }
    ports.forEach((port, at) => validateEndpointPort(port, ports.length > 1, `${path}.ports[${at}]`, errors));
  });
}

/** Where an address may point is only asked of one that is right otherwise. */
function validateAddress(address: Address, path: string, before: Places, errors: FieldErrors): void {
  const { ip, hostname, nodeName } = address;
  const found = errors.list.length;
  validateIP(ip, `${path}.ip`, errors);
  if (hostname) for (const fault of labelFaults(hostname)) errors.invalid(`${path}.hostname`, hostname, fault);
  if (nodeName !== undefined) {
    for (const fault of subdomainFaults(nodeName)) errors.invalid(`${path}.nodeName`, nodeName, fault);
    const place = before.get(ip);
    if (place !== undefined && place !== nodeName) {
      errors.forbidden(`${path}.nodeName`, `Cannot change NodeName for ${ip} to ${nodeName}`);
    }
  }
  if (errors.list.length === found) validateReachable(ip, `${path}.ip`, errors);
}

function validateEndpointPort(port: Port, needsName: boolean, path: string, errors: FieldErrors): void {
  const { name = '', protocol = '' } = port;
  if (name === '') {
    if (needsName) errors.required(`${path}.name`);
  } else for (const fault of labelFaults(name)) errors.invalid(`${path}.name`, name, fault);
  validatePort(port.port ?? 0, `${path}.port`, errors);
  if (protocol === '') errors.required(`${path}.protocol`);
  else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
}
