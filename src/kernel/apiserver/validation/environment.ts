import type { Container, PodSpec } from '../../../api/objects';
import { canonicalQuantity } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import {
  configKeyFaults,
  envNameFaults,
  labelFaults,
  maskTrailingDash,
  qualifiedNameFaults,
  subdomainFaults,
} from './names';
import { validateNoBacksteps } from './paths';

/** Models pkg/apis/core/validation ValidateEnv and ValidateEnvFrom. */

type Env = NonNullable<Container['env']>[number];
type Source = NonNullable<Env['valueFrom']>;
type FieldRef = NonNullable<Source['fieldRef']>;
type FileKeyRef = NonNullable<Source['fileKeyRef']>;

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Fields that the downward API knows, whether or not they can be used in a place. */
const DOWNWARD_FIELDS = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const ONE_FIELD = 'may not have more than one field specified at a time';

export function validateEnv(env: readonly Env[] | undefined, path: string, errors: FieldErrors): void {
  env?.forEach((one, index) => {
    const at = `${path}[${index}]`;
    if (!one.name) errors.required(`${at}.name`);
    else for (const fault of envNameFaults(one.name)) errors.invalid(`${at}.name`, one.name, fault);
    if (one.valueFrom) validateSource(one, one.valueFrom, `${at}.valueFrom`, errors);
  });
}

