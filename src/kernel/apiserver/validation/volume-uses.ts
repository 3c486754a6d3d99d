import type { Container, Volume } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { validateDescendingPath } from './paths';

/** Models pkg/apis/core/validation ValidateVolumeMounts and ValidateVolumeDevices. */

type Mount = NonNullable<Container['volumeMounts']>[number];

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

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
    for (const { name, devicePath } of container.volumeDevices ?? []) {
      if (name === mount.name) errors.invalid(`${at}.name`, name, 'must not already exist in volumeDevices');
      if (devicePath === mount.mountPath)
        errors.invalid(`${at}.mountPath`, devicePath, 'must not already exist as a path in volumeDevices');
    }
    if (mount.subPath) validateDescendingPath(mount.subPath, `${path}.subPath`, errors);
    if (mount.subPathExpr) {
      if (mount.subPath)
        errors.invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive');
      validateDescendingPath(mount.subPathExpr, `${path}.subPathExpr`, errors);
    }
    validatePropagation(mount, container, `${path}.mountPropagation`, errors);
    validateReadOnly(mount, `${path}.recursiveReadOnly`, errors);
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

/** Whether what is mounted below is read-only too. */
function validateReadOnly(
  { recursiveReadOnly, readOnly, mountPropagation }: Mount,
  path: string,
  errors: FieldErrors,
): void {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return;
  if (!READ_ONLY.includes(recursiveReadOnly)) return errors.notSupported(path, recursiveReadOnly, READ_ONLY);
  if (!readOnly) errors.forbidden(path, 'may only be specified when readOnly is true');
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.forbidden(path, 'may only be specified when mountPropagation is None or not specified');
}

/** Volumes that a container has as devices: only claims can be. */
export function validateDevices(
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
  path: string,
  errors: FieldErrors,
): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts = container.volumeMounts ?? [];
  container.volumeDevices?.forEach(({ name, devicePath }, index) => {
    const at = `${path}[${index}]`;
    const volume = volumes.get(name);
    if (!name) errors.required(`${at}.name`);
    if (names.has(name)) errors.invalid(`${at}.name`, name, 'must be unique');
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      errors.invalid(
        `${at}.name`,
        name,
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      );
    if (!volume) errors.notFound(`${at}.name`, name);
    if (!devicePath) errors.required(`${at}.devicePath`);
    if (paths.has(devicePath)) errors.invalid(`${at}.devicePath`, devicePath, 'must be unique');
    if (devicePath.split('/').includes('..'))
      errors.invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')");
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name))
      errors.invalid(`${at}.name`, name, 'must not already exist in volumeMounts');
    if (mounts.some(({ mountPath }) => mountPath === devicePath))
      errors.invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts');
    if (name) names.add(name);
  });
}
