import type { RuntimeClass, Toleration } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { validateImmutable } from './immutable';
import { validateLabels } from './metadata';
import { labelFaults } from './names';
import { validateResources } from './resources';
import { validateTolerations } from './scheduling';

/** Models pkg/apis/node/validation. */
export function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass, errors: FieldErrors): void {
  for (const fault of labelFaults(handler)) errors.invalid('handler', handler, fault);
  if (overhead?.podFixed) validateResources({ limits: overhead.podFixed }, 'overhead', errors);
  if (!scheduling) return;
  validateLabels(scheduling.nodeSelector, 'scheduling.nodeSelector', errors);
  validateTolerations(scheduling.tolerations as Toleration[] | undefined, 'scheduling.tolerations', errors);
}

export function validateRuntimeClassUpdate(next: RuntimeClass, current: RuntimeClass, errors: FieldErrors): void {
  validateImmutable(next.handler, current.handler, 'handler', errors);
}
