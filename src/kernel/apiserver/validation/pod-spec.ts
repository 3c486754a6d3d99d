import type { Container, PodSpec } from '../../../api/objects';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  quantityOf,
  type Quantity,
} from '../../../api/quantity';
import { validateIP } from './addresses';
import { validateAllContainers } from './containers';
import type { FieldErrors } from './field-errors';
import { validateLabels } from './metadata';
import { labelFaults, qualifiedNameFaults, subdomainFaults, type NameFaults } from './names';
import { validatePodClaims } from './pod-claims';
import { validateDnsConfig } from './pod-dns';
import { validateHostUsers, validateSystem } from './pod-systems';
import type { Amounts } from './resources';
import { validateAffinity, validateGates, validateSpread, validateTolerations } from './scheduling';
import { validatePodSecurityContext } from './security-contexts';
import { validateVolumes } from './volumes';

/** Models pkg/apis/core/validation ValidatePodSpec. */

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const DEADLINE_MAX = 2 ** 31 - 1;

export function validatePodSpec(spec: PodSpec, path: string, errors: FieldErrors): void {
  const volumes = validateVolumes(spec.volumes, `${path}.volumes`, errors);
  validatePodClaims(spec, `${path}.resourceClaims`, errors);
  validateAllContainers(spec, volumes, path, errors);
  validatePodResources(spec, `${path}.resources`, errors);
  if (spec.hostNetwork) validateHostNetwork(spec.containers, `${path}.containers`, errors);
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
  validateHostUsers(spec, path, errors);
  validateNames(spec, path, errors);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > DEADLINE_MAX)) {
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${DEADLINE_MAX}, inclusive`);
  }
  validateTolerations(spec.tolerations, `${path}.tolerations`, errors);
  validateHostAliases(spec, `${path}.hostAliases`, errors);
  if (spec.preemptionPolicy !== undefined)
    validateChoice(spec.preemptionPolicy, PREEMPTION_POLICIES, `${path}.preemptionPolicy`, errors);
  validateSystem(spec, path, errors);
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
const NAME_FIELDS: readonly (readonly [
  key: 'serviceAccountName' | 'nodeName' | 'hostname' | 'subdomain' | 'priorityClassName' | 'runtimeClassName',
  rule: (name: string) => NameFaults,
])[] = [
  ['serviceAccountName', subdomainFaults],
  ['nodeName', subdomainFaults],
  ['hostname', labelFaults],
  ['subdomain', labelFaults],
  ['priorityClassName', subdomainFaults],
  ['runtimeClassName', subdomainFaults],
];

function validateNames(spec: PodSpec, path: string, errors: FieldErrors): void {
  for (const [key, rule] of NAME_FIELDS) {
    const name = spec[key];
    if (name) for (const fault of rule(name)) errors.invalid(`${path}.${key}`, name, fault);
  }
}

function validateHostNetwork(containers: readonly Container[], path: string, errors: FieldErrors): void {
  containers?.forEach((container, index) => {
    container.ports?.forEach((port, portIndex) => {
      if (port.hostPort === port.containerPort) return;
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

const shown = (amount: string | number): string => canonicalQuantity(amount) ?? String(amount);

/** What the whole Pod asks for must cover what its containers ask for. */
function validatePodResources(spec: PodSpec, path: string, errors: FieldErrors): void {
  const resources = spec.resources as { requests?: Amounts; limits?: Amounts } | undefined;
  if (!resources) return;
  for (const [name, amount] of Object.entries(resources.requests ?? {})) {
    const total = sumOf(spec.containers ?? [], name);
    if (total && compareQuantities(quantityOf(amount), total) < 0) {
      const why = `must be greater than or equal to aggregate container requests of ${formatQuantity(total)}`;
      errors.invalid(`${path}.requests[${name}]`, shown(amount), why);
    }
    const limit = resources.limits?.[name];
    if (limit !== undefined && compareQuantities(quantityOf(amount), quantityOf(limit)) > 0) {
      errors.invalid(
        `${path}.requests`,
        shown(amount),
        `must be less than or equal to ${name} limit of ${shown(limit)}`,
      );
    }
  }
}

function sumOf(containers: readonly Container[], name: string): Quantity | undefined {
  let total: Quantity | undefined;
  for (const container of containers) {
    const amount = (container.resources?.requests as Amounts | undefined)?.[name];
    if (amount === undefined) continue;
    total = total ? addQuantities(total, quantityOf(amount)) : quantityOf(amount);
  }
  return total;
}
