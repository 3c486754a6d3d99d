import { equalJson } from '../../../api/json';
import type { CSINode } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults, subdomainFaults } from './names';
import { validateNonNegative } from './numbers';

/** Models pkg/apis/storage/validation ValidateCSINode. */

type Driver = NonNullable<CSINode['spec']['drivers']>[number];

const NODE_ID_LENGTH = 256;
const DRIVER_NAME_LENGTH = 63;

export function validateCsiNode(csiNode: CSINode, errors: FieldErrors): void {
  const names = new Set<string>();
  csiNode.spec.drivers?.forEach((driver, index) => {
    const path = `spec.drivers[${index}]`;
    validateDriver(driver, path, errors);
    if (names.has(driver.name)) errors.duplicate(`${path}.name`, driver.name);
    names.add(driver.name);
    validateTopologyKeys(driver.topologyKeys ?? [], path, errors);
  });
}

function validateDriver({ name, nodeID, allocatable }: Driver, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`);
  if (name.length > DRIVER_NAME_LENGTH) errors.tooLong(`${path}.name`, DRIVER_NAME_LENGTH);
  for (const fault of subdomainFaults(name.toLowerCase())) errors.invalid(`${path}.name`, name, fault);
  if (!nodeID) errors.required(`${path}.nodeID`);
  if (nodeID.length > NODE_ID_LENGTH) {
    errors.invalid(`${path}.nodeID`, nodeID, `must be ${NODE_ID_LENGTH} characters or less`);
  }
  validateNonNegative(allocatable?.count, `${path}.allocatable.count`, errors);
}

function validateTopologyKeys(keys: readonly string[], path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) errors.duplicate(`${path}.topologyKeys`, key);
    seen.add(key);
    for (const fault of qualifiedNameFaults(key)) errors.invalid(`${path}.topologyKeys`, key, fault);
  }
}

/** A driver that is registered stays as it is, but for how many volumes it can attach. */
export function validateCsiNodeUpdate(next: CSINode, current: CSINode, errors: FieldErrors): void {
  validateCsiNode(next, errors);
  const drivers = next.spec.drivers ?? [];
  for (const { allocatable: _, ...old } of current.spec.drivers ?? []) {
    const driver = drivers.find(({ name }) => name === old.name);
    if (!driver) continue;
    const { allocatable: __, ...now } = driver;
    if (!equalJson(old, now)) errors.invalid('CSINodeDriver', driver, 'field is immutable');
  }
}
