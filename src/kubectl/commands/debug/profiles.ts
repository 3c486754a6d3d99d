import { CliError } from '../../errors';
import type { JsonObject } from '../../format/json';
import { isObject, listAt, objectAt, textAt } from '../../format/json';

/** What is debugged: a Pod with a container more, a copy of a Pod, or a node. */
export type Style = 'ephemeral' | 'copy' | 'node';

/** Changes a container, which stands in a Pod, as a profile wants it. */
type Change = (container: JsonObject, pod: JsonObject, style: Style) => void;

/** The profiles of `debug` as what they do, in order. Models pkg/cmd/debug/profiles.go. */
const PROFILES: Record<string, Change[]> = {
  legacy: [onNode(mountHost), onNode(useHostNamespaces)],
  general: [
    onNode(mountHost),
    onNode(clearSecurity),
    onNode(useHostNamespaces),
    onPod(addCapabilities('SYS_PTRACE')),
    shareProcesses,
  ],
  baseline: [clearSecurity, shareProcesses],
  restricted: [clearSecurity, restrict, shareProcesses],
  netadmin: [addCapabilities('NET_ADMIN', 'NET_RAW'), onNode(useHostNamespaces), shareProcesses],
  sysadmin: [
    (container) => void (securityOf(container)['privileged'] = true),
    onNode(useHostNamespaces),
    onNode(mountHost),
    shareProcesses,
  ],
};

/** Throws where there is no such profile. */
export function requireProfile(name: string): void {
  if (!Object.hasOwn(PROFILES, name)) throw new CliError(`unknown profile: ${name}`);
}

/** Makes of a container of the Pod what the profile says. Both are changed. */
export function applyProfile(name: string, container: JsonObject, pod: JsonObject, style: Style): void {
  for (const change of PROFILES[name] ?? []) change(container, pod, style);
}

function onNode(change: Change): Change {
  return (container, pod, style) => {
    if (style === 'node') change(container, pod, style);
  };
}

function onPod(change: Change): Change {
  return (container, pod, style) => {
    if (style !== 'node') change(container, pod, style);
  };
}

const specOf = (pod: JsonObject): JsonObject => objectAt(pod, 'spec') ?? {};

/** The security context of a container, made where there is none. */
function securityOf(container: JsonObject): JsonObject {
  const known = container['securityContext'];
  return isObject(known) ? known : (container['securityContext'] = {});
}

function clearSecurity(container: JsonObject): void {
  delete container['securityContext'];
}

function addCapabilities(...names: string[]): Change {
  return (container) => {
    const security = securityOf(container);
    const known = objectAt(security, 'capabilities') ?? {};
    security['capabilities'] = { ...known, add: [...listAt(known, 'add'), ...names] };
  };
}

function restrict(container: JsonObject): void {
  const { add: _add, ...capabilities } = objectAt(container, 'securityContext', 'capabilities') ?? {};
  Object.assign(securityOf(container), {
    runAsNonRoot: true,
    capabilities: { ...capabilities, drop: ['ALL'] },
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
  });
}

function mountHost(container: JsonObject, pod: JsonObject): void {
  const spec = specOf(pod);
  spec['volumes'] = [...listAt(spec, 'volumes'), { name: 'host-root', hostPath: { path: '/' } }];
  container['volumeMounts'] = [...listAt(container, 'volumeMounts'), { name: 'host-root', mountPath: '/host' }];
}

function useHostNamespaces(_container: JsonObject, pod: JsonObject): void {
  Object.assign(specOf(pod), { hostNetwork: true, hostPID: true, hostIPC: true });
}

function shareProcesses(_container: JsonObject, pod: JsonObject, style: Style): void {
  if (style === 'copy') specOf(pod)['shareProcessNamespace'] ??= true;
}

const PRIVILEGES_NEED_ROOT =
  'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n';

/** What is to be said where a profile gives what a user other than root cannot use. */
export function rootWarning(container: JsonObject, pod: JsonObject): string {
  const user = objectAt(pod, 'spec', 'securityContext')?.['runAsUser'];
  const security = objectAt(container, 'securityContext');
  if (!user || !security || security['runAsUser'] === 0) return '';
  const privileged = security['privileged'] === true || listAt(security, 'capabilities', 'add').length > 0;
  return privileged ? PRIVILEGES_NEED_ROOT : '';
}

/** The containers of a Pod by name, of whatever sort; of those with one name the first. */
export function containersOf(pod: JsonObject): Map<string, JsonObject> {
  const all = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => listAt(pod, 'spec', list));
  const named = new Map<string, JsonObject>();
  for (const one of all.filter(isObject)) if (!named.has(textAt(one, 'name'))) named.set(textAt(one, 'name'), one);
  return named;
}
