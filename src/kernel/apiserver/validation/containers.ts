import type { Container, PodSpec, Volume } from '../../../api/objects';
import { validateEnv, validateEnvFrom } from './environment';
import type { FieldErrors } from './field-errors';
import { labelFaults, portNameFaults } from './names';
import { validatePort } from './numbers';
import { validateLifecycle, validateProbes } from './probes';
import { validateClaimUses } from './pod-claims';
import { validateRestartRules } from './restart-rules';
import { validateResources } from './resources';
import { validateSecurityContext } from './security-contexts';
import { validateDevices, validateMounts } from './volume-uses';

/** Models pkg/apis/core/validation validateContainers, validateInitContainers and validateEphemeralContainers. */

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError'];
const NOT_RESTARTED = "must not be set to 'RestartContainer' for non-sidecar initContainers";
const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';

const RESIZABLE = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

/** What of its Pod a container is looked at with. */
interface Surroundings {
  readonly spec: PodSpec;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
}

/** The three lists of containers of a Pod. */
export function validateAllContainers(
  spec: PodSpec,
  volumes: ReadonlyMap<string, Volume>,
  path: string,
  errors: FieldErrors,
): void {
  const names = new Set<string>();
  const around: Surroundings = { spec, volumes, claims: new Set(spec.resourceClaims?.map(({ name }) => name)) };
  const mayWait = spec.containers ?? [];
  if (mayWait.length === 0) errors.required(`${path}.containers`);
  mayWait.forEach((container, index) => {
    const at = `${path}.containers[${index}]`;
    validateCommon(container, around, at, errors);
    claimName(names, container.name, at, errors);
    validateRunning(container, spec, at, errors);
    validateRestartRules(container, at, errors);
  });
  validateHostPorts(mayWait, `${path}.containers`, errors);
  validateInitContainers(around, path, names, errors);
  (spec.ephemeralContainers as Container[] | undefined)?.forEach((container, index) => {
    const at = `${path}.ephemeralContainers[${index}]`;
    validateCommon(container, around, at, errors);
    validateImage(container, at, errors);
    claimName(names, container.name, at, errors);
    validateDebugger(container, spec, at, errors);
  });
}

/** What a container that keeps running may have. */
function validateRunning(container: Container, spec: PodSpec, path: string, errors: FieldErrors): void {
  validateLifecycle(container.lifecycle, spec, `${path}.lifecycle`, errors);
  validateProbes(container, spec, path, errors);
}

/** Templates may have spaces around names of images, Pods may not. */
export function validateImage({ image }: Container, path: string, errors: FieldErrors): void {
  if (image !== undefined && image.trim() !== image)
    errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
}

const NOT_FOR_DEBUGGING = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

/** Nothing of a Pod's service may rest on a container that is there for debugging. */
function validateDebugger(container: Container, spec: PodSpec, path: string, errors: FieldErrors): void {
  const target = (container as { targetContainerName?: string }).targetContainerName;
  const others = [...(spec.containers ?? []), ...((spec.initContainers ?? []) as Container[])];
  if (target && !others.some(({ name }) => name === target)) errors.notFound(`${path}.targetContainerName`, target);
  const why = 'cannot be set for an Ephemeral Container';
  for (const key of NOT_FOR_DEBUGGING) {
    const isEmpty = key === 'resources' && Object.keys(container.resources ?? {}).length === 0;
    if (container[key] !== undefined && !isEmpty) errors.forbidden(`${path}.${key}`, why);
  }
  container.volumeMounts?.forEach(({ subPath, subPathExpr }, index) => {
    if (subPath) errors.forbidden(`${path}.volumeMounts[${index}].subPath`, why);
    if (subPathExpr) errors.forbidden(`${path}.volumeMounts[${index}].subPathExpr`, why);
  });
}

function claimName(names: Set<string>, name: string, path: string, errors: FieldErrors): void {
  if (names.has(name)) errors.duplicate(`${path}.name`, name);
  else names.add(name);
}

function validateInitContainers(around: Surroundings, path: string, names: Set<string>, errors: FieldErrors): void {
  const { spec } = around;
  (spec.initContainers as Container[] | undefined)?.forEach((container, index) => {
    const at = `${path}.initContainers[${index}]`;
    validateCommon(container, around, at, errors);
    validateRestartRules(container, at, errors);
    claimName(names, container.name, at, errors);
    validateHostPorts([container], `${path}.initContainers`, errors);
    if (container.restartPolicy === 'Always') {
      validateRunning(container, spec, at, errors);
      return;
    }
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[key]) errors.forbidden(`${at}.${key}`, NOT_FOR_INIT);
    }
    container.resizePolicy?.forEach(({ restartPolicy }, place) => {
      if (restartPolicy === 'RestartContainer')
        errors.invalid(`${at}.resizePolicy[${place}].restartPolicy`, restartPolicy, NOT_RESTARTED);
    });
  });
}

/** What holds for every container. */
function validateCommon(container: Container, around: Surroundings, path: string, errors: FieldErrors): void {
  const { spec, volumes, claims } = around;
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
  validateDevices(container, volumes, `${path}.volumeDevices`, errors);
  validatePullPolicy(container.imagePullPolicy ?? '', `${path}.imagePullPolicy`, errors);
  validateResources(container.resources, `${path}.resources`, errors);
  validateClaimUses(container, claims, `${path}.resources.claims`, errors);
  validateResizePolicy(container, spec, `${path}.resizePolicy`, errors);
  validateSecurityContext(container, spec.hostUsers !== false, `${path}.securityContext`, errors);
}

function validateResizePolicy(container: Container, spec: PodSpec, path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  container.resizePolicy?.forEach(({ resourceName, restartPolicy }, index) => {
    if (seen.has(resourceName)) errors.duplicate(`${path}[${index}]`, resourceName);
    seen.add(resourceName);
    if (!resourceName) errors.required(path);
    else if (!RESIZABLE.includes(resourceName)) errors.notSupported(path, resourceName, RESIZABLE);
    if (!restartPolicy) errors.required(path);
    else if (!RESIZE_POLICIES.includes(restartPolicy)) errors.notSupported(path, restartPolicy, RESIZE_POLICIES);
    if (spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.invalid(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
  });
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
