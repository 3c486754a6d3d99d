import type { Volume } from '../../../api/objects';
import { quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { validateResourceField, validateVolumeFieldRef } from './environment';
import { labelFaults, subdomainFaults } from './names';
import { NETWORK_VOLUMES, validateNetworkVolume } from './network-volumes';
import { validateNoBacksteps, validateNonReservedPath } from './paths';
import { validateClaimSpec } from './claims';
import { validateTokenSeconds } from './csi-drivers';

/** Models pkg/apis/core/validation ValidateVolumes and ValidateVolumeMounts. */

type KeyPath = { key: string; path: string; mode?: number };
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

const MODE_RANGE = 'must be a number between 0 and 0777 (octal), both inclusive';
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** Checks the volumes and returns those that can be mounted, by name. */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  path: string,
  errors: FieldErrors,
): Map<string, Volume> {
  const known = new Map<string, Volume>();
  volumes?.forEach((volume, index) => {
    const at = `${path}[${index}]`;
    const before = errors.list.length;
    validateSources(volume, at, errors);
    if (!volume.name) errors.required(`${at}.name`);
    else for (const fault of labelFaults(volume.name)) errors.invalid(`${at}.name`, volume.name, fault);
    if (known.has(volume.name)) errors.duplicate(`${at}.name`, volume.name);
    if (errors.list.length === before) known.set(volume.name, volume);
  });
  return known;
}

type SourceRule = (source: never, path: string, errors: FieldErrors) => void;

const rule = <K extends keyof Volume>(
  _key: K,
  check: (source: NonNullable<Volume[K]>, path: string, errors: FieldErrors) => void,
): SourceRule => check as unknown as SourceRule;

/** What is checked of each kind of volume. */
const SOURCES: Readonly<Record<string, SourceRule>> = {
  emptyDir: rule('emptyDir', (source, path, errors) => {
    if (source.sizeLimit !== undefined && quantityOf(source.sizeLimit).nano < 0n) {
      errors.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
    }
  }),
  hostPath: rule('hostPath', (source, path, errors) => validateHostPath(source, path, errors)),
  secret: rule('secret', (source, path, errors) => {
    if (!source.secretName) errors.required(`${path}.secretName`);
    validateMode(source.defaultMode, `${path}.defaultMode`, errors);
    validateKeyPaths(source.items as KeyPath[] | undefined, `${path}.items`, errors);
  }),
  configMap: rule('configMap', (source, path, errors) => {
    if (!source.name) errors.required(`${path}.name`);
    validateMode(source.defaultMode, `${path}.defaultMode`, errors);
    validateKeyPaths(source.items as KeyPath[] | undefined, `${path}.items`, errors);
  }),
  persistentVolumeClaim: rule('persistentVolumeClaim', (source, path, errors) => {
    if (!source.claimName) errors.required(`${path}.claimName`);
  }),
  nfs: rule('nfs', (source, path, errors) => {
    if (!source.server) errors.required(`${path}.server`);
    if (!source.path) errors.required(`${path}.path`);
    if (!source.path?.startsWith('/')) errors.invalid(`${path}.path`, source.path ?? '', 'must be an absolute path');
  }),
  downwardAPI: rule('downwardAPI', (source, path, errors) => {
    validateMode(source.defaultMode, `${path}.defaultMode`, errors);
    source.items?.forEach((item) => validateDownwardItem(item, path, errors));
  }),
  projected: rule('projected', (source, path, errors) => {
    validateMode(source.defaultMode, `${path}.defaultMode`, errors);
    const taken = new Set<string>();
    source.sources?.forEach((one, index) => validateProjection(one, taken, path, index, errors));
  }),
  csi: rule('csi', (source, path, errors) => {
    if (!source.driver) errors.required(`${path}.driver`);
    else
      for (const fault of subdomainFaults(source.driver.toLowerCase()))
        errors.invalid(`${path}.driver`, source.driver, fault);
  }),
  ephemeral: rule('ephemeral', (source, path, errors) => {
    if (!source.volumeClaimTemplate) errors.required(`${path}.volumeClaimTemplate`);
    else validateClaimSpec(source.volumeClaimTemplate.spec as never, `${path}.volumeClaimTemplate.spec`, errors);
  }),
  image: rule('image', (source, path, errors) => {
    if (!source.reference) errors.required(`${path}.reference`);
    const { pullPolicy } = source;
    if (pullPolicy !== undefined && !PULL_POLICIES.includes(pullPolicy))
      errors.notSupported(`${path}.pullPolicy`, pullPolicy, PULL_POLICIES);
  }),
};

