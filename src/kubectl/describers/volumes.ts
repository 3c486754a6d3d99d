import type { Json } from '../../api/objects';
import { compareQuantities, parseQuantity } from '../../api/quantity';
import { goValue } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { at, isObject, listAt, numberAt, objectAt, stringMapAt, textAt } from '../format/json';
import type { Description } from './description';
import { valueText } from './description';
import { writeClaim } from './claim';

/** One kind of volume: its words, and the fields that are shown. */
interface VolumeRow {
  type: string;
  about: string;
  /** Titles and paths; a function for what needs a choice. */
  fields: [string, string | ((source: JsonObject) => string)][];
}

const flag =
  (field: string) =>
  (source: JsonObject): string =>
    String(source[field] === true);
const orNone =
  (field: string) =>
  (source: JsonObject): string =>
    valueText(source[field], '<none>');
const listed =
  (field: string) =>
  (source: JsonObject): string =>
    goValue(listAt(source, field));
const readOnly: [string, (source: JsonObject) => string] = ['ReadOnly', flag('readOnly')];
const secretRef: [string, (source: JsonObject) => string] = [
  'SecretRef',
  (source) => {
    const reference = objectAt(source, 'secretRef');
    return reference ? `&LocalObjectReference{Name:${textAt(reference, 'name')},}` : 'nil';
  },
];

const ROWS: Record<string, VolumeRow> = {
  hostPath: {
    type: 'HostPath',
    about: 'bare host directory volume',
    fields: [
      ['Path', 'path'],
      ['HostPathType', orNone('type')],
    ],
  },
  emptyDir: {
    type: 'EmptyDir',
    about: "a temporary directory that shares a pod's lifetime",
    fields: [
      ['Medium', 'medium'],
      ['SizeLimit', sizeLimit],
    ],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk',
    about: 'a Persistent Disk resource in Google Compute Engine',
    fields: [
      ['PDName', 'pdName'],
      ['FSType', 'fsType'],
      ['Partition', (source) => String(numberAt(source, 'partition') ?? 0)],
      readOnly,
    ],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore',
    about: 'a Persistent Disk resource in AWS',
    fields: [
      ['VolumeID', 'volumeID'],
      ['FSType', 'fsType'],
      ['Partition', (source) => String(numberAt(source, 'partition') ?? 0)],
      readOnly,
    ],
  },
  gitRepo: {
    type: 'GitRepo',
    about: 'a volume that is pulled from git when the pod is created',
    fields: [
      ['Repository', 'repository'],
      ['Revision', 'revision'],
    ],
  },
  secret: {
    type: 'Secret',
    about: 'a volume populated by a Secret',
    fields: [
      ['SecretName', 'secretName'],
      ['Optional', flag('optional')],
    ],
  },
  configMap: {
    type: 'ConfigMap',
    about: 'a volume populated by a ConfigMap',
    fields: [
      ['Name', 'name'],
      ['Optional', flag('optional')],
    ],
  },
  nfs: {
    type: 'NFS',
    about: 'an NFS mount that lasts the lifetime of a pod',
    fields: [['Server', 'server'], ['Path', 'path'], readOnly],
  },
  glusterfs: {
    type: 'Glusterfs',
    about: "a Glusterfs mount on the host that shares a pod's lifetime",
    fields: [['EndpointsName', 'endpoints'], ['Path', 'path'], readOnly],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim',
    about: 'a reference to a PersistentVolumeClaim in the same namespace',
    fields: [['ClaimName', 'claimName'], readOnly],
  },
  rbd: {
    type: 'RBD',
    about: "a Rados Block Device mount on the host that shares a pod's lifetime",
    fields: [
      ['CephMonitors', listed('monitors')],
      ['RBDImage', 'image'],
      ['FSType', 'fsType'],
      ['RBDPool', 'pool'],
      ['RadosUser', 'user'],
      ['Keyring', 'keyring'],
      secretRef,
      readOnly,
    ],
  },
  cephfs: {
    type: 'CephFS',
    about: "a CephFS mount on the host that shares a pod's lifetime",
    fields: [
      ['Monitors', listed('monitors')],
      ['Path', 'path'],
      ['User', 'user'],
      ['SecretFile', 'secretFile'],
      secretRef,
      readOnly,
    ],
  },
  cinder: {
    type: 'Cinder',
    about: 'a Persistent Disk resource in OpenStack',
    fields: [['VolumeID', 'volumeID'], ['FSType', 'fsType'], readOnly, secretRef],
  },
  fc: {
    type: 'FC',
    about: 'a Fibre Channel disk',
    fields: [
      [
        'TargetWWNs',
        (source) =>
          listAt(source, 'targetWWNs')
            .map((one) => valueText(one))
            .join(', '),
      ],
      ['LUN', orNone('lun')],
      ['FSType', 'fsType'],
      readOnly,
    ],
  },
  azureFile: {
    type: 'AzureFile',
    about: 'an Azure File Service mount on the host and bind mount to the pod',
    fields: [['SecretName', 'secretName'], ['ShareName', 'shareName'], readOnly],
  },
  local: {
    type: 'LocalVolume',
    about: 'a persistent volume backed by local storage on a node',
    fields: [['Path', 'path']],
  },
  flexVolume: {
    type: 'FlexVolume',
    about: 'a generic volume resource that is provisioned/attached using an exec based plugin',
    fields: [
      ['Driver', 'driver'],
      ['FSType', 'fsType'],
      secretRef,
      readOnly,
      ['Options', (source) => goValue(source['options'] ?? {})],
    ],
  },
  image: {
    type: 'Image',
    about: 'a container image or OCI artifact',
    fields: [
      ['Reference', 'reference'],
      ['PullPolicy', 'pullPolicy'],
    ],
  },
};

