import type { Json } from '../../api/objects';
import { ServerError, asError } from '../errors';
import { at, listAt, numberAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { labelsLine, valueText } from './description';

const texts = (object: Json | undefined, ...path: string[]): string =>
  listAt(object, ...path)
    .map((item) => valueText(item))
    .join(',');

/** Models pkg/describe ServiceDescriber. */
export const describeService = describerWithEvents(async (description, service, session) => {
  const slices = await endpointSlicesOf(
    session,
    textAt(service, 'metadata', 'namespace'),
    textAt(service, 'metadata', 'name'),
  );
  description.heading(service, true);
  description.labelsAndAnnotations(service);
  description.field('Selector', labelsLine(at(service, 'spec', 'selector')));
  description.field('Type', textAt(service, 'spec', 'type'));
  writeAddresses(description, service);
  for (const port of listAt(service, 'spec', 'ports')) writePort(description, port, slices);
  description.field('Session Affinity', textAt(service, 'spec', 'sessionAffinity'));
  writePolicies(description, service);
});

function writeAddresses(description: Description, service: JsonObject): void {
  const policy = textAt(service, 'spec', 'ipFamilyPolicy');
  if (policy) description.field('IP Family Policy', policy);
  description.field('IP Families', texts(service, 'spec', 'ipFamilies') || '<none>');
  description.field('IP', textAt(service, 'spec', 'clusterIP'));
  description.field('IPs', texts(service, 'spec', 'clusterIPs') || '<none>');
  const external = texts(service, 'spec', 'externalIPs');
  if (external) description.field('External IPs', external);
  const desired = textAt(service, 'spec', 'loadBalancerIP');
  if (desired) description.field('Desired LoadBalancer IP', desired);
  const name = textAt(service, 'spec', 'externalName');
  if (name) description.field('External Name', name);
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map((one) => {
    const ip = textAt(one, 'ip');
    const mode = textAt(one, 'ipMode');
    return ip ? `${ip}${mode ? ` (${mode})` : ''}` : textAt(one, 'hostname');
  });
  if (ingress.length > 0) description.field('LoadBalancer Ingress', ingress.join(', '));
}

function writePort(description: Description, port: Json, slices: Json[]): void {
  const name = textAt(port, 'name');
  const protocol = textAt(port, 'protocol');
  description.line(0, `Port:\t${name || '<unset>'}\t${valueText(at(port, 'port'))}/${protocol}`);
  description.field('TargetPort', `${valueText(at(port, 'targetPort'), '0')}/${protocol}`);
  const application = textAt(port, 'appProtocol');
  if (application) description.field('AppProtocol', application);
  const node = numberAt(port, 'nodePort') ?? 0;
  if (node !== 0) description.line(0, `NodePort:\t${name || '<unset>'}\t${node}/${protocol}`);
  description.field('Endpoints', endpointsText(slices, name));
}

function writePolicies(description: Description, service: JsonObject): void {
  const optional = (title: string, value: string): void => {
    if (value) description.field(title, value);
  };
  optional('External Traffic Policy', textAt(service, 'spec', 'externalTrafficPolicy'));
  optional('Internal Traffic Policy', textAt(service, 'spec', 'internalTrafficPolicy'));
  const health = numberAt(service, 'spec', 'healthCheckNodePort') ?? 0;
  if (health !== 0) description.field('HealthCheck NodePort', health);
  optional('LoadBalancer Source Ranges', texts(service, 'spec', 'loadBalancerSourceRanges'));
  optional('Traffic Distribution', textAt(service, 'spec', 'trafficDistribution'));
}

export async function endpointSlicesOf(session: Session, namespace: string, service: string): Promise<Json[]> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
  try {
    const query = { labelSelector: `kubernetes.io/service-name=${service}` };
    return listAt(await session.rest.json('GET', path, { query }), 'items');
  } catch (thrown) {
    if (asError(thrown) instanceof ServerError) return [];
    throw thrown;
  }
}

const MAX_ENDPOINTS = 3;

/** Up to three ready addresses of a port, and how many more there are. Models formatEndpointSlices. */
export function endpointsText(slices: Json[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const addresses = slices.flatMap((slice) => addressesOf(slice, portName));
  const ready = addresses.filter((one) => one.ready);
  const shown = ready.slice(0, MAX_ENDPOINTS).map((one) => one.text);
  // Upstream says "more" as soon as any address, ready or not, follows the third.
  const third = ready[MAX_ENDPOINTS - 1];
  const more = third !== undefined && addresses.indexOf(third) < addresses.length - 1;
  return more ? `${shown.join(',')} + ${ready.length - MAX_ENDPOINTS} more...` : shown.join(',');
}

interface Address {
  text: string;
  ready: boolean;
}

function addressesOf(slice: Json, portName: string): Address[] {
  const ports = listAt(slice, 'ports');
  const suffixes =
    ports.length === 0
      ? ['']
      : ports.filter((port) => textAt(port, 'name') === portName).map((port) => `:${valueText(at(port, 'port'))}`);
  return suffixes.flatMap((suffix) =>
    listAt(slice, 'endpoints').map((endpoint) => ({
      text: `${textAt(endpoint, 'addresses', 0)}${suffix}`,
      ready: at(endpoint, 'conditions', 'ready') !== false,
    })),
  );
}
