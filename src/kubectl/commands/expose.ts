import type { Json } from '../../api/objects';
import { withLastApplied } from '../apply/last-applied';
import { intOrText } from '../cluster/generated';
import type { Info } from '../cluster/info';
import { infoFor } from '../cluster/info';
import { OVERRIDE_FLAGS, overridden } from '../cluster/overrides';
import { goKind } from '../cluster/pods';
import { manifestOptions } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import { createObject } from '../cluster/writes';
import type { Command } from '../command';
import { CliError } from '../errors';
import { text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SAVE_CONFIG_FLAG, fieldManagerFlag } from '../flags/standard';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { at, isObject, listAt, numberAt, objectAt, setOwn, stringMapAt, textAt } from '../format/json';
import { asStruct } from '../format/struct';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const exposeCommand: Command = {
  name: 'expose',
  completes: 'resources',
  usage:
    'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  long: 'Makes a Service for the Pods of a workload. Possible resources include (case insensitive): pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)',
  examples: `  kubectl expose deployment model-server --port=80 --target-port=8080`,
  flags: [
    ...PRINT_FLAGS,
    RECORD_FLAG,
    text('protocol', 'TCP, UDP or SCTP.', { values: ['TCP', 'UDP', 'SCTP'] }),
    text('port', 'The port of the Service.'),
    text('type', 'ClusterIP, NodePort, LoadBalancer or ExternalName.', {
      values: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    }),
    text('load-balancer-ip', 'Address of the load balancer.'),
    text('selector', 'Labels of the Pods; those of the workload if empty.'),
    text('labels', 'Labels of the Service.', { short: 'l' }),
    text('target-port', 'Port, or name of the port, of the containers.'),
    text('external-ip', 'Another address under which the Service is reached.'),
    text('name', 'Name of the Service.'),
    text('session-affinity', "'None' or 'ClientIP'.", { values: ['None', 'ClientIP'] }),
    text('cluster-ip', "Address of the Service, or 'None'."),
    fieldManagerFlag('kubectl-expose'),
    ...OVERRIDE_FLAGS,
    DRY_RUN_FLAG,
    SAVE_CONFIG_FLAG,
    ...FILENAME_FLAGS,
  ],
  run: expose,
};

const EXPOSABLE = ['ReplicationController', 'Service', 'Pod', 'Deployment.apps', 'ReplicaSet.apps'];

async function expose(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const printer = structPrinterFor(flags, session.io, withDryRun('exposed', dryRun));
  const selection = await select(session, {
    ...manifestOptions(session),
    args: session.args,
    continueOnError: true,
    flatten: true,
  });
  await selection.visit(async (info) => {
    const { kind, group } = info.mapping;
    const name = group ? `${kind}.${group}` : kind;
    if (!EXPOSABLE.includes(name)) throw new CliError(`cannot expose a ${name}`);
    const service = overridden(session, asStruct(serviceFor(session, info)));
    if (dryRun === 'client') {
      const metadata = objectAt(service, 'metadata') ?? {};
      const placed = session.explicitNamespace
        ? { ...service, metadata: { ...metadata, namespace: session.namespace } }
        : service;
      return printer.print(placed, session.out);
    }
    const annotated = flags.bool('save-config') ? withLastApplied(service) : service;
    const mapping = await session.discovery.mappingForKind('v1', 'Service');
    const target = { ...infoFor(mapping, annotated, ''), namespace: session.namespace };
    const made: Json = await createObject(session.rest, target, annotated, {
      fieldManager: flags.text('field-manager'),
      dryRun,
    });
    printer.print(isObject(made) ? made : annotated, session.out);
  });
}

