import type { Json } from '../../api/objects';
import { milliValue, wholeValue } from '../../api/quantity';
import { at, listAt, numberAt, objectAt, sortedKeys, textAt } from '../format/json';
import { goList, goQuote } from '../format/go-text';
import type { Description } from './description';
import { byKey, longTime, valueText } from './description';

/** Tells what an env entry from a field of the Pod resolves to. */
export type FieldResolver = (fieldPath: string) => string;

/** Containers of a Pod or a template. `space` stands before names in templates. Models describeContainers. */
export function writeContainers(
  description: Description,
  label: string,
  containers: Json[],
  statuses: Json[] | undefined,
  resolve: FieldResolver | undefined,
  space: string,
): void {
  description.line(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses?.find((one) => textAt(one, 'name') === textAt(container, 'name'));
    writeBasics(description, container, status, space);
    writeWords(description, 'Command', listAt(container, 'command'));
    writeWords(description, 'Args', listAt(container, 'args'));
    if (status) writeStatus(description, status);
    writeResources(description, at(container, 'resources'), 2);
    writeProbes(description, container);
    if (listAt(container, 'envFrom').length > 0) writeEnvFrom(description, listAt(container, 'envFrom'));
    writeEnv(description, container, resolve);
    writeMounts(description, container);
  }
}

function writeBasics(description: Description, container: Json, status: Json | undefined, space: string): void {
  description.line(1, `${space ? ' ' : ''}${textAt(container, 'name')}:`);
  if (status) description.field('Container ID', textAt(status, 'containerID'), 2);
  description.field('Image', textAt(container, 'image'), 2);
  if (status) description.field('Image ID', textAt(status, 'imageID'), 2);
  const ports = listAt(container, 'ports');
  const portList = portText(ports, 'containerPort');
  const hostList = portText(ports, 'hostPort');
  if (portList.includes(',')) description.field('Ports', portList, 2);
  else description.field('Port', portList || '<none>', 2);
  if (hostList.includes(',')) description.field('Host Ports', hostList, 2);
  else description.field('Host Port', hostList || '<none>', 2);
  const seccomp = objectAt(container, 'securityContext', 'seccompProfile');
  if (!seccomp) return;
  description.field('SeccompProfile', textAt(seccomp, 'type'), 2);
  if (textAt(seccomp, 'type') === 'Localhost')
    description.field('LocalhostProfile', textAt(seccomp, 'localhostProfile'), 3);
}

function portText(ports: Json[], field: string): string {
  return ports
    .map((port) => {
      const name = textAt(port, 'name');
      return `${numberAt(port, field) ?? 0}/${textAt(port, 'protocol')}${name ? ` (${name})` : ''}`;
    })
    .join(', ');
}

function writeWords(description: Description, title: string, words: Json[]): void {
  if (words.length === 0) return;
  description.line(2, `${title}:`);
  for (const word of words) for (const line of valueText(word).split('\n')) description.line(3, line);
}

function writeStatus(description: Description, status: Json): void {
  writeState(description, 'State', at(status, 'state'));
  if (objectAt(status, 'lastState', 'terminated')) writeState(description, 'Last State', at(status, 'lastState'));
  description.field('Ready', at(status, 'ready') === true ? 'True' : 'False', 2);
  description.field('Restart Count', numberAt(status, 'restartCount') ?? 0, 2);
}

function writeState(description: Description, title: string, state: Json | undefined): void {
  const running = objectAt(state, 'running');
  const terminated = objectAt(state, 'terminated');
  if (running) {
    description.field(title, 'Running', 2);
    description.field('Started', longTime(textAt(running, 'startedAt')), 3);
  } else if (terminated && !objectAt(state, 'waiting')) {
    description.field(title, 'Terminated', 2);
    const reason = textAt(terminated, 'reason');
    if (reason) description.field('Reason', reason, 3);
    const message = textAt(terminated, 'message');
    if (message) description.field('Message', message, 3);
    description.field('Exit Code', numberAt(terminated, 'exitCode') ?? 0, 3);
    const signal = numberAt(terminated, 'signal') ?? 0;
    if (signal > 0) description.field('Signal', signal, 3);
    description.field('Started', longTime(textAt(terminated, 'startedAt')), 3);
    description.field('Finished', longTime(textAt(terminated, 'finishedAt')), 3);
  } else {
    description.field(title, 'Waiting', 2);
    const reason = textAt(state, 'waiting', 'reason');
    if (reason) description.field('Reason', reason, 3);
  }
}

export function writeResources(description: Description, resources: Json | undefined, level: number): void {
  for (const [title, field] of [
    ['Limits', 'limits'],
    ['Requests', 'requests'],
  ] as const) {
    const list = objectAt(resources, field) ?? {};
    const names = sortedKeys(list);
    if (names.length > 0) description.line(level, `${title}:`);
    for (const name of names) description.field(name, valueText(list[name]), level + 1);
  }
}

function writeProbes(description: Description, container: Json): void {
  for (const title of ['Liveness', 'Readiness', 'Startup']) {
    const probe = objectAt(container, `${title.toLowerCase()}Probe`);
    if (probe) description.field(title, probeText(probe), 2);
  }
}

