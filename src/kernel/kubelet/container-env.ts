import type { ConfigMap, Container, Secret, Service } from '../../api/objects';
import type { TrainingDevice } from '../../api/training';
import { milliValue, wholeValue } from '../../api/quantity';
import type { KubeletCore } from './core';
import type { PodRecord } from './state';

type EnvVar = NonNullable<Container['env']>[number];
type Source = NonNullable<EnvVar['valueFrom']>;
type Environment = Record<string, string>;

/** A container's configuration that cannot be had: the reason is CreateContainerConfigError. */
export class ConfigError extends Error {}

/** The variable by which a container learns which devices are its own. */
const DEVICE_VARIABLES: Record<string, string> = {
  'nvidia.com/gpu': 'NVIDIA_VISIBLE_DEVICES',
  'google.com/tpu': 'TPU_VISIBLE_DEVICES',
};

/** The environment of a container. Throws ConfigError. Models pkg/kubelet/kubelet_pods.go makeEnvironmentVariables. */
export function environmentOf(core: KubeletCore, record: PodRecord, spec: Container): Environment {
  const env: Environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: record.name,
  };
  for (const service of servicesFor(core, record)) {
    const links = serviceLinks(service);
    for (const name in links) set(env, name, links[name]!);
  }
  for (const from of spec.envFrom ?? []) {
    const prefix = from.prefix ?? '';
    const data = from.configMapRef
      ? configData(core, record, from.configMapRef.name ?? '', from.configMapRef.optional)
      : secretData(core, record, from.secretRef?.name ?? '', from.secretRef?.optional);
    for (const [key, value] of Object.entries(data ?? {})) set(env, prefix + key, value);
  }
  for (const variable of spec.env ?? []) {
    const value = variable.valueFrom
      ? valueFrom(core, record, spec, variable.valueFrom)
      : expandVariables(variable.value ?? '', env);
    if (value !== undefined) set(env, variable.name, value);
  }
  for (const [resource, variable] of Object.entries(DEVICE_VARIABLES)) {
    const ids = (record.devices.get(spec.name) ?? []).filter((id) => id.startsWith(`${resource}/`));
    if (ids.length > 0) set(env, variable, ids.map((id) => id.slice(resource.length + 1)).join(','));
  }
  return env;
}

/** The API server's own Service, and those of the namespace where the Pod wants links. Models getServiceEnvVarMap. */
function servicesFor(core: KubeletCore, record: PodRecord): Service[] {
  const { client } = core.parts;
  const own = record.pod.spec.enableServiceLinks === false ? [] : client.list('services', record.namespace);
  const apiServer = client.get('services', 'default', 'kubernetes');
  return [...(apiServer ? [apiServer] : []), ...own.filter((one) => one.metadata.uid !== apiServer?.metadata.uid)];
}

const linksByService = new WeakMap<Service, Environment>();

/** The links of a Service. Objects of the store are frozen, so that they are made once and their texts shared. */
function serviceLinks(service: Service): Environment {
  let links = linksByService.get(service);
  if (!links) linksByService.set(service, (links = makeServiceLinks(service)));
  return links;
}

/** The variables by which a process finds a Service without asking for its name. Models envvars.FromServices. */
function makeServiceLinks({ metadata, spec }: Service): Environment {
  const env: Environment = {};
  const { clusterIP, ports: [first, ...more] = [] } = spec;
  if (!clusterIP || clusterIP === 'None' || !first) return env;
  const variable = (name: string): string => name.toUpperCase().replaceAll('-', '_');
  const prefix = variable(metadata.name);
  set(env, `${prefix}_SERVICE_HOST`, clusterIP);
  set(env, `${prefix}_SERVICE_PORT`, String(first.port));
  set(env, `${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${clusterIP}:${first.port}`);
  for (const { name, port, protocol = 'TCP' } of [first, ...more]) {
    if (name) set(env, `${prefix}_SERVICE_PORT_${variable(name)}`, String(port));
    const link = `${prefix}_PORT_${port}_${protocol}`;
    set(env, link, `${protocol.toLowerCase()}://${clusterIP}:${port}`);
    set(env, `${link}_PROTO`, protocol.toLowerCase());
    set(env, `${link}_PORT`, String(port));
    set(env, `${link}_ADDR`, clusterIP);
  }
  return env;
}

