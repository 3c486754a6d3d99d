import type { LimitRange, ResourceQuota } from '../../../api/objects';
import { quotaTable } from '../columns/policy';
import { defaultLimitRange } from '../defaults/limit-range';
import type { Kind } from '../kind';
import { validateLimitRange } from '../validation/limit-range';
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from '../validation/resource-quota';

/** Models pkg/registry/core/resourcequota strategy.go. */
export const resourcequotas: Kind<ResourceQuota> = {
  resource: 'resourcequotas',
  returnsDeleted: true,
  table: quotaTable,
  validate: validateQuota,
  validateUpdate: validateQuotaUpdate,
  validateStatus: validateQuotaStatus,
};

/** Models pkg/registry/core/limitrange strategy.go. */
export const limitranges: Kind<LimitRange> = {
  resource: 'limitranges',
  defaults: defaultLimitRange,
  validate: validateLimitRange,
  validateUpdate: (next, _current, errors) => validateLimitRange(next, errors),
};
