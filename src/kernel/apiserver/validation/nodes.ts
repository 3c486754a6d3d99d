import type { Json, Namespace, Node } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { labelValueFaults, qualifiedNameFaults } from './names';
import { validateQuantityOf, type Amounts } from './resources';
import { validateTaintEffect } from './scheduling';

/** Models pkg/apis/core/validation ValidateNode. */

export function validateNode(node: Node, errors: FieldErrors): void {
  validateTaints(node, errors);
  validateAmounts(node.status?.capacity as Amounts | undefined, 'status.capacity', errors);
  validateAmounts(node.status?.allocatable as Amounts | undefined, 'status.allocatable', errors);
}

export function validateNodeUpdate(next: Node, current: Node, errors: FieldErrors): void {
  if (next.spec !== current.spec) validateTaints(next, errors);
  const { podCIDR, providerID } = current.spec;
  if (podCIDR && next.spec.podCIDR !== podCIDR)
    errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  if (providerID && next.spec.providerID !== providerID) {
    errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
  }
}

export function validateNodeStatus(next: Node, _current: Node, errors: FieldErrors): void {
  validateAmounts(next.status.capacity as Amounts | undefined, 'status.capacity', errors);
  validateAmounts(next.status.allocatable as Amounts | undefined, 'status.allocatable', errors);
}

function validateTaints(node: Node, errors: FieldErrors): void {
  const seen = new Set<string>();
  node.spec?.taints?.forEach((taint, index) => {
    const path = `metadata.taints[${index}]`;
    for (const fault of qualifiedNameFaults(taint.key)) errors.invalid(`${path}.key`, taint.key, fault);
    const faults = labelValueFaults(taint.value ?? '');
    if (faults.length > 0) errors.invalid(`${path}.value`, taint.value, faults.join(';'));
    validateTaintEffect(taint.effect ?? '', `${path}.effect`, errors);
    const pair = `${taint.key}:${taint.effect}`;
    if (seen.has(pair)) {
      const shown = goDump(taint as unknown as Json, 'io.k8s.api.core.v1.Taint');
      errors.duplicate(path, shown, 'taints must be unique by key and effect pair');
    }
    seen.add(pair);
  });
}

function validateAmounts(amounts: Amounts | undefined, path: string, errors: FieldErrors): void {
  for (const name in amounts) validateQuantityOf(name, amounts[name]!, `${path}.${name}`, errors);
}

/** Finalizers of a namespace are names like any other. Models ValidateNamespace. */
export function validateNamespace(namespace: Namespace, errors: FieldErrors): void {
  for (const finalizer of namespace.spec?.finalizers ?? []) {
    for (const fault of qualifiedNameFaults(finalizer)) errors.invalid('spec.finalizers', finalizer, fault);
  }
}