/** What a container computes on. */
export function deviceOf(record: PodRecord, spec: Container): TrainingDevice {
  const ids = record.devices.get(spec.name) ?? [];
  if (ids.some((id) => id.startsWith('google.com/tpu/'))) return 'tpu';
  return ids.some((id) => id.includes('gpu')) ? 'gpu' : 'cpu';
}

function set(env: Environment, name: string, value: string): void {
  Object.defineProperty(env, name, { value, writable: true, enumerable: true, configurable: true });
}

function valueFrom(core: KubeletCore, record: PodRecord, spec: Container, source: Source): string | undefined {
  if (source.fieldRef) return fieldValue(core, record, source.fieldRef.fieldPath);
  if (source.resourceFieldRef) return resourceValue(core, spec, source.resourceFieldRef.resource);
  if (source.configMapKeyRef) {
    const { name = '', key, optional } = source.configMapKeyRef;
    const value = configData(core, record, name, optional)?.[key];
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${record.namespace}/${name}`);
    return value;
  }
  if (source.secretKeyRef) {
    const { name = '', key, optional } = source.secretKeyRef;
    const value = secretData(core, record, name, optional)?.[key];
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in Secret ${record.namespace}/${name}`);
    return value;
  }
  return '';
}

/** A field of the Pod, as the downward API shows it. */
export function fieldValue(core: KubeletCore, record: PodRecord, path: string): string {
  const { metadata, spec } = record.pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return (subscript[1] === 'labels' ? metadata.labels : metadata.annotations)?.[subscript[2]!] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.hostIP': core.state.hostIp,
    'status.hostIPs': core.state.hostIp,
    'status.podIP': record.sandbox.ip,
    'status.podIPs': record.sandbox.ip,
  };
  return fields[path] ?? '';
}

function resourceValue(core: KubeletCore, spec: Container, resource: string): string {
  const [list = '', name = ''] = resource.split(/\.(.*)/s);
  const { requests, limits } = spec.resources ?? {};
  const own = list === 'limits' ? limits?.[name] : requests?.[name];
  const text = own ?? (list === 'limits' ? core.node?.status.allocatable?.[name] : undefined) ?? '0';
  return String(name === 'cpu' ? Math.ceil(milliValue(text) / 1000) : wholeValue(text));
}

/** `$(NAME)` in a value, a command or an argument. `$$` escapes. Models k8s.io/kubernetes/third_party/forked/golang/expansion. */
export function expandVariables(text: string, env: Environment): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$';
    return name !== undefined && Object.hasOwn(env, name) ? env[name]! : whole;
  });
}

function configData(
  core: KubeletCore,
  record: PodRecord,
  name: string,
  optional: boolean | undefined,
): Environment | undefined {
  const found: ConfigMap | undefined = core.parts.client.get('configmaps', record.namespace, name);
  if (!found && !optional) throw new ConfigError(`configmap "${name}" not found`);
  return found?.data as Environment | undefined;
}

function secretData(
  core: KubeletCore,
  record: PodRecord,
  name: string,
  optional: boolean | undefined,
): Environment | undefined {
  const found: Secret | undefined = core.parts.client.get('secrets', record.namespace, name);
  if (!found && !optional) throw new ConfigError(`secret "${name}" not found`);
  return found && decodeAll(found);
}

/** A Secret's values as text. */
export function decodeAll(secret: Secret): Environment {
  const data: Environment = {};
  for (const [key, value] of Object.entries(secret.data ?? {})) set(data, key, decodeBase64(String(value)));
  return data;
}

function decodeBase64(text: string): string {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