function validateSource(env: Env, source: Source, path: string, errors: FieldErrors): void {
  const kinds = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const;
  const count = kinds.filter((kind) => source[kind]).length;
  if (source.fieldRef) validateFieldRef(source.fieldRef, ENV_FIELDS, `${path}.fieldRef`, errors);
  if (source.resourceFieldRef) validateResourceField(source.resourceFieldRef, true, `${path}.resourceFieldRef`, errors);
  if (source.configMapKeyRef) validateKeyRef(source.configMapKeyRef, `${path}.configMapKeyRef`, errors);
  if (source.secretKeyRef) validateKeyRef(source.secretKeyRef, `${path}.secretKeyRef`, errors);
  if (source.fileKeyRef) validateFileKey(source.fileKeyRef, `${path}.fileKeyRef`, errors);
  if (count === 0) {
    errors.invalid(
      path,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  } else if (env.value) errors.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (count > 1) errors.invalid(path, '', ONE_FIELD);
}

function validateKeyRef(ref: { name?: string; key: string }, path: string, errors: FieldErrors): void {
  const { name = '' } = ref;
  for (const fault of subdomainFaults(name)) errors.invalid(`${path}.name`, name, fault);
  if (!ref.key) errors.required(`${path}.key`);
  else for (const fault of configKeyFaults(ref.key)) errors.invalid(`${path}.key`, ref.key, fault);
}

/** A key of a file that another container has written. */
function validateFileKey(ref: FileKeyRef, path: string, errors: FieldErrors): void {
  if (!ref.key) errors.required(`${path}.key`);
  else for (const fault of envNameFaults(ref.key)) errors.invalid(`${path}.key`, ref.key, fault);
  if (!ref.volumeName) errors.required(`${path}.volumeName`);
  else for (const fault of labelFaults(ref.volumeName)) errors.invalid(`${path}.volumeName`, ref.volumeName, fault);
  if (!ref.path) errors.required(`${path}.path`);
  else validateNoBacksteps(ref.path, `${path}.path`, errors);
}

/** Files that variables are read from lie in volumes of the Pod that begin empty. Models validateFileKeyRefVolumes. */
export function validateFileKeyVolumes(spec: PodSpec, path: string, errors: FieldErrors): void {
  for (const key of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    (spec[key] as Container[] | undefined)?.forEach(({ env }, index) => {
      env?.forEach(({ valueFrom }, place) => {
        if (!valueFrom?.fileKeyRef) return;
        const at = `${path}.${key}[${index}].env[${place}].valueFrom.fileKeyRef.volumeName`;
        const { volumeName } = valueFrom.fileKeyRef;
        const volume = spec.volumes?.findLast(({ name }) => name === volumeName);
        if (!volume) errors.notFound(at, volumeName);
        else if (!volume.emptyDir) errors.invalid(at, volumeName, 'referenced volume must be of type emptyDir');
      });
    });
}

/** A field of the Pod, in a volume. */
export function validateVolumeFieldRef(ref: FieldRef, path: string, errors: FieldErrors): void {
  validateFieldRef(ref, VOLUME_FIELDS, path, errors);
}

function validateFieldRef(ref: FieldRef, supported: readonly string[], path: string, errors: FieldErrors): void {
  if (!ref.apiVersion) return errors.required(`${path}.apiVersion`);
  if (!ref.fieldPath) {
    errors.required(`${path}.fieldPath`);
    return;
  }
  const [, map, subscript] = /^(.+?)\['(.*)'\]$/.exec(ref.fieldPath) ?? [];
  const why = unknownField(ref, map);
  if (why !== undefined) errors.invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: ${why}`);
  else if (subscript !== undefined) {
    const key = map === 'metadata.annotations' ? subscript.toLowerCase() : subscript;
    for (const fault of qualifiedNameFaults(key)) errors.invalid(path, key, fault);
  } else if (!supported.includes(ref.fieldPath)) errors.notSupported(`${path}.fieldPath`, ref.fieldPath, supported);
}

/** Why the downward API does not know a field. Models ConvertDownwardAPIFieldLabel. */
function unknownField({ apiVersion, fieldPath }: FieldRef, map: string | undefined): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`;
  if (map !== undefined)
    return map === 'metadata.annotations' || map === 'metadata.labels'
      ? undefined
      : `field label does not support subscript: ${fieldPath}`;
  return DOWNWARD_FIELDS.has(fieldPath) ? undefined : `field label not supported: ${fieldPath}`;
}

/** A limit or request of a container. */
export function validateResourceField(
  ref: { containerName?: string; resource: string; divisor?: string | number },
  inContainer: boolean,
  path: string,
  errors: FieldErrors,
): void {
  if (!inContainer && !ref.containerName) errors.required(`${path}.containerName`);
  else if (!ref.resource) errors.required(`${path}.resource`);
  else if (!RESOURCE_FIELDS.includes(ref.resource) && !/^(limits|requests)\.hugepages-/.test(ref.resource)) {
    errors.notSupported(`${path}.resource`, ref.resource, RESOURCE_FIELDS);
  }
  validateDivisor(ref, `${path}.divisor`, errors);
}

const BYTES = '1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei'.split(' ');
/** What amounts of a resource can be told in, and what refusals call it. */
const DIVISORS: readonly (readonly [end: RegExp, units: readonly string[], what: string])[] = [
  [/\.cpu$/, ['1m', '1'], 'cpu'],
  [/\.memory$/, BYTES, 'memory'],
  [/\.ephemeral-storage$/, BYTES, 'local ephemeral storage'],
  [/\.hugepages-/, BYTES, 'hugepages'],
];

function validateDivisor(
  ref: { resource: string; divisor?: string | number },
  path: string,
  errors: FieldErrors,
): void {
  const divisor = canonicalQuantity(ref.divisor ?? '0') ?? '0';
  const [, units = [], what = ''] = DIVISORS.find(([end]) => end.test(ref.resource)) ?? [];
  if (divisor === '0' || units.length === 0 || units.includes(divisor)) return;
  const listed = what === 'cpu' ? units.join(' and ') : units.join(', ');
  errors.invalid(path, ref.resource, `only divisor's values ${listed} are supported with the ${what} resource`);
}

export function validateEnvFrom(sources: Container['envFrom'], path: string, errors: FieldErrors): void {
  sources?.forEach((source, index) => {
    if (source.prefix)
      for (const fault of envNameFaults(source.prefix))
        errors.invalid(`${path}[${index}].prefix`, source.prefix, fault);
    for (const key of ['configMapRef', 'secretRef'] as const)
      if (source[key]) validateSourceName(source[key].name, `${path}[${index}].${key}.name`, errors);
    if (!source.configMapRef && !source.secretRef)
      errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (source.configMapRef && source.secretRef) errors.invalid(path, '', ONE_FIELD);
  });
}

function validateSourceName(name: string | undefined, path: string, errors: FieldErrors): void {
  if (!name) errors.required(path);
  else for (const fault of subdomainFaults(maskTrailingDash(name))) errors.invalid(path, name, fault);
}