/** Models DescribeProbe. */
function probeText(probe: Json): string {
  const number = (field: string): number => numberAt(probe, field) ?? 0;
  const attributes = `delay=${number('initialDelaySeconds')}s timeout=${number('timeoutSeconds')}s period=${number('periodSeconds')}s #success=${number('successThreshold')} #failure=${number('failureThreshold')}`;
  const exec = objectAt(probe, 'exec');
  if (exec) return `exec ${goList(listAt(exec, 'command').map((word) => valueText(word)))} ${attributes}`;
  const http = objectAt(probe, 'httpGet');
  if (http) {
    const path = textAt(http, 'path');
    const url = `${textAt(http, 'scheme').toLowerCase()}://${textAt(http, 'host')}:${valueText(http['port'])}${path && !path.startsWith('/') ? '/' : ''}${encodeURI(path)}`;
    return `http-get ${url} ${attributes}`;
  }
  const tcp = objectAt(probe, 'tcpSocket');
  if (tcp) return `tcp-socket ${textAt(tcp, 'host')}:${valueText(tcp['port'])} ${attributes}`;
  const grpc = objectAt(probe, 'grpc');
  if (grpc) return `grpc <pod>:${valueText(grpc['port'])} ${textAt(grpc, 'service')} ${attributes}`;
  return `unknown ${attributes}`;
}

function writeEnvFrom(description: Description, sources: Json[]): void {
  description.line(2, 'Environment Variables from:');
  for (const source of sources) {
    const configMap = objectAt(source, 'configMapRef');
    const reference = configMap ?? objectAt(source, 'secretRef');
    const kind = configMap ? 'ConfigMap' : reference ? 'Secret' : '';
    const prefix = textAt(source, 'prefix');
    const optional = at(reference, 'optional') === true;
    const from = prefix ? `${kind} with prefix '${prefix}'` : kind;
    description.line(3, `${textAt(reference, 'name')}\t${from}\tOptional: ${optional}`);
  }
}

function writeEnv(description: Description, container: Json, resolve: FieldResolver | undefined): void {
  const env = listAt(container, 'env');
  description.line(2, `Environment:${env.length === 0 ? '\t<none>' : ''}`);
  for (const entry of env) {
    const name = textAt(entry, 'name');
    const from = objectAt(entry, 'valueFrom');
    if (from) description.line(3, `${name}:\t${sourceText(container, from, resolve)}`);
    else {
      textAt(entry, 'value')
        .split('\n')
        .forEach((line, index) => description.line(3, index === 0 ? `${name}:\t${line}` : `\t${line}`));
    }
  }
}

function sourceText(container: Json, from: Json, resolve: FieldResolver | undefined): string {
  const field = objectAt(from, 'fieldRef');
  if (field) {
    const path = textAt(field, 'fieldPath');
    return `${resolve?.(path) ?? ''} (${textAt(field, 'apiVersion')}:${path})`;
  }
  const resource = objectAt(from, 'resourceFieldRef');
  if (resource) {
    const name = textAt(resource, 'resource');
    const value = resourceValue(container, resource);
    const shown = value === '0' && (name === 'limits.cpu' || name === 'limits.memory') ? 'node allocatable' : value;
    return `${shown} (${name})`;
  }
  const secret = objectAt(from, 'secretKeyRef');
  if (secret) {
    return `<set to the key '${textAt(secret, 'key')}' in secret '${textAt(secret, 'name')}'>\tOptional: ${secret['optional'] === true}`;
  }
  const configMap = objectAt(from, 'configMapKeyRef') ?? {};
  return `<set to the key '${textAt(configMap, 'key')}' of config map '${textAt(configMap, 'name')}'>\tOptional: ${configMap['optional'] === true}`;
}

/** A container's own limit or request in units of the divisor. Models ExtractContainerResourceValue. */
function resourceValue(container: Json, reference: Json): string {
  const name = textAt(reference, 'resource');
  const [field = '', ...rest] = name.split('.');
  const quantity = at(container, 'resources', field, rest.join('.'));
  const text = typeof quantity === 'string' || typeof quantity === 'number' ? quantity : '0';
  const divisor = textAt(reference, 'divisor') || '0';
  if (rest[0] === 'cpu') {
    const unit = milliValue(divisor) === 0 ? 1000 : milliValue(divisor);
    return String(Math.ceil(milliValue(text) / unit));
  }
  const unit = wholeValue(divisor) === 0 ? 1 : wholeValue(divisor);
  return String(Math.ceil(wholeValue(text) / unit));
}

function writeMounts(description: Description, container: Json): void {
  const mounts = [...listAt(container, 'volumeMounts')].sort(byKey((mount) => textAt(mount, 'mountPath')));
  const none = mounts.length === 0 ? '\t<none>' : '';
  description.line(2, `Mounts:${none}`);
  for (const mount of mounts) {
    const flags = [at(mount, 'readOnly') === true ? 'ro' : 'rw'];
    const path = textAt(mount, 'subPath');
    if (path) flags.push(`path=${goQuote(path)}`);
    description.line(3, `${textAt(mount, 'mountPath')} from ${textAt(mount, 'name')} (${flags.join(',')})`);
  }
  const devices = [...listAt(container, 'volumeDevices')].sort(byKey((device) => textAt(device, 'devicePath')));
  if (devices.length === 0) return;
  description.line(2, `Devices:${none}`);
  for (const device of devices) description.line(3, `${textAt(device, 'devicePath')} from ${textAt(device, 'name')}`);
}

/** What a Pod's metadata says, for env entries that refer to it. Models kubectl/pkg/util/fieldpath, which knows nothing else. */
export function fieldResolver(pod: Json): FieldResolver {
  return (path) => {
    const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
    if (keyed) return textAt(pod, 'metadata', keyed[1] ?? '', keyed[2] ?? '');
    if (path === 'metadata.labels' || path === 'metadata.annotations') {
      const map = objectAt(pod, ...path.split('.')) ?? {};
      return sortedKeys(map)
        .map((key) => `${key}=${goQuote(valueText(map[key]))}`)
        .join('\n');
    }
    if (!/^metadata\.(name|namespace|uid)$/.test(path)) return '';
    return valueText(at(pod, ...path.split('.')));
  };
}
