import type { Volume } from '../../../api/objects';
import { quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { labelFaults, subdomainFaults } from './names';
import { NETWORK_VOLUMES, validateNetworkVolume } from './network-volumes';
import { validateNoBacksteps } from './paths';
import { validateClaimSpec } from './claims';
import { validateDownwardItem, validateKeyPaths, validateMode, type KeyPath } from './volume-items';
import { validateProjections } from './projections';

/** Models pkg/apis/core/validation ValidateVolumes and ValidateVolumeMounts. */

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

/** Whose volumes they are. */
interface VolumeOptions {
  readonly isPod?: boolean;
  readonly podName?: string;
}

/** Checks the volumes and returns those that can be mounted, by name. */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  path: string,
  errors: FieldErrors,
  options: VolumeOptions = {},
): Map<string, Volume> {
  const known = new Map<string, Volume>();
  const { podName } = options;
  const made = new Set(volumes?.flatMap(({ name, ephemeral }) => (ephemeral && podName ? [`${podName}-${name}`] : [])));
  volumes?.forEach((volume, index) => {
    const at = `${path}[${index}]`;
    const before = errors.list.length;
    validateSources(volume, at, errors, options);
    if (!volume.name) errors.required(`${at}.name`);
    else for (const fault of labelFaults(volume.name)) errors.invalid(`${at}.name`, volume.name, fault);
    if (known.has(volume.name)) errors.duplicate(`${at}.name`, volume.name);
    if (errors.list.length === before) known.set(volume.name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && made.has(claim))
      errors.invalid(
        `${at}.persistentVolumeClaim.claimName`,
        claim,
        'must not reference a PVC that gets created for an ephemeral volume',
      );
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
    validateProjections(source, path, errors);
  }),
  csi: rule('csi', (source, path, errors) => {
    if (!source.driver) errors.required(`${path}.driver`);
    else
      for (const fault of subdomainFaults(source.driver.toLowerCase()))
        errors.invalid(`${path}.driver`, source.driver, fault);
    const secret = source.nodePublishSecretRef;
    if (secret && !secret.name) errors.required(`${path}.nodePublishSecretRef.name`);
    for (const fault of secret?.name ? subdomainFaults(secret.name) : [])
      errors.invalid(`${path}.name`, secret!.name, fault);
  }),
  ephemeral: rule('ephemeral', (source, path, errors) => {
    if (!source.volumeClaimTemplate) errors.required(`${path}.volumeClaimTemplate`);
    else validateClaimSpec(source.volumeClaimTemplate.spec as never, `${path}.volumeClaimTemplate.spec`, errors);
  }),
  image: rule('image', (source, path, errors) => {
    const { pullPolicy } = source;
    if (!pullPolicy) errors.required(`${path}.pullPolicy`);
    else if (!PULL_POLICIES.includes(pullPolicy)) errors.notSupported(`${path}.pullPolicy`, pullPolicy, PULL_POLICIES);
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

function validateSources(volume: Volume, path: string, errors: FieldErrors, options: VolumeOptions): void {
  const keys = PLACES.filter((key) => volume[key as keyof Volume] !== undefined);
  keys.forEach((key, index) => {
    if (index > 0) errors.forbidden(`${path}.${MISSPELT[key] ?? key}`, 'may not specify more than 1 volume type');
    else if (NETWORK_VOLUMES[key]) validateNetworkVolume(key, volume[key as keyof Volume] as never, path, errors);
    else SOURCES[key]?.(volume[key as keyof Volume] as never, `${path}.${key}`, errors);
    if (index === 0 && key === 'image' && options.isPod && !volume.image?.reference)
      errors.required(`${path}.image.reference`);
    if (index === 0 && key === 'ephemeral' && options.podName && volume.name)
      validateClaimName(volume.name, options.podName, path, errors);
  });
  if (keys.length === 0) errors.required(path, 'must specify a volume type');
}

/** The claim of an ephemeral volume is called by the Pod and the volume. */
function validateClaimName(volume: string, pod: string, path: string, errors: FieldErrors): void {
  const name = `${pod}-${volume}`;
  for (const fault of subdomainFaults(name))
    errors.invalid(`${path}.name`, volume, `PVC name ${JSON.stringify(name)}: ${fault}`);
}

/** A path on the node; of a Pod's volume or of a PersistentVolume. */
export function validateHostPath(source: { path: string; type?: string }, path: string, errors: FieldErrors): void {
  if (!source.path) errors.required(`${path}.path`);
  else validateNoBacksteps(source.path, `${path}.path`, errors);
  if (source.type !== undefined && !HOST_PATH_TYPES.includes(source.type))
    errors.notSupported(`${path}.type`, source.type, HOST_PATH_TYPES);
}
