import type { Container, PodSpec } from '../../../api/objects';

/** Models pod-security-admission/policy: what a Pod may not ask for at a level, as of a version of Kubernetes. */

/** What a check found: in few words, and in detail. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

type Annotations = Readonly<Record<string, string>>;
/** `minor` is the version as of which is checked. */
type Check = (spec: PodSpec, annotations: Annotations, minor: number) => Violation | undefined;
type ContainerContext = NonNullable<Container['securityContext']>;
type PodContext = NonNullable<PodSpec['securityContext']>;

const CAPABILITIES = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];
/** Sysctls that do no harm, by the minor version since which they are known. */
const SYSCTLS: readonly (readonly [since: number, names: readonly string[]])[] = [
  [0, ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies']],
  [0, ['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [29, ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl']],
  [29, ['net.ipv4.tcp_keepalive_probes']],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];
const VOLUMES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected'],
  'secret',
];
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const SELINUX_ENGINE_SINCE = 31;
const PROFILES = ['Localhost', 'RuntimeDefault'];
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';
const APPARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

const containersOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
  ...(ephemeralContainers as unknown as Container[]),
];

const namesWhere = (spec: PodSpec, holds: (context: ContainerContext, container: Container) => boolean): string[] =>
  containersOf(spec).flatMap((one) => (holds(one.securityContext ?? {}, one) ? [one.name] : []));

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
const plural = (word: string, list: readonly unknown[]): string => (list.length === 1 ? word : `${word}s`);
const named = (names: readonly string[]): string => `${plural('container', names)} ${quoted(names)}`;
const use = (list: readonly unknown[]): string => (list.length === 1 ? 'uses' : 'use');
const inUserNamespace = ({ hostUsers }: PodSpec): boolean => hostUsers === false;
const onWindows = ({ os }: PodSpec): boolean => os?.name === 'windows';

/** Who set something: the Pod as a whole, containers, or both. */
function setters(spec: PodSpec, sets: (context: PodContext | ContainerContext) => boolean): string[] {
  const containers = namesWhere(spec, sets);
  return [...(sets(spec.securityContext ?? {}) ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])];
}

/** A check of which containers fail; `detail` is said of them. */
const containerCheck =
  (reason: string, holds: (context: ContainerContext) => boolean, detail: string): Check =>
  (spec) => {
    const names = namesWhere(spec, holds);
    return names.length > 0 ? { reason, detail: `${named(names)} ${detail}` } : undefined;
  };

const appArmorProfile: Check = (spec, annotations) => {
  const bad = (context: PodContext | ContainerContext): boolean =>
    context.appArmorProfile !== undefined && !PROFILES.includes(context.appArmorProfile.type);
  const contexts = [spec.securityContext ?? {}, ...containersOf(spec).map((one) => one.securityContext ?? {})];
  const values = distinct(contexts.filter(bad).map((one) => one.appArmorProfile!.type));
  const noted = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR_PREFIX) && !/^($|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const who = [...setters(spec, bad), ...(noted.length > 0 ? [plural('annotation', noted)] : [])];
  if (who.length === 0) return undefined;
  const all = [...values, ...noted];
  return {
    reason: plural('forbidden AppArmor profile', all),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
  };
};

/** Containers that add capabilities other than the allowed ones. */
function addedCapabilities(spec: PodSpec, allowed: readonly string[]): string | undefined {
  const others = (context: ContainerContext): string[] =>
    (context.capabilities?.add ?? []).filter((one) => !allowed.includes(one));
  const names = namesWhere(spec, (context) => others(context).length > 0);
  if (names.length === 0) return undefined;
  const added = distinct(containersOf(spec).flatMap((one) => others(one.securityContext ?? {})));
  return `${named(names)} must not include ${quoted(added)} in securityContext.capabilities.add`;
}

const baselineCapabilities: Check = (spec) => {
  const detail = addedCapabilities(spec, CAPABILITIES);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
};

const restrictedCapabilities: Check = (spec) => {
  const keeping = namesWhere(spec, ({ capabilities }) => !capabilities?.drop?.includes('ALL'));
  const added = addedCapabilities(spec, ['NET_BIND_SERVICE']);
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(added === undefined ? [] : [added]),
  ];
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const hostNamespaces: Check = (spec) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((key) => spec[key] === true);
  return shared.length > 0
    ? { reason: 'host namespaces', detail: shared.map((key) => `${key}=true`).join(', ') }
    : undefined;
};