/** The Service that serves a workload's Pods. Models ExposeServiceOptions createService. */
function serviceFor(session: Session, info: Info): JsonObject {
  const { flags } = session;
  const object = info.object ?? {};
  const selector = flags.text('selector') === '' ? derivedSelector(object) : parseLabels(flags.text('selector'));
  if (Object.keys(selector).length === 0) throw new CliError('selector must be specified');
  const ports = portsFor(session, object);
  const labels =
    flags.text('labels') === ''
      ? Object.fromEntries(stringMapAt(object, 'metadata', 'labels'))
      : parseLabels(flags.text('labels'));
  const affinity = flags.text('session-affinity');
  if (affinity !== '' && affinity !== 'None' && affinity !== 'ClientIP')
    throw new CliError(`unknown session affinity: ${affinity}`);
  const type = flags.text('type');
  const optional: [string, Json][] = [
    ['clusterIP', flags.text('cluster-ip')],
    ['type', type],
    ['externalIPs', flags.text('external-ip') === '' ? '' : [flags.text('external-ip')]],
    ['sessionAffinity', affinity],
    ['loadBalancerIP', type === 'LoadBalancer' ? flags.text('load-balancer-ip') : ''],
  ];
  const spec: JsonObject = { ...(ports.length > 0 ? { ports } : {}), selector };
  for (const [field, value] of optional) if (value !== '') spec[field] = value;
  const name = flags.text('name') || info.name.slice(0, 63);
  const metadata = { name, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
  return { kind: 'Service', apiVersion: 'v1', metadata, spec };
}

/** The labels by which an object chooses its Pods, where they are a plain map. Models mapBasedSelectorForObject. */
function derivedSelector(object: JsonObject): JsonObject {
  const fail = (words: string): CliError =>
    new CliError(`couldn't retrieve selectors via --selector flag or introspection: ${words}`);
  const kind = textAt(object, 'kind');
  const selector = objectAt(object, 'spec', 'selector');
  if (kind === 'ReplicationController') return selector ?? {};
  if (kind === 'Pod') {
    const labels = Object.fromEntries(stringMapAt(object, 'metadata', 'labels'));
    if (Object.keys(labels).length === 0) throw fail('the pod has no labels and cannot be exposed');
    return labels;
  }
  if (kind === 'Service') {
    if (!selector) throw fail('the service has no pod selector set');
    return selector;
  }
  const labels = objectAt(selector, 'matchLabels') ?? {};
  if (Object.keys(labels).length === 0)
    throw fail(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  const expressions = at(selector, 'matchExpressions');
  if (expressions !== undefined)
    throw fail(`couldn't convert expressions - "${goValue(expressions)}" to map-based selector format`);
  return labels;
}

/** `a=1,b=2`. */
function parseLabels(text: string): JsonObject {
  const labels: JsonObject = {};
  for (const spec of text.split(',')) {
    const parts = spec.split('=');
    const [key = '', value = ''] = parts;
    if (parts.length !== 2) throw new CliError(`unexpected label spec: ${spec}`);
    if (key === '') throw new CliError('unexpected empty label key');
    setOwn(labels, key, value);
  }
  return labels;
}

interface ExposedPort {
  port: string;
  protocol: string;
}

/** The ports that the containers, or the Service, name. */
function namedPorts(object: JsonObject): ExposedPort[] {
  const kind = textAt(object, 'kind');
  const read = (ports: Json[], field: string): ExposedPort[] =>
    ports.map((port) => ({ port: String(numberAt(port, field) ?? 0), protocol: textAt(port, 'protocol') || 'TCP' }));
  if (kind === 'Service') return read(listAt(object, 'spec', 'ports'), 'port');
  const spec = kind === 'Pod' ? at(object, 'spec') : at(object, 'spec', 'template', 'spec');
  if (spec === undefined)
    throw new CliError(
      `couldn't find port via --port flag or introspection: cannot extract ports from ${goKind(object)}`,
    );
  return listAt(spec, 'containers').flatMap((container) => read(listAt(container, 'ports'), 'containerPort'));
}

function portsFor(session: Session, object: JsonObject): JsonObject[] {
  const { flags } = session;
  const named = namedPorts(object);
  const wanted =
    flags.text('port') === '' ? [...new Set(named.map(({ port }) => port))] : flags.text('port').split(',');
  if (wanted.length === 0 && flags.text('cluster-ip') !== 'None') {
    throw new CliError("couldn't find port via --port flag or introspection");
  }
  const target = flags.text('target-port');
  return wanted.flatMap((port, index) => {
    const number = parsePort(port);
    const protocols = flags.text('protocol') ? [flags.text('protocol')] : protocolsOf(named, port);
    return protocols.map((protocol) => {
      const base = wanted.length > 1 || protocols.length > 1 ? `port-${index + 1}` : '';
      const name = protocols.length > 1 ? `${base}-${protocol.toLowerCase()}` : base;
      return {
        ...(name ? { name } : {}),
        protocol,
        port: number,
        targetPort: target === '' ? number : intOrText(target),
      };
    });
  });
}

function protocolsOf(named: readonly ExposedPort[], port: string): string[] {
  const protocols = new Set(named.filter((one) => one.port === port).map((one) => one.protocol));
  return protocols.size > 0 ? [...protocols] : ['TCP'];
}

function parsePort(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new CliError(`strconv.Atoi: parsing "${text}": invalid syntax`);
}
