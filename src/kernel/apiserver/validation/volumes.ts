import type { Container, Volume } from '../../../api/objects';
import { quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { validateResourceField, validateVolumeFieldRef } from './environment';
import { labelFaults, subdomainFaults } from './names';
import { validateClaimSpec } from './claims';

/** Models pkg/apis/core/validation ValidateVolumes and ValidateVolumeMounts. */

type Mount = NonNullable<Container['volumeMounts']>[number];
type KeyPath = { key: string; path: string; mode?: number };
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

const MODE_RANGE = 'must be a number between 0 and 0777 (octal), both inclusive';
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
const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

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
    else if (!source.path.startsWith('/')) errors.invalid(`${path}.path`, source.path, 'must be an absolute path');
  }),
  downwardAPI: rule('downwardAPI', (source, path, errors) => {
    validateMode(source.defaultMode, `${path}.defaultMode`, errors);
    source.items?.forEach((item) => validateDownwardItem(item, path, errors));
  }),
  projected: rule('projected', (source, path, errors) => {
    validateMode(source.defaultMode, `${path}.defaultMode`, errors);
    source.sources?.forEach((one, index) => validateProjection(one, `${path}.sources[${index}]`, errors));
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
};

function validateSources(volume: Volume, path: string, errors: FieldErrors): void {
  const keys = Object.keys(volume).filter((key) => key !== 'name' && volume[key as keyof Volume] !== undefined);
  keys.forEach((key, index) => {
    if (index > 0) errors.forbidden(`${path}.${key}`, 'may not specify more than 1 volume type');
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
  items?.forEach((item, index) => {
    const at = `${path}[${index}]`;
    if (!item.key) errors.required(`${at}.key`);
    if (!item.path) errors.required(`${at}.path`);
    else validateDescendingPath(item.path, `${at}.path`, errors);
    validateMode(item.mode, `${at}.mode`, errors);
  });
}

function validateDownwardItem(item: DownwardItem, path: string, errors: FieldErrors): void {
  if (!item.path) errors.required(`${path}.path`);
  else validateDescendingPath(item.path, `${path}.path`, errors);
  if (item.fieldRef) {
    validateVolumeFieldRef(item.fieldRef, `${path}.fieldRef`, errors);
    if (item.resourceFieldRef)
      errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (item.resourceFieldRef)
    validateResourceField(item.resourceFieldRef, false, `${path}.resourceFieldRef`, errors);
  else errors.required(path, 'one of fieldRef and resourceFieldRef is required');
  validateMode(item.mode, `${path}.mode`, errors);
}

function validateProjection(source: Projection, path: string, errors: FieldErrors): void {
  const keys = Object.keys(source);
  if (keys.length > 1) errors.forbidden(path, 'may not specify more than 1 volume type');
  if (source.secret && !source.secret.name) errors.required(`${path}.name`);
  if (source.configMap && !source.configMap.name) errors.required(`${path}.configMap.name`);
  validateKeyPaths(source.secret?.items as KeyPath[] | undefined, `${path}.secret.items`, errors);
  validateKeyPaths(source.configMap?.items as KeyPath[] | undefined, `${path}.configMap.items`, errors);
  source.downwardAPI?.items?.forEach((item) => validateDownwardItem(item, `${path}.downwardAPI`, errors));
  const token = source.serviceAccountToken;
  if (!token) return;
  if (!token.path) errors.required(`${path}.serviceAccountToken.path`);
  else validateDescendingPath(token.path, `${path}.serviceAccountToken.path`, errors);
  const seconds = token.expirationSeconds;
  if (seconds !== undefined && seconds < 600) {
    errors.invalid(
      `${path}.serviceAccountToken.expirationSeconds`,
      seconds,
      'may not specify a duration less than 10 minutes',
    );
  }
}

/** A path below the volume's root. */
function validateDescendingPath(target: string, path: string, errors: FieldErrors): void {
  if (target.startsWith('/')) errors.invalid(path, target, 'must be a relative path');
  validateNoBacksteps(target, path, errors);
}

export function validateNoBacksteps(target: string, path: string, errors: FieldErrors): void {
  if (target.split('/').includes('..')) errors.invalid(path, target, "must not contain '..'");
}

/** The mounts of a container. Some paths upstream lack the index; so do these. */
export function validateMounts(
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
  path: string,
  errors: FieldErrors,
): void {
  const paths = new Set<string>();
  container.volumeMounts?.forEach((mount, index) => {
    const at = `${path}[${index}]`;
    if (!mount.name) errors.required(`${at}.name`);
    if (!volumes.has(mount.name)) errors.notFound(`${at}.name`, mount.name);
    if (!mount.mountPath) errors.required(`${at}.mountPath`);
    if (paths.has(mount.mountPath)) errors.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique');
    paths.add(mount.mountPath);
    if (mount.subPath) validateDescendingPath(mount.subPath, `${path}.subPath`, errors);
    if (mount.subPathExpr) {
      if (mount.subPath)
        errors.invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive');
      validateDescendingPath(mount.subPathExpr, `${path}.subPathExpr`, errors);
    }
    validatePropagation(mount, container, `${path}.mountPropagation`, errors);
  });
}

function validatePropagation(mount: Mount, container: Container, path: string, errors: FieldErrors): void {
  const { mountPropagation } = mount;
  if (mountPropagation === undefined) return;
  if (!PROPAGATIONS.includes(mountPropagation)) errors.notSupported(path, mountPropagation, PROPAGATIONS);
  const privileged = container.securityContext?.privileged === true;
  if (mountPropagation === 'Bidirectional' && !privileged) {
    errors.forbidden(path, 'Bidirectional mount propagation is available only to privileged containers');
  }
}