function sizeLimit(source: JsonObject): string {
  const text = valueText(source['sizeLimit']);
  const quantity = parseQuantity(text);
  const zero = parseQuantity('0');
  return quantity && zero && compareQuantities(quantity, zero) > 0 ? text : '<unset>';
}

/** The volumes of a Pod or a template. Models describeVolumes. */
export function writeVolumes(description: Description, volumes: Json[], space: string): void {
  if (volumes.length === 0) {
    description.line(0, `${space}Volumes:\t<none>`);
    return;
  }
  description.line(0, `${space}Volumes:`);
  for (const volume of volumes) {
    description.line(1, `${space ? ' ' : ''}${textAt(volume, 'name')}:`);
    if (isObject(volume)) writeVolumeSource(description, volume);
  }
}

/** What a volume or a PersistentVolume is made of; `<unknown>` for what is not known. */
export function writeVolumeSource(description: Description, volume: JsonObject): void {
  const field = Object.keys(volume).find((key) => isObject(volume[key]) && (key in ROWS || key in SPECIAL));
  const source = field === undefined ? undefined : objectAt(volume, field);
  if (field === undefined || !source) {
    description.line(1, '<unknown>');
    return;
  }
  const special = SPECIAL[field];
  const row = ROWS[field];
  if (special) special(description, source);
  else if (row) {
    description.line(2, `Type:\t${row.type} (${row.about})`);
    for (const [title, path] of row.fields) {
      description.field(title, typeof path === 'string' ? valueText(source[path]) : path(source), 2);
    }
  }
}

const SPECIAL: Record<string, (description: Description, source: JsonObject) => void> = {
  projected: writeProjected,
  downwardAPI: writeDownward,
  csi: writeCsi,
  ephemeral: writeEphemeral,
};

function writeProjected(description: Description, source: JsonObject): void {
  description.line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)');
  for (const part of listAt(source, 'sources')) {
    const secret = objectAt(part, 'secret');
    const configMap = objectAt(part, 'configMap');
    const token = objectAt(part, 'serviceAccountToken');
    const named = secret ?? (objectAt(part, 'downwardAPI') ? undefined : configMap);
    if (named) {
      description.field(secret ? 'SecretName' : 'ConfigMapName', textAt(named, 'name'), 2);
      description.field('Optional', named['optional'] === true, 2);
    } else if (objectAt(part, 'downwardAPI')) description.field('DownwardAPI', 'true', 2);
    else if (token) description.field('TokenExpirationSeconds', numberAt(token, 'expirationSeconds') ?? 0, 2);
  }
}

function writeDownward(description: Description, source: JsonObject): void {
  description.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)');
  description.line(2, 'Items:');
  for (const item of listAt(source, 'items')) {
    const field = textAt(item, 'fieldRef', 'fieldPath') || textAt(item, 'resourceFieldRef', 'resource');
    description.line(3, `${field} -> ${textAt(item, 'path')}`);
  }
}

function writeCsi(description: Description, source: JsonObject): void {
  description.line(2, 'Type:\tCSI (a Container Storage Interface (CSI) volume source)');
  description.field('Driver', textAt(source, 'driver'), 2);
  description.field('FSType', textAt(source, 'fsType'), 2);
  if (source['volumeHandle'] !== undefined) description.field('VolumeHandle', textAt(source, 'volumeHandle'), 2);
  description.field('ReadOnly', source['readOnly'] === true, 2);
  const attributes = [...stringMapAt(source, 'volumeAttributes')].map(([key, value]) => `${key}=${value}`);
  if (attributes.length === 0) description.field('VolumeAttributes', '<none>', 2);
  attributes.forEach((text, index) => {
    const shown = text.length > 140 ? `${text.slice(0, 140)}...` : text;
    description.line(2, index === 0 ? `VolumeAttributes:\t${shown}` : `    \t${' '.repeat(4)}${shown}`);
  });
}

function writeEphemeral(description: Description, source: JsonObject): void {
  description.line(
    2,
    'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
  );
  const template = at(source, 'volumeClaimTemplate');
  if (isObject(template)) writeClaim(description, template, false, 2, 0);
}