const hostPathVolumes: Check = ({ volumes = [] }) => {
  const names = volumes.filter((volume) => volume.hostPath !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural('volume', names)} ${quoted(names)}` };
};

const hostPorts: Check = (spec) => {
  const portsOf = ({ ports = [] }: Container): string[] =>
    ports.flatMap(({ hostPort }) => (hostPort ? [`${hostPort}`] : []));
  const names = namesWhere(spec, (_, container) => portsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = distinct(containersOf(spec).flatMap(portsOf));
  return {
    reason: 'hostPort',
    detail: `${named(names)} ${use(names)} ${plural('hostPort', ports)} ${ports.join(', ')}`,
  };
};

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers.flatMap((one) =>
    [one?.httpGet?.host ?? '', one?.tcpSocket?.host ?? ''].filter((host) => host !== ''),
  );
}

const hostProbes: Check = (spec) => {
  const names = distinct(namesWhere(spec, (_, container) => hostsOf(container).length > 0));
  if (names.length === 0) return undefined;
  const hosts = distinct(containersOf(spec).flatMap(hostsOf));
  const reason = 'probe or lifecycle host';
  return { reason, detail: `${named(names)} ${use(names)} ${plural(reason, hosts)} ${quoted(hosts)}` };
};

const procMount: Check = (spec) => {
  const masked = ({ procMount: type = 'Default' }: ContainerContext): boolean => type === 'Default';
  const names = namesWhere(spec, (context) => !masked(context));
  if (names.length === 0) return undefined;
  const types = containersOf(spec).flatMap(({ securityContext = {} }) =>
    masked(securityContext) ? [] : [securityContext.procMount!],
  );
  const detail = `${named(names)} must not set securityContext.procMount to ${quoted(distinct(types))}`;
  return { reason: 'procMount', detail };
};

const seLinuxOptions: Check = (spec, _, minor) => {
  const known = minor < SELINUX_ENGINE_SINCE ? SELINUX_TYPES : [...SELINUX_TYPES, 'container_engine_t'];
  const badType = (context: PodContext | ContainerContext): boolean =>
    context.seLinuxOptions !== undefined && !known.includes(context.seLinuxOptions.type ?? '');
  const sets = (key: 'user' | 'role') => (context: PodContext | ContainerContext) =>
    Boolean(context.seLinuxOptions?.[key]);
  const who = setters(spec, (context) => badType(context) || sets('user')(context) || sets('role')(context));
  if (who.length === 0) return undefined;
  const contexts = [spec.securityContext ?? {}, ...containersOf(spec).map((one) => one.securityContext ?? {})];
  const types = distinct(contexts.filter(badType).map((one) => one.seLinuxOptions?.type ?? ''));
  const what = [
    ...(types.length > 0 ? [`${plural('type', types)} ${quoted(types)}`] : []),
    ...(['user', 'role'] as const).flatMap((key) => (contexts.some(sets(key)) ? [`${key} may not be set`] : [])),
  ];
  const detail = `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`;
  return { reason: 'seLinuxOptions', detail };
};

const baselineSeccomp: Check = (spec) => {
  const bad = ({ seccompProfile }: PodContext | ContainerContext): boolean =>
    seccompProfile !== undefined && !PROFILES.includes(seccompProfile.type);
  const who = setters(spec, bad);
  if (who.length === 0) return undefined;
  const contexts = [spec.securityContext ?? {}, ...containersOf(spec).map((one) => one.securityContext ?? {})];
  const values = distinct(contexts.filter(bad).map((one) => one.seccompProfile!.type));
  const detail = `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(values)}`;
  return { reason: 'seccompProfile', detail };
};

/** Before there was a field, profiles were annotations. */
const annotatedSeccomp: Check = (spec, annotations) => {
  const keys = [SECCOMP_POD, ...containersOf(spec).map(({ name }) => `${SECCOMP_PREFIX}${name}`)];
  const bad = keys
    .filter((key) => Object.hasOwn(annotations, key))
    .filter((key) => !/^(runtime\/default$|docker\/default$|localhost\/)/.test(annotations[key]!))
    .map((key) => `${key}=${JSON.stringify(annotations[key])}`);
  if (bad.length === 0) return undefined;
  const detail = `forbidden ${plural('annotation', bad)} ${distinct(bad).join(', ')}`;
  return { reason: 'seccompProfile', detail };
};

const restrictedSeccomp: Check = (spec, annotations, minor) => {
  const bad = baselineSeccomp(spec, annotations, minor);
  if (bad || spec.securityContext?.seccompProfile) return bad;
  const names = namesWhere(spec, ({ seccompProfile }) => seccompProfile === undefined);
  if (names.length === 0) return undefined;
  const must = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason: 'seccompProfile', detail: `pod or ${named(names)} ${must}` };
};

const sysctls: Check = ({ securityContext }, _, minor) => {
  const known = SYSCTLS.flatMap(([since, names]) => (minor < since ? [] : names));
  const names = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !known.includes(name));
  return names.length > 0 ? { reason: 'forbidden sysctls', detail: names.join(', ') } : undefined;
};

const windowsHostProcess: Check = (spec) => {
  const who = setters(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
  if (who.length === 0) return undefined;
  const detail = `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
};

const restrictedVolumes: Check = ({ volumes = [] }) => {
  const typeOf = (volume: object): string => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  const bad = volumes.filter((volume) => !VOLUMES.some((type) => Object.hasOwn(volume, type)));
  if (bad.length === 0) return undefined;
  const types = distinct(bad.map(typeOf));
  const names = bad.map(({ name }) => name);
  const what = `${use(names)} ${plural('restricted volume type', types)} ${quoted(types)}`;
  return { reason: 'restricted volume types', detail: `${plural('volume', names)} ${quoted(names)} ${what}` };
};

