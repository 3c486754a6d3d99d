import type { PodSpec } from '../../../api/objects';
import { containerTotals } from '../../../api/pod-resources';
import { canonicalQuantity, compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { isHugePages, resourceNameFaults, validateRequirements, type Amounts } from './resources';
import { validateResourceClaims } from './pod-claims';

/** Models pkg/apis/core/validation validatePodResources: what a whole Pod asks for. */

const SUPPORTED = ['cpu', 'hugepages-', 'memory'];

export function validatePodResources(spec: PodSpec, path: string, errors: FieldErrors): void {
  const { resources } = spec;
  if (!resources) return;
  if (spec.os?.name === 'windows') return errors.forbidden(path, 'may not be set for a windows pod');
  if (resources.claims) errors.forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level');
  validateRequirements(resources, validateName, path, errors);
  validateResourceClaims(
    resources.claims,
    new Set(spec.resourceClaims?.map(({ name }) => name)),
    `${path}.claims`,
    errors,
  );
  validateTotals(spec, resources as Resources, path, errors);
}

type Resources = { requests?: Amounts; limits?: Amounts };

function validateName(name: string, path: string, errors: FieldErrors): void {
  const faults = resourceNameFaults(name);
  for (const fault of faults) errors.invalid(path, name, fault);
  if (faults.length === 0 && name !== 'cpu' && name !== 'memory' && !isHugePages(name))
    errors.notSupported(path, name, SUPPORTED);
}

const shown = (amount: string | number): string => canonicalQuantity(amount) ?? String(amount);
const isLess = (amount: string | number, total: Quantity): boolean => compareQuantities(quantityOf(amount), total) < 0;

/** What the whole Pod asks for covers what its containers ask for, and none of them has more than the Pod. */
function validateTotals(
  spec: PodSpec,
  { requests = {}, limits = {} }: Resources,
  path: string,
  errors: FieldErrors,
): void {
  for (const [name, total] of containerTotals(spec, 'requests')) {
    const amount = requests[name];
    if (amount === undefined || !isLess(amount, total)) continue;
    const why = `must be greater than or equal to aggregate container requests of ${formatQuantity(total)}`;
    errors.invalid(`${path}.requests[${name}]`, shown(amount), why);
  }
  for (const [name, total] of containerTotals(spec, 'limits')) {
    const amount = limits[name];
    if (!isHugePages(name) || amount === undefined || !isLess(amount, total)) continue;
    const why = `must be greater than or equal to aggregate container limits of ${formatQuantity(total)}`;
    errors.invalid(`${path}.limits[${name}]`, shown(amount), why);
  }
  (spec.containers ?? []).forEach((container, index) => {
    for (const [name, limit] of Object.entries((container.resources?.limits ?? {}) as Amounts)) {
      const most = limits[name];
      if (most === undefined || !isLess(most, quantityOf(limit))) continue;
      const why = `must be less than or equal to pod limits of ${shown(most)}`;
      errors.invalid(`${path}.containers[${index}][${name}].limits`, shown(limit), why);
    }
  });
}
