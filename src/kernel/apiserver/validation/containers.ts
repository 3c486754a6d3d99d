import type { Container, PodSpec, Volume } from '../../../api/objects';
import { validateEnv, validateEnvFrom } from './environment';
import type { FieldErrors } from './field-errors';
import { labelFaults, portNameFaults } from './names';
import { validatePort } from './numbers';
import { validateLifecycle, validateProbes } from './probes';
import { validateResources } from './resources';
import { validateMounts } from './volumes';

/** Models pkg/apis/core/validation validateContainers, validateInitContainers and validateEphemeralContainers. */

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError'];
const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';

type Volumes = ReadonlyMap<string, Volume>;

/** The three lists of containers of a Pod. */
export function validateAllContainers(spec: PodSpec, volumes: Volumes, path: string, errors: FieldErrors): void {
  const names = new Set<string>();
  if (!spec.containers?.length) errors.required(`${path}.containers`);
  spec.containers?.forEach((container, index) => {
    const at = `${path}.containers[${index}]`;
    validateCommon(container, volumes, at, errors);
    claimName(names, container.name, at, errors);
    validateLifecycle(container.lifecycle, `${at}.lifecycle`, errors);
    validateProbes(container, at, errors);
  });
  validateHostPorts(spec.containers ?? [], `${path}.containers`, errors);
  validateInitContainers(spec, volumes, path, names, errors);
  (spec.ephemeralContainers as Container[] | undefined)?.forEach((container, index) => {
    const at = `${path}.ephemeralContainers[${index}]`;
    validateCommon(container, volumes, at, errors);
    claimName(names, container.name, at, errors);
  });
}

function claimName(names: Set<string>, name: string, path: string, errors: FieldErrors): void {
  if (names.has(name)) errors.duplicate(`${path}.name`, name);
  else names.add(name);
}

function validateInitContainers(
  spec: PodSpec,
  volumes: Volumes,
  path: string,
  names: Set<string>,
  errors: FieldErrors,
): void {
  (spec.initContainers as Container[] | undefined)?.forEach((container, index) => {
    const at = `${path}.initContainers[${index}]`;
    validateCommon(container, volumes, at, errors);
    claimName(names, container.name, at, errors);
    validateHostPorts([container], `${path}.initContainers`, errors);
    if (container.restartPolicy === 'Always') {
      validateLifecycle(container.lifecycle, `${at}.lifecycle`, errors);
      validateProbes(container, at, errors);
      return;
    }
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[key]) errors.forbidden(`${at}.${key}`, NOT_FOR_INIT);
    }
  });
}

/** What holds for every container. */
function validateCommon(container: Container, volumes: Volumes, path: string, errors: FieldErrors): void {
  if (!container.name) errors.required(`${path}.name`);
  else for (const fault of labelFaults(container.name)) errors.invalid(`${path}.name`, container.name, fault);
  if (!container.image) errors.required(`${path}.image`);
  const policy = container.terminationMessagePolicy ?? '';
  if (policy === '') errors.required(`${path}.terminationMessagePolicy`);
  else if (!TERMINATION_POLICIES.includes(policy))
    errors.notSupported(`${path}.terminationMessagePolicy`, policy, TERMINATION_POLICIES);
  if (container.ports) validatePorts(container.ports, `${path}.ports`, errors);
  validateEnv(container.env, `${path}.env`, errors);
  validateEnvFrom(container.envFrom, `${path}.envFrom`, errors);
  validateMounts(container, volumes, `${path}.volumeMounts`, errors);
  validatePullPolicy(container.imagePullPolicy ?? '', `${path}.imagePullPolicy`, errors);
  validateResources(container.resources, `${path}.resources`, errors);
  validateSecurityContext(container, `${path}.securityContext`, errors);
}

function validatePullPolicy(policy: string, path: string, errors: FieldErrors): void {
  if (policy === '') errors.required(path);
  else if (!PULL_POLICIES.includes(policy)) errors.notSupported(path, policy, PULL_POLICIES);
}

function validatePorts(ports: NonNullable<Container['ports']>, path: string, errors: FieldErrors): void {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const at = `${path}[${index}]`;
    if (port.name) {
      const faults = portNameFaults(port.name);
      for (const fault of faults) errors.invalid(`${at}.name`, port.name, fault);
      if (faults.length === 0) claimName(names, port.name, at, errors);
    }
    if (!port.containerPort) errors.required(`${at}.containerPort`);
    else validatePort(port.containerPort, `${at}.containerPort`, errors);
    if (port.hostPort) validatePort(port.hostPort, `${at}.hostPort`, errors);
    if (!port.protocol) errors.required(`${at}.protocol`);
    else if (!PROTOCOLS.includes(port.protocol)) errors.notSupported(`${at}.protocol`, port.protocol, PROTOCOLS);
  });
}

/** No two containers can have the same port of the host. */
function validateHostPorts(containers: readonly Container[], path: string, errors: FieldErrors): void {
  const taken = new Set<string>();
  containers.forEach((container, index) => {
    container.ports?.forEach((port, portIndex) => {
      if (!port.hostPort) return;
      const claim = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(claim)) errors.duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, claim);
      taken.add(claim);
    });
  });
}

const ID_RANGE = 'must be between 0 and 2147483647, inclusive';

function validateSecurityContext(container: Container, path: string, errors: FieldErrors): void {
  const context = container.securityContext;
  if (!context) return;
  for (const key of ['runAsUser', 'runAsGroup'] as const) {
    const id = context[key];
    if (id !== undefined && (id < 0 || id > 2 ** 31 - 1)) errors.invalid(`${path}.${key}`, id, ID_RANGE);
  }
  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged)
    errors.invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
    errors.invalid(
      path,
      context,
      'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
    );
  }
}
