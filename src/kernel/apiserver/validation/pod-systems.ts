import type { Container, PodSpec } from '../../../api/objects';
import type { FieldErrors } from './field-errors';

/** Models pkg/apis/core/validation validateOS, validateLinux and validateWindows: what an operating system has no word for. */

const NOT_FOR_WINDOWS = 'cannot be set for a windows pod';
const POD_CONTEXT = ['appArmorProfile', 'seLinuxOptions'] as const;
const POD_FLAGS = ['hostUsers', 'hostPID', 'hostIPC'] as const;
const MORE_POD_CONTEXT = ['seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls'] as const;
const LAST_POD_CONTEXT = [
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const CONTEXT = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

export function validateSystem(spec: PodSpec, path: string, errors: FieldErrors): void {
  if (!spec.os) return;
  const { name } = spec.os;
  if (!name) errors.required(`${path}.os.name`);
  else if (name === 'linux') validateLinux(spec, path, errors);
  else if (name === 'windows') validateWindows(spec, path, errors);
  else errors.notSupported(`${path}.os`, name, ['linux', 'windows']);
}

function validateLinux(spec: PodSpec, path: string, errors: FieldErrors): void {
  const why = 'windows options cannot be set for a linux pod';
  if (spec.securityContext?.windowsOptions) errors.forbidden(`${path}.securityContext.windowsOptions`, why);
  visit(spec, path, (container, at) => {
    if (container.securityContext?.windowsOptions) errors.forbidden(`${at}.securityContext.windowsOptions`, why);
  });
}

function validateWindows(spec: PodSpec, path: string, errors: FieldErrors): void {
  const context = spec.securityContext;
  const inContext = (keys: readonly (keyof NonNullable<typeof context>)[]): void => {
    for (const key of keys)
      if (context?.[key] !== undefined) errors.forbidden(`${path}.securityContext.${key}`, NOT_FOR_WINDOWS);
  };
  inContext(POD_CONTEXT);
  for (const key of POD_FLAGS)
    if (key === 'hostUsers' ? spec[key] !== undefined : spec[key]) errors.forbidden(`${path}.${key}`, NOT_FOR_WINDOWS);
  inContext(MORE_POD_CONTEXT);
  if (spec.shareProcessNamespace !== undefined) errors.forbidden(`${path}.shareProcessNamespace`, NOT_FOR_WINDOWS);
  inContext(LAST_POD_CONTEXT);
  visit(spec, path, ({ securityContext }, at) => {
    for (const key of CONTEXT)
      if (securityContext?.[key] !== undefined) errors.forbidden(`${at}.securityContext.${key}`, NOT_FOR_WINDOWS);
  });
}

function visit(spec: PodSpec, path: string, look: (container: Container, path: string) => void): void {
  for (const key of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    (spec[key] as Container[] | undefined)?.forEach((container, index) => look(container, `${path}.${key}[${index}]`));
}

/** Containers that are processes of a Windows host: all of a Pod are, or none. Models validateWindowsHostProcessPod. */
export function validateHostProcesses(spec: PodSpec, path: string, errors: FieldErrors): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let [all, onHost] = [0, 0];
  visit(spec, path, ({ securityContext }, at) => {
    const own = securityContext?.windowsOptions?.hostProcess;
    all += 1;
    if (own ?? ofPod) onHost += 1;
    if (own === undefined || ofPod === undefined || own === ofPod) return;
    const why = `pod hostProcess value must be identical if both are specified, was ${String(ofPod)}`;
    errors.invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, why);
  });
  if (onHost === 0) return;
  if (onHost < all)
    errors.invalid(
      path,
      '',
      'If pod contains any hostProcess containers then all containers must be HostProcess containers',
    );
  if (!spec.hostNetwork)
    errors.invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers');
}

/** Whoever has users of their own shares nothing else with the host. */
export function validateHostUsers(spec: PodSpec, path: string, errors: FieldErrors): void {
  if (spec.hostUsers !== false) return;
  const why = 'when `hostUsers` is false';
  if (spec.hostNetwork) errors.forbidden(`${path}.hostNetwork`, why);
  if (spec.hostPID) errors.forbidden(`${path}.HostPID`, why);
  if (spec.hostIPC) errors.forbidden(`${path}.HostIPC`, why);
  visit(spec, path, (container, at) => {
    if (container.volumeDevices?.length) errors.forbidden(`${at}.volumeDevices`, why);
  });
}
