import { isMap, ownValue, setKey, type JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { typeByName } from '../../../api/schema/tables';
import type { FieldSchema, TypeSchema } from '../../../api/schema/types';
import { unifiedDiff } from './unified-diff';

/**
 * Some refusals show an object as the API server has it in memory: with Go's field names, in Go's order, and with every
 * field that is not set. Types that the server keeps as clients write them (labels, selectors) look as they are written.
 */

const CORE = 'io.k8s.api.core.v1.';

/** Types with JSON names of their own; they leave out what is not set. */
const VERSIONED = /^io\.k8s\.apimachinery\./;

/** Where the order or the fields in memory differ from those that clients see: Go names in order. */
const INTERNAL: Readonly<Record<string, string>> = {
  'io.k8s.api.certificates.v1.CertificateSigningRequestCondition':
    'Type Status Reason Message LastUpdateTime LastTransitionTime',
  [`${CORE}PodSpec`]:
    'Volumes InitContainers Containers EphemeralContainers RestartPolicy TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy ' +
    'NodeSelector ServiceAccountName AutomountServiceAccountToken NodeName SecurityContext ImagePullSecrets Hostname Subdomain ' +
    'SetHostnameAsFQDN Affinity SchedulerName Tolerations HostAliases PriorityClassName Priority PreemptionPolicy DNSConfig ' +
    'ReadinessGates RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints OS SchedulingGates ResourceClaims ' +
    'Resources HostnameOverride SchedulingGroup',
  [`${CORE}Volume`]:
    'Name HostPath EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret NFS ISCSI Glusterfs PersistentVolumeClaim RBD ' +
    'Quobyte FlexVolume Cinder CephFS Flocker DownwardAPI FC AzureFile ConfigMap VsphereVolume AzureDisk PhotonPersistentDisk ' +
    'Projected PortworxVolume ScaleIO StorageOS CSI Ephemeral Image',
  [`${CORE}SecurityContext`]:
    'Capabilities Privileged SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot ReadOnlyRootFilesystem ' +
    'AllowPrivilegeEscalation ProcMount SeccompProfile AppArmorProfile',
  [`${CORE}SeccompProfile`]: 'Type LocalhostProfile',
  [`${CORE}PersistentVolumeSpec`]:
    'GCEPersistentDisk AWSElasticBlockStore HostPath Glusterfs NFS RBD Quobyte ISCSI FlexVolume Cinder CephFS FC Flocker AzureFile ' +
    'VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume ScaleIO Local StorageOS CSI',
};

/** What a Pod's security context holds in memory, before its own fields. */
const HOST_FIELDS: readonly (readonly [goName: string, key: string, zero: Json])[] = [
  ['HostNetwork', 'hostNetwork', false],
  ['HostPID', 'hostPID', false],
  ['HostIPC', 'hostIPC', false],
  ['ShareProcessNamespace', 'shareProcessNamespace', null],
  ['HostUsers', 'hostUsers', null],
];

const SECURITY_ORDER =
  'SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup ' +
  'FSGroupChangePolicy Sysctls SeccompProfile AppArmorProfile SELinuxChangePolicy';

/** The value of a type, or each of a list of them, as the server has it in memory. */
export function goDump(value: Json | undefined, typeName: string): Json {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((one) => goDump(one, typeName));
  const type = typeByName(typeName);
  if (!type?.fields || !isMap(value) || VERSIONED.test(typeName)) return value;
  if (typeName === `${CORE}PodTemplateSpec`) return dumpTemplate(value);
  if (typeName === `${CORE}PodSpec`) return dumpPodSpec(value, type);
  return dumpStruct(value, type, INTERNAL[typeName]);
}

const goNameOf = (key: string, field: FieldSchema): string =>
  field.goName ?? key.slice(0, 1).toUpperCase() + key.slice(1);

function dumpStruct(value: JsonMap, type: TypeSchema, order: string | undefined): JsonMap {
  const fields = new Map(Object.entries(type.fields!).map(([key, field]) => [goNameOf(key, field), { key, field }]));
  const dump: JsonMap = {};
  for (const goName of order?.split(' ') ?? fields.keys()) {
    const entry = fields.get(goName);
    if (entry) dump[goName] = dumpField(ownValue(value, entry.key), entry.field);
  }
  return dump;
}

function dumpField(value: Json | undefined, field: FieldSchema): Json {
  if (value === undefined || value === null) return zeroDump(field);
  if (field.ref) return goDump(value, field.ref);
  if (field.items && Array.isArray(value)) return value.map((item) => dumpField(item, field.items!));
  return value;
}

function zeroDump(field: FieldSchema): Json {
  if (field.pointer || field.items || field.values) return null;
  if (field.ref) return zeroOfType(field.ref);
  if (field.type === 'boolean') return false;
  return field.type === 'integer' || field.type === 'number' ? 0 : '';
}

function zeroOfType(typeName: string): Json {
  if (typeName.endsWith('.Quantity')) return '0';
  if (typeName.endsWith('.IntOrString')) return 0;
  if (/\.(Micro)?Time$/.test(typeName)) return null;
  return goDump({}, typeName);
}

/** A template's metadata stands beside its spec. */
function dumpTemplate(template: JsonMap): Json {
  return {
    ...(ownValue(template, 'metadata') as JsonMap | undefined),
    Spec: goDump(ownValue(template, 'spec') ?? {}, `${CORE}PodSpec`),
  };
}

function dumpPodSpec(spec: JsonMap, type: TypeSchema): Json {
  const dump = dumpStruct(spec, type, INTERNAL[`${CORE}PodSpec`]);
  const context = dump['SecurityContext'];
  if (!isMap(context)) return dump;
  const host: JsonMap = {};
  for (const [goName, key, zero] of HOST_FIELDS) host[goName] = ownValue(spec, key) ?? zero;
  for (const goName of SECURITY_ORDER.split(' ')) setKey(host, goName, ownValue(context, goName) ?? null);
  dump['SecurityContext'] = host;
  return dump;
}

/** How two values of a type differ, as a refusal shows it. */
export function goDiff(before: Json | undefined, after: Json | undefined, typeName: string): string {
  return unifiedDiff(goJson(goDump(before, typeName)), goJson(goDump(after, typeName)));
}

/** JSON as Go writes it: with the marks of HTML escaped. */
function goJson(value: Json): string {
  return JSON.stringify(value, null, 1)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026');
}
