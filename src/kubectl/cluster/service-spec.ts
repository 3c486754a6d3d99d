import { CliError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { slice } from '../flags/flags';
import type { JsonObject } from '../format/json';
import { subdomainProblems } from '../format/names';
import type { Session } from '../session';
import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from './generated';

/** The flags of all commands that make a Service. */
export const SERVICE_FLAGS: FlagSpec[] = [...GENERATE_FLAGS, slice('tcp', 'Ports as PORT or PORT:TARGET.')];

export interface ServiceWish {
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  clusterIp?: string;
  externalName?: string;
  nodePort?: number;
}

/** Makes a Service that selects `app=NAME`. Models create_service.go createService. */
export async function makeService(
  session: Session,
  { type, clusterIp = '', externalName = '', nodePort = 0 }: ServiceWish,
): Promise<void> {
  const { name } = nameAndCommand(session);
  const tcp = session.flags.list('tcp');
  if (clusterIp !== 'None' && tcp.length === 0 && type !== 'ExternalName') {
    throw new CliError('at least one tcp port specifier must be provided');
  }
  if (type === 'ExternalName' && subdomainProblems(externalName).length > 0) {
    throw new CliError(`invalid service external name ${externalName}`);
  }
  const ports = tcp.map((pair) => portOf(pair, nodePort));
  const spec: JsonObject = {
    ...(ports.length > 0 ? { ports } : {}),
    selector: { app: name },
    ...(clusterIp ? { clusterIP: clusterIp } : {}),
    type,
    ...(externalName ? { externalName } : {}),
  };
  const service: JsonObject = { kind: 'Service', apiVersion: 'v1', metadata: { name, labels: { app: name } }, spec };
  await makeGenerated(session, service, `failed to create ${type} service:`);
}

function portOf(pair: string, nodePort: number): JsonObject {
  const [first = '', target] = pair.split(':');
  const port = portNumber(first);
  return {
    name: pair.replaceAll(':', '-'),
    protocol: 'TCP',
    port,
    targetPort: target === undefined ? port : targetOf(target),
    ...(nodePort > 0 ? { nodePort } : {}),
  };
}

/** Models utilsnet.ParsePort with zero allowed. */
function portNumber(text: string): number {
  const parse = `strconv.ParseUint: parsing "${text}": `;
  if (!/^\d+$/.test(text)) throw new CliError(`${parse}invalid syntax`);
  if (Number(text) > 65535) throw new CliError(`${parse}value out of range`);
  return Number(text);
}

function targetOf(text: string): number | string {
  if (/^[+-]?\d+$/.test(text)) {
    const number = Number(text);
    if (number < 1 || number > 65535) throw new CliError('must be between 1 and 65535, inclusive');
    return number;
  }
  const problems = portNameProblems(text);
  if (problems.length > 0) throw new CliError(problems.join(','));
  return text;
}

function portNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}
