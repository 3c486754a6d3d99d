import type { FieldErrors } from './field-errors';
import { validateDescendingPath } from './paths';
import { labelFaults } from './names';
import { count, isThere, text, texts, type Part } from './untyped';

/** Models pkg/apis/core/validation of volumes that live somewhere in a network; most of them have become CSI drivers. */

interface NetworkVolume {
  /** How refusals call it, where that is another name. */
  readonly shown?: string;
  readonly required?: readonly string[];
  readonly more?: (source: Part, path: string, errors: FieldErrors) => void;
}

const LUN_RANGE = 'must be between 0 and 255, inclusive';
const PARTITION = (source: Part, path: string, errors: FieldErrors): void => {
  const partition = count(source['partition']);
  if (partition < 0 || partition > 255)
    errors.invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive');
};

const SECRET = (source: Part, path: string, errors: FieldErrors): void => {
  const secret = source['secretRef'] as Part | undefined;
  if (secret && text(secret['name']) === '') errors.required(`${path}.secretRef.name`);
};

export const NETWORK_VOLUMES: Readonly<Record<string, NetworkVolume>> = {
  gitRepo: {
    required: ['repository'],
    more: (source, path, errors) => validateDescendingPath(text(source['directory']), `${path}.directory`, errors),
  },
  gcePersistentDisk: { shown: 'persistentDisk', required: ['pdName'], more: PARTITION },
  awsElasticBlockStore: { required: ['volumeID'], more: PARTITION },
  iscsi: { required: ['targetPortal'], more: validateIscsi },
  glusterfs: { required: ['endpoints', 'path'] },
  flocker: { more: validateFlocker },
  rbd: { required: ['monitors', 'image'] },
  cinder: { required: ['volumeID'], more: SECRET },
  cephfs: { required: ['monitors'] },
  fc: { more: validateFibreChannel },
  quobyte: { more: validateQuobyte },
  flexVolume: { required: ['driver'], more: validateFlexOptions },
  azureFile: { required: ['secretName', 'shareName'] },
  vsphereVolume: { required: ['volumePath'] },
  photonPersistentDisk: { required: ['pdID'] },
  portworxVolume: { required: ['volumeID'] },
  azureDisk: { required: ['diskName', 'diskURI'], more: validateAzureDisk },
  storageos: { required: ['volumeName'], more: validateStorageOs },
  scaleIO: { required: ['gateway', 'system', 'volumeName'] },
};

export function validateNetworkVolume(key: string, source: Part, path: string, errors: FieldErrors): void {
  const rules = NETWORK_VOLUMES[key];
  if (!rules) return;
  const at = `${path}.${rules.shown ?? key}`;
  for (const field of rules.required ?? []) {
    const value = source[field];
    if (text(value) === '' && texts(value).length === 0) errors.required(`${at}.${field}`);
  }
  rules.more?.(source, at, errors);
}

function validateIscsi(source: Part, path: string, errors: FieldErrors): void {
  const [name, lun] = [text(source['iqn']), count(source['lun'])];
  if (name === '') errors.required(`${path}.iqn`);
  else validateIscsiName(name, `${path}.iqn`, errors);
  if (lun < 0 || lun > 255) errors.invalid(`${path}.lun`, lun, LUN_RANGE);
  const secret = source['chapAuthDiscovery'] === true || source['chapAuthSession'] === true;
  if (secret && !isThere(source['secretRef'])) errors.required(`${path}.secretRef`);
  const initiator = source['initiatorName'];
  if (typeof initiator === 'string') validateIscsiName(initiator, `${path}.initiatorname`, errors);
}

function validateIscsiName(name: string, path: string, errors: FieldErrors): void {
  const known = /^(iqn|eui|naa)/.exec(name)?.[0];
  if (known === undefined) errors.invalid(path, name, 'must be valid format starting with iqn, eui, or naa');
  else if (!ISCSI_NAMES[known]!.test(name)) errors.invalid(path, name, 'must be valid format');
}

const ISCSI_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9-_.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
};

function validateFlocker(source: Part, path: string, errors: FieldErrors): void {
  const [name, uuid] = [text(source['datasetName']), text(source['datasetUUID'])];
  if (name === '' && uuid === '') errors.required(path, 'one of datasetName and datasetUUID is required');
  if (name !== '' && uuid !== '')
    errors.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
  if (name.includes('/')) errors.invalid(`${path}.datasetName`, name, "must not contain '/'");
}

function validateFibreChannel(source: Part, path: string, errors: FieldErrors): void {
  const [targets, ids] = [texts(source['targetWWNs']), texts(source['wwids'])];
  const at = `${path}.targetWWNs`;
  if (targets.length === 0 && ids.length === 0)
    errors.required(at, 'must specify either targetWWNs or wwids, but not both');
  if (targets.length > 0 && ids.length > 0)
    errors.invalid(at, targets, 'targetWWNs and wwids can not be specified simultaneously');
  if (targets.length === 0) return;
  const { lun } = source;
  if (typeof lun !== 'number') errors.required(`${path}.lun`, 'lun is required if targetWWNs is specified');
  else if (lun < 0 || lun > 255) errors.invalid(`${path}.lun`, lun, LUN_RANGE);
}

const PAIRS = 'must be a host:port pair or multiple pairs separated by commas';
const TENANT_MAX = 64;

function validateQuobyte(source: Part, path: string, errors: FieldErrors): void {
  const registry = text(source['registry']);
  if (registry === '') errors.required(`${path}.registry`, PAIRS);
  else if (text(source['tenant']).length > TENANT_MAX)
    errors.required(`${path}.tenant`, `must be a UUID and may not exceed a length of ${TENANT_MAX} characters`);
  else
    for (const pair of registry.split(','))
      if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair)) errors.invalid(`${path}.registry`, registry, PAIRS);
  if (text(source['volume']) === '') errors.required(`${path}.volume`);
}

function validateFlexOptions(source: Part, path: string, errors: FieldErrors): void {
  for (const key of Object.keys((source['options'] as Part | undefined) ?? {}))
    if (/\.(kubernetes|k8s)\.io$/.test(`.${key.split('/')[0]!.toLowerCase()}`))
      errors.invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved');
}

const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared'];
const MANAGED_URI = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function validateAzureDisk(source: Part, path: string, errors: FieldErrors): void {
  const { cachingMode, kind } = source;
  if (typeof cachingMode === 'string' && !CACHING_MODES.includes(cachingMode))
    errors.notSupported(`${path}.cachingMode`, cachingMode, CACHING_MODES);
  if (typeof kind !== 'string') return;
  if (!DISK_KINDS.includes(kind)) errors.notSupported(`${path}.kind`, kind, DISK_KINDS);
  const [start, form] = kind === 'Managed' ? ['/subscriptions/', MANAGED_URI] : ['https://', BLOB_URI];
  const uri = text(source['diskURI']);
  if (!uri.startsWith(start)) errors.notSupported(`${path}.diskURI`, uri, [form]);
}

function validateStorageOs(source: Part, path: string, errors: FieldErrors): void {
  for (const key of ['volumeName', 'volumeNamespace']) {
    const name = text(source[key]);
    for (const fault of name === '' ? [] : labelFaults(name)) errors.invalid(`${path}.${key}`, name, fault);
  }
  SECRET(source, path, errors);
}