/** The order in which sources are looked at; only the first counts. */
const ORDER =
  'emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim ' +
  'rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume ' +
  'azureDisk storageos projected scaleIO csi ephemeral image';
const PLACES = ORDER.split(' ');
/** What they are called where they are too many: upstream's own spelling. */
const MISSPELT: Readonly<Record<string, string>> = { downwardAPI: 'downwarAPI', cephfs: 'cephFS' };

function validateSources(volume: Volume, path: string, errors: FieldErrors): void {
  const keys = PLACES.filter((key) => volume[key as keyof Volume] !== undefined);
  keys.forEach((key, index) => {
    if (index > 0) errors.forbidden(`${path}.${MISSPELT[key] ?? key}`, 'may not specify more than 1 volume type');
    else if (NETWORK_VOLUMES[key]) validateNetworkVolume(key, volume[key as keyof Volume] as never, path, errors);
    else SOURCES[key]?.(volume[key as keyof Volume] as never, `${path}.${key}`, errors);
  });
  if (keys.length === 0) errors.required(path, 'must specify a volume type');
}

/** A path on the node; of a Pod's volume or of a PersistentVolume. */
export function validateHostPath(source: { path: string; type?: string }, path: string, errors: FieldErrors): void {
  if (!source.path) errors.required(`${path}.path`);
  else validateNoBacksteps(source.path, `${path}.path`, errors);
  if (source.type !== undefined && !HOST_PATH_TYPES.includes(source.type))
    errors.notSupported(`${path}.type`, source.type, HOST_PATH_TYPES);
}

function validateMode(mode: number | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.invalid(path, mode, MODE_RANGE);
}

function validateKeyPaths(items: readonly KeyPath[] | undefined, path: string, errors: FieldErrors): void {
  items?.forEach((item, index) => validateKeyPath(item, `${path}[${index}]`, errors));
}

function validateKeyPath(item: KeyPath, path: string, errors: FieldErrors): void {
  if (!item.key) errors.required(`${path}.key`);
  if (!item.path) errors.required(`${path}.path`);
  validateNonReservedPath(item.path ?? '', `${path}.path`, errors);
  validateMode(item.mode, `${path}.mode`, errors);
}

function validateDownwardItem(item: DownwardItem, path: string, errors: FieldErrors): void {
  if (!item.path) errors.required(`${path}.path`);
  validateNonReservedPath(item.path ?? '', `${path}.path`, errors);
  if (item.fieldRef) {
    validateVolumeFieldRef(item.fieldRef, `${path}.fieldRef`, errors);
    if (item.resourceFieldRef)
      errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (item.resourceFieldRef)
    validateResourceField(item.resourceFieldRef, false, `${path}.resourceFieldRef`, errors);
  else errors.required(path, 'one of fieldRef and resourceFieldRef is required');
  validateMode(item.mode, `${path}.mode`, errors);
}

/** `taken`: where the sources before have put something. */
function validateProjection(
  source: Projection,
  taken: Set<string>,
  path: string,
  index: number,
  errors: FieldErrors,
): void {
  const at = `${path}.sources[${index}]`;
  const take = (target: string, shown: string): void => {
    if (target && taken.has(target)) errors.invalid(path, shown, 'conflicting duplicate paths');
    taken.add(target);
  };
  for (const key of ['secret', 'configMap'] as const) {
    const projected = source[key];
    if (!projected) continue;
    if (!projected.name) errors.required(`${at}.${key}.name`);
    (projected.items as KeyPath[] | undefined)?.forEach((item, place) => {
      validateKeyPath(item, `${at}.${key}.items[${place}]`, errors);
      take(item.path, projected.name ?? '');
    });
  }
  source.downwardAPI?.items?.forEach((item) => {
    validateDownwardItem(item, `${at}.downwardAPI`, errors);
    take(item.path, item.path);
  });
  if (source.serviceAccountToken) validateToken(source.serviceAccountToken, at, path, errors);
  if (Object.keys(source).length > 1) errors.forbidden(at, 'may not specify more than 1 volume type');
}

/** A token's path is told of the whole volume, as upstream tells it. */
function validateToken(
  { path: target, expirationSeconds: seconds }: NonNullable<Projection['serviceAccountToken']>,
  at: string,
  path: string,
  errors: FieldErrors,
): void {
  if (seconds !== undefined) validateTokenSeconds(seconds, `${at}.serviceAccountToken.expirationSeconds`, errors);
  if (!target) errors.required(`${path}.path`);
  else validateNonReservedPath(target, `${path}.path`, errors);
}