const runAsNonRoot: Check = (spec) => {
  const reason = 'runAsNonRoot != true';
  const who = setters(spec, (context) => context.runAsNonRoot === false);
  if (who.length > 0) return { reason, detail: `${who.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  if (spec.securityContext?.runAsNonRoot) return undefined;
  const names = namesWhere(spec, (context) => context.runAsNonRoot === undefined);
  if (names.length === 0) return undefined;
  return { reason, detail: `pod or ${named(names)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: Check = (spec) => {
  const who = setters(spec, (context) => context.runAsUser === 0);
  return who.length > 0
    ? { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` }
    : undefined;
};

const privileged = containerCheck(
  'privileged',
  (context) => context.privileged === true,
  'must not set securityContext.privileged=true',
);
const escalation = containerCheck(
  'allowPrivilegeEscalation != false',
  (context) => context.allowPrivilegeEscalation !== false,
  'must set securityContext.allowPrivilegeEscalation=false',
);

/** A check that passes over some Pods. */
const unless =
  (passesOver: (spec: PodSpec) => boolean, check: Check): Check =>
  (spec, annotations, minor) =>
    passesOver(spec) ? undefined : check(spec, annotations, minor);

interface CheckRow {
  readonly id: string;
  /** The check by the minor version since which it is so, the newest first. */
  readonly versions: readonly (readonly [since: number, check: Check])[];
  /** The check of the level below that need not be made beside it. */
  readonly overrides?: string;
}

const since = (minor: number, check: Check, before: CheckRow['versions'] = []): CheckRow['versions'] => [
  [minor, check],
  ...before,
];
const always = (check: Check): CheckRow['versions'] => since(0, check);

/** In upstream's order, which is that of the checks' names. */
const BASELINE: readonly CheckRow[] = [
  { id: 'appArmorProfile', versions: always(appArmorProfile) },
  { id: 'capabilities_baseline', versions: always(baselineCapabilities) },
  { id: 'hostNamespaces', versions: always(hostNamespaces) },
  { id: 'hostPathVolumes', versions: always(hostPathVolumes) },
  { id: 'hostPorts', versions: always(hostPorts) },
  { id: 'hostProbesAndHostLifecycle', versions: since(34, hostProbes) },
  { id: 'privileged', versions: always(privileged) },
  { id: 'procMount', versions: since(35, unless(inUserNamespace, procMount), always(procMount)) },
  { id: 'seLinuxOptions', versions: always(seLinuxOptions) },
  { id: 'seccompProfile_baseline', versions: since(19, baselineSeccomp, always(annotatedSeccomp)) },
  { id: 'sysctls', versions: always(sysctls) },
  { id: 'windowsHostProcess', versions: always(windowsHostProcess) },
];

const RESTRICTED: readonly CheckRow[] = [
  { id: 'allowPrivilegeEscalation', versions: since(25, unless(onWindows, escalation), since(8, escalation)) },
  {
    id: 'capabilities_restricted',
    versions: since(25, unless(onWindows, restrictedCapabilities), since(22, restrictedCapabilities)),
    overrides: 'capabilities_baseline',
  },
  { id: 'procMount_restricted', versions: since(35, procMount), overrides: 'procMount' },
  { id: 'restrictedVolumes', versions: always(restrictedVolumes), overrides: 'hostPathVolumes' },
  { id: 'runAsNonRoot', versions: since(35, unless(inUserNamespace, runAsNonRoot), always(runAsNonRoot)) },
  { id: 'runAsUser', versions: since(35, unless(inUserNamespace, runAsUser), since(23, runAsUser)) },
  {
    id: 'seccompProfile_restricted',
    versions: since(25, unless(onWindows, restrictedSeccomp), since(19, restrictedSeccomp)),
    overrides: 'seccompProfile_baseline',
  },
];

const checkAsOf = ({ versions }: CheckRow, minor: number): Check | undefined =>
  versions.find(([first]) => minor >= first)?.[1];

/** Models checkRegistry: what a level checks, those of the level below first. */
function checksOf(level: string, minor: number): Check[] {
  if (level !== 'baseline' && level !== 'restricted') return [];
  const own = level === 'restricted' ? RESTRICTED.filter((row) => checkAsOf(row, minor)) : [];
  const overridden = own.map(({ overrides }) => overrides);
  const rows = [...BASELINE.filter(({ id }) => !overridden.includes(id)), ...own];
  return rows.flatMap((row) => checkAsOf(row, minor) ?? []);
}

/** What a Pod does that its level does not allow as of a version; nothing where the level is `privileged`. */
export function violations(
  { level, version }: { readonly level: string; readonly version: string },
  spec: PodSpec,
  annotations: Annotations = {},
): Violation[] {
  const minor = version === 'latest' ? Infinity : Number(version.slice('v1.'.length));
  return checksOf(level, minor).flatMap((check) => check(spec, annotations, minor) ?? []);
}
