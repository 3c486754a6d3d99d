import type { Json } from '../../api/objects';
import { asError, ServerError } from '../errors';
import { at, listAt, numberAt, objectAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';
import { describerWithEvents } from './describer';
import { valueText } from './description';
import { endpointSlicesOf, endpointsText } from './service';

/** Models pkg/describe IngressDescriber. */
export const describeIngress = describerWithEvents(async (description, ingress, session) => {
  const namespace = textAt(ingress, 'metadata', 'namespace');
  description.heading(ingress, false);
  description.labels('Labels', at(ingress, 'metadata', 'labels'));
  description.field('Namespace', namespace);
  description.field('Address', addressText(ingress));
  description.field('Ingress Class', textAt(ingress, 'spec', 'ingressClassName') || '<none>');
  const fallback = objectAt(ingress, 'spec', 'defaultBackend');
  const fallbackText = fallback ? await backendText(session, namespace, fallback) : '<default>';
  description.field('Default backend', fallbackText);
  const certificates = listAt(ingress, 'spec', 'tls');
  if (certificates.length > 0) description.line(0, 'TLS:');
  for (const tls of certificates) {
    const hosts = listAt(tls, 'hosts')
      .map((host) => valueText(host))
      .join(',');
    const secret = textAt(tls, 'secretName');
    description.line(1, secret ? `${secret} terminates ${hosts}` : `SNI routes ${hosts}`);
  }
  description.line(0, 'Rules:');
  description.line(1, 'Host\tPath\tBackends');
  description.line(1, '----\t----\t--------');
  const rules = listAt(ingress, 'spec', 'rules').filter((rule) => objectAt(rule, 'http') !== undefined);
  for (const rule of rules) {
    description.line(1, `${textAt(rule, 'host') || '*'}\t`);
    for (const path of listAt(rule, 'http', 'paths')) {
      const backend = await backendText(session, namespace, objectAt(path, 'backend') ?? {});
      description.line(2, `\t${textAt(path, 'path')} \t${backend}`);
    }
  }
  if (rules.length === 0) description.line(1, `*\t*\t${fallbackText}`);
  description.annotations('Annotations', at(ingress, 'metadata', 'annotations'));
});

function addressText(ingress: JsonObject): string {
  const addresses = listAt(ingress, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  );
  return [...new Set(addresses.filter((address) => address !== ''))].sort().join(',');
}

/** `service:port (addresses)`, or what is in the way. Models describeBackendV1. */
async function backendText(session: Session, namespace: string, backend: JsonObject): Promise<string> {
  const service = objectAt(backend, 'service');
  if (!service) {
    const resource = objectAt(backend, 'resource');
    if (!resource) return '';
    const group = valueText(resource['apiGroup'], '<none>');
    return `APIGroup: ${group}, Kind: ${textAt(resource, 'kind')}, Name: ${textAt(resource, 'name')}`;
  }
  const name = textAt(service, 'name');
  const number = numberAt(service, 'port', 'number') ?? 0;
  const portName = textAt(service, 'port', 'name');
  const shown = `${name}:${number !== 0 ? number : portName}`;
  const slices = await endpointSlicesOf(session, namespace, name);
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`;
    const found = await session.rest.json('GET', path);
    return `${shown} (${endpointsText(slices, servicePort(found, number, portName))})`;
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof ServerError) return `${shown} (<error: ${error.message}>)`;
    throw error;
  }
}

function servicePort(service: Json, number: number, name: string): string {
  const port = listAt(service, 'spec', 'ports').findLast(
    (one) => (number !== 0 && numberAt(one, 'port') === number) || (name !== '' && textAt(one, 'name') === name),
  );
  return textAt(port, 'name');
}
