import type { RuntimeClass } from '../../../api/objects';
import { runtimeClassTable } from '../columns/small';
import type { Kind } from '../kind';
import { validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/runtime-classes';

/** Models pkg/registry/node/runtimeclass strategy.go. */
export const runtimeclasses: Kind<RuntimeClass> = {
  resource: 'runtimeclasses',
  table: runtimeClassTable,
  needsRevision: true,
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
};
