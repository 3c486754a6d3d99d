import type { Container, PodSpec } from '../../../api/objects';
import { validateIP } from './addresses';
import { validateAllContainers } from './containers';
import { validateFileKeyVolumes } from './environment';
import type { FieldErrors } from './field-errors';
import { validateLabels } from './metadata';
import { labelFaults, qualifiedNameFaults, subdomainFaults } from './names';
import { validatePodClaims } from './pod-claims';
import { validateDnsConfig } from './pod-dns';
import { validatePodResources } from './pod-resources';
import { validateHostProcesses, validateHostUsers, validateSystem } from './pod-systems';
import { validateResources } from './resources';
import { validateAffinity, validateGates, validateSpread, validateTolerations } from './scheduling';
import { validatePodSecurityContext } from './security-contexts';
import { validateVolumes } from './volumes';

/** Models pkg/apis/core/validation ValidatePodSpec. */

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const HOST_NAME_MAX = 64;
const DEADLINE_MAX = 2 ** 31 - 1;

export interface PodSpecOptions {
  /** It is a Pod's, not a template's: what is filled in only there must be right. */
  readonly isPod?: boolean;
  /** The Pod's name, where it has one already. */
  readonly podName?: string;
}

export function validatePodSpec(spec: PodSpec, path: string, errors: FieldErrors, options: PodSpecOptions = {}): void {
  if (spec.terminationGracePeriodSeconds === undefined) errors.required(`${path}.terminationGracePeriodSeconds`);
  const volumes = validateVolumes(spec.volumes, `${path}.volumes`, errors, options);
  validatePodClaims(spec, `${path}.resourceClaims`, errors);
  validateAllContainers(spec, volumes, path, errors);
  validatePodResources(spec, `${path}.resources`, errors);
  if (spec.hostNetwork) validateHostNetwork(spec.containers, `${path}.containers`, errors, options);
  validateChoice(spec.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`, errors);
  validateChoice(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`, errors);
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors);
  validatePodSecurityContext(spec, `${path}.securityContext`, errors);
  validateAffinity(spec.affinity, `${path}.affinity`, errors);
  validateDnsConfig(spec, `${path}.dnsConfig`, errors);
  spec.readinessGates?.forEach((gate, index) => {
    for (const fault of qualifiedNameFaults(gate.conditionType)) {
      errors.invalid(`${path}.readinessGates[${index}].conditionType`, gate.conditionType, fault);
    }
  });
  validateGates(spec.schedulingGates, `${path}.schedulingGates`, errors);
  validateSpread(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`, errors);
  validateHostProcesses(spec, path, errors);
  validateHostUsers(spec, path, errors);
  validateHostName(spec, `${path}.hostnameOverride`, errors);
  validateNames(spec, ['serviceAccountName', 'nodeName'], path, errors);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > DEADLINE_MAX)) {
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${DEADLINE_MAX}, inclusive`);
  }
  validateNames(spec, ['hostname', 'subdomain'], path, errors);
  validateTolerations(spec.tolerations, `${path}.tolerations`, errors);
  validateHostAliases(spec, `${path}.hostAliases`, errors);
  validateNames(spec, ['priorityClassName', 'runtimeClassName'], path, errors);
  if (spec.preemptionPolicy !== undefined)
    validateChoice(spec.preemptionPolicy, PREEMPTION_POLICIES, `${path}.preemptionPolicy`, errors);
  validateResources({ limits: spec.overhead as never }, `${path}.overhead`, errors);
  validateSystem(spec, path, errors);
  validateFileKeyVolumes(spec, path, errors);
}

function validateChoice(
  value: string | undefined,
  supported: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  if (!value) errors.required(path);
  else if (!supported.includes(value)) errors.notSupported(path, value, supported);
}

/** The fields that name something else, and how each must look. */
const NAME_FIELDS = {
  serviceAccountName: subdomainFaults,
  nodeName: subdomainFaults,
  hostname: labelFaults,
  subdomain: labelFaults,
  priorityClassName: subdomainFaults,
  runtimeClassName: subdomainFaults,
} as const;

function validateNames(
  spec: PodSpec,
  keys: readonly (keyof typeof NAME_FIELDS)[],
  path: string,
  errors: FieldErrors,
): void {
  for (const key of keys) {
    const name = spec[key];
    // Only the name of a RuntimeClass can be given and empty.
    if (name === undefined || (name === '' && key !== 'runtimeClassName')) continue;
    for (const fault of NAME_FIELDS[key](name)) errors.invalid(`${path}.${key}`, name, fault);
  }
}

/** A name of the Pod's own for its host. Models validatePodHostName. */
function validateHostName(spec: PodSpec, path: string, errors: FieldErrors): void {
  const { hostnameOverride: name } = spec;
  if (name === undefined) return;
  if (spec.setHostnameAsFQDN) errors.forbidden(path, 'may not be specified when setHostnameAsFQDN is true');
  if (spec.hostNetwork) errors.forbidden(path, 'may not be specified when hostNetwork is true');
  if (name.length > HOST_NAME_MAX) errors.tooLong(path, HOST_NAME_MAX);
  for (const fault of subdomainFaults(name)) errors.invalid(path, name, fault);
}

/** Ports of a template may be unsaid: they are filled in as the Pod is made. */
function validateHostNetwork(
  containers: readonly Container[],
  path: string,
  errors: FieldErrors,
  { isPod = false }: PodSpecOptions,
): void {
  containers?.forEach((container, index) => {
    container.ports?.forEach((port, portIndex) => {
      if (port.hostPort === port.containerPort || (!isPod && !port.hostPort)) return;
      const at = `${path}[${index}].ports[${portIndex}].hostPort`;
      errors.invalid(at, port.hostPort ?? 0, 'must match `containerPort` when `hostNetwork` is true');
    });
  });
}

function validateHostAliases(spec: PodSpec, path: string, errors: FieldErrors): void {
  spec.hostAliases?.forEach((alias, index) => {
    validateIP(alias.ip, `${path}[${index}].ip`, errors);
    alias.hostnames?.forEach((name, at) => {
      for (const fault of subdomainFaults(name)) errors.invalid(`${path}[${index}].hostnames[${at}]`, name, fault);
    });
  });
}
