import type { Container, Json, PodSpec } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { validateDescendingPath } from './paths';

/** Models pkg/apis/core/validation ValidateSecurityContext and validatePodSpecSecurityContext. */

type Context = NonNullable<Container['securityContext']>;
type PodContext = NonNullable<PodSpec['securityContext']>;
type Seccomp = NonNullable<Context['seccompProfile']>;
type AppArmor = NonNullable<Context['appArmorProfile']>;

const ID_MAX = 2 ** 31 - 1;
const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const PROFILE_PATH_MAX = 4095;
const SYSCTL_MAX = 253;
const SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `^(${SEGMENT}[\\./])*${SEGMENT}$`;
const IPC_SYSCTL = /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/;

export function validateSecurityContext(
  { securityContext: context }: Container,
  hostUsers: boolean,
  path: string,
  errors: FieldErrors,
): void {
  if (!context) return;
  validateIds(context, ['runAsUser', 'runAsGroup'], path, errors);
  const mount = context.procMount;
  if (mount !== undefined && mount !== 'Default' && mount !== 'Unmasked')
    errors.notSupported(`${path}.procMount`, mount, ['Default', 'Unmasked']);
  if (mount === 'Unmasked' && hostUsers)
    errors.invalid(`${path}.procMount`, mount, '`hostUsers` must be false to use `Unmasked`');
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors);
  if (context.allowPrivilegeEscalation === false) validateNoEscalation(context, path, errors);
  validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`, errors);
}

function validateNoEscalation(context: Context, path: string, errors: FieldErrors): void {
  const shown = goDump(context as unknown as Json, 'io.k8s.api.core.v1.SecurityContext');
  const refuse = (what: string): void =>
    errors.invalid(path, shown, `cannot set \`allowPrivilegeEscalation\` to false and ${what}`);
  if (context.privileged) refuse('`privileged` to true');
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) refuse('`capabilities.Add` CAP_SYS_ADMIN');
}

export function validatePodSecurityContext(spec: PodSpec, path: string, errors: FieldErrors): void {
  const context = spec.securityContext;
  if (!context) return;
  validateIds(context, ['fsGroup', 'runAsUser', 'runAsGroup'], path, errors);
  context.supplementalGroups?.forEach((id, index) => validateId(id, `${path}.supplementalGroups[${index}]`, errors));
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  validateSysctls(spec, context, `${path}.sysctls`, errors);
  validatePolicy(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], `${path}.fsGroupChangePolicy`, errors);
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors);
  validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`, errors);
  validatePolicy(context.supplementalGroupsPolicy, ['Merge', 'Strict'], `${path}.supplementalGroupsPolicy`, errors);
  validatePolicy(context.seLinuxChangePolicy, ['Recursive'], `${path}.seLinuxChangePolicy`, errors);
}

function validatePolicy(policy: string | undefined, known: readonly string[], path: string, errors: FieldErrors): void {
  if (policy !== undefined && !known.includes(policy)) errors.notSupported(path, policy, known);
}

function validateIds<K extends string>(
  context: { readonly [key in K]?: number },
  keys: readonly K[],
  path: string,
  errors: FieldErrors,
): void {
  for (const key of keys) if (context[key] !== undefined) validateId(context[key], `${path}.${key}`, errors);
}

function validateId(id: number, path: string, errors: FieldErrors): void {
  if (id < 0 || id > ID_MAX) errors.invalid(path, id, `must be between 0 and ${ID_MAX}, inclusive`);
}

function validateSysctls(spec: PodSpec, { sysctls }: PodContext, path: string, errors: FieldErrors): void {
  const names = new Set<string>();
  sysctls?.forEach(({ name }, index) => {
    const at = `${path}[${index}].name`;
    const ruled = name.length <= SYSCTL_MAX && new RegExp(SYSCTL).test(name);
    if (!name) errors.required(at);
    else if (!ruled) errors.invalid(at, name, `must have at most ${SYSCTL_MAX} characters and match regex ${SYSCTL}`);
    else if (names.has(name)) errors.duplicate(at, name);
    const dotted = name.replaceAll('/', '.');
    if (spec.hostNetwork && dotted.startsWith('net.'))
      errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    else if (spec.hostIPC && IPC_SYSCTL.test(dotted))
      errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
    names.add(name);
  });
}

function validateSeccomp(profile: Seccomp | undefined, path: string, errors: FieldErrors): void {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  if (!type) errors.required(`${path}.type`, 'type is required when seccompProfile is set');
  else if (!PROFILES.includes(type)) errors.notSupported(`${path}.type`, type, PROFILES);
  const at = `${path}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.required(at, 'must be set when seccomp type is Localhost');
    else validateDescendingPath(localhostProfile, at, errors);
  } else if (localhostProfile !== undefined) {
    const shown = goDump(profile as unknown as Json, 'io.k8s.api.core.v1.SeccompProfile');
    errors.invalid(at, shown, 'can only be set when seccomp type is Localhost');
  }
}

function validateAppArmor(profile: AppArmor | undefined, path: string, errors: FieldErrors): void {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (!type) errors.required(`${path}.type`, 'type is required when appArmorProfile is set');
  else if (!PROFILES.includes(type)) errors.notSupported(`${path}.type`, type, PROFILES);
  else if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      errors.invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost');
  } else if (!localhostProfile?.trim() && localhostProfile === localhostProfile?.trim())
    errors.required(at, 'must be set when AppArmor type is Localhost');
  else if (localhostProfile !== localhostProfile!.trim())
    errors.invalid(at, localhostProfile, 'must not be padded with whitespace');
  else if (localhostProfile!.length > PROFILE_PATH_MAX) errors.tooLong(at, PROFILE_PATH_MAX);
}
