import type { Container } from '../../../api/objects';
import { canonicalQuantity, compareQuantities, quantityOf } from '../../../api/quantity';
import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults } from './names';
import { NON_NEGATIVE } from './numbers';

/** Models pkg/apis/core/validation ValidateContainerResourceRequirements and pkg/apis/core/helper. */

export type Amounts = Record<string, string | number>;
type Resources = NonNullable<Container['resources']>;

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const INTEGER_RESOURCES = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const OTHER_RESOURCES = [
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
const STANDARD_RESOURCES = new Set([...CONTAINER_RESOURCES, ...INTEGER_RESOURCES, ...OTHER_RESOURCES]);
const HUGE_PAGES = 'hugepages-';
const NATIVE_PREFIX = 'kubernetes.io/';
const QUOTA_PREFIX = 'requests.';

/** The names a quota can have without a prefix. */
export function isQuotaResource(name: string): boolean {
  return name !== 'storage' && STANDARD_RESOURCES.has(name);
}

export const isHugePages = (name: string): boolean => name.startsWith(HUGE_PAGES);
const isNative = (name: string): boolean => !name.includes('/') || name.includes(NATIVE_PREFIX);

/** Names such as `nvidia.com/gpu`, which nodes advertise. */
export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith(QUOTA_PREFIX) && qualifiedNameFaults(QUOTA_PREFIX + name).length === 0;
}

export const isOvercommitAllowed = (name: string): boolean => isNative(name) && !isHugePages(name);

/** What a container asks for and may use. */
export function validateResources(resources: Resources | undefined, path: string, errors: FieldErrors): void {
  if (resources) validateRequirements(resources, validateContainerResourceName, path, errors);
}

type NameRule = (name: string, path: string, errors: FieldErrors) => void;

/** Amounts of resources whose names follow a rule of their own. Models validateResourceRequirements. */
export function validateRequirements(
  resources: Resources,
  nameRule: NameRule,
  path: string,
  errors: FieldErrors,
): void {
  const limits = (resources.limits ?? {}) as Amounts;
  const requests = (resources.requests ?? {}) as Amounts;
  for (const name in limits) {
    const at = `${path}.limits[${name}]`;
    nameRule(name, at, errors);
    validateQuantityOf(name, limits[name]!, at, errors);
    if (isHugePages(name)) validateHugePages(name, limits[name]!, at, errors);
  }
  for (const name in requests) {
    const at = `${path}.requests[${name}]`;
    nameRule(name, at, errors);
    validateQuantityOf(name, requests[name]!, at, errors);
    validateAgainstLimit(name, requests[name]!, limits[name], path, errors);
    if (isHugePages(name)) validateHugePages(name, requests[name]!, at, errors);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.forbidden(path, 'HugePages require cpu or memory');
  }
}

/** What is wrong with the name of any resource. Models validateResourceName. */
export function resourceNameFaults(name: string): readonly string[] {
  const faults = qualifiedNameFaults(name);
  if (faults.length > 0 || name.includes('/') || STANDARD_RESOURCES.has(name) || isHugePages(name)) return faults;
  return ['must be a standard resource type or fully qualified'];
}

/** What containers, and limits of them, may be about. */
export function validateContainerResourceName(name: string, path: string, errors: FieldErrors): void {
  for (const fault of resourceNameFaults(name)) errors.invalid(path, name, fault);
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name))
      errors.invalid(path, name, 'must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name))
    errors.invalid(path, name, "doesn't follow extended resource name standard");
}

const shownQuantity = (amount: string | number): string => canonicalQuantity(amount) ?? String(amount);

/** An amount that is not negative, and whole where parts make no sense. */
export function validateQuantityOf(name: string, amount: string | number, path: string, errors: FieldErrors): void {
  const { nano } = quantityOf(amount);
  if (nano < 0n) errors.invalid(path, shownQuantity(amount), NON_NEGATIVE);
  if ((INTEGER_RESOURCES.has(name) || isExtended(name)) && nano % 1_000_000_000n !== 0n) {
    errors.invalid(path, shownQuantity(amount), 'must be an integer');
  }
}

function validateHugePages(name: string, amount: string | number, path: string, errors: FieldErrors): void {
  const page = quantityOf(name.slice(HUGE_PAGES.length)).nano;
  const { nano } = quantityOf(amount);
  if (nano % page === 0n) return;
  const shown = shownQuantity(amount);
  errors.invalid(path, shown, `${shown} is not positive integer multiple of ${name}`);
}

function validateAgainstLimit(
  name: string,
  request: string | number,
  limit: string | number | undefined,
  path: string,
  errors: FieldErrors,
): void {
  if (limit === undefined) {
    if (!isOvercommitAllowed(name))
      errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    return;
  }
  const order = compareQuantities(quantityOf(request), quantityOf(limit));
  const shown = shownQuantity(request);
  if (order !== 0 && !isOvercommitAllowed(name)) {
    errors.invalid(`${path}.requests`, shown, `must be equal to ${name} limit of ${shownQuantity(limit)}`);
  } else if (order > 0)
    errors.invalid(`${path}.requests`, shown, `must be less than or equal to ${name} limit of ${shownQuantity(limit)}`);
}
