import type { ApiObject, Json } from '../../../api/objects';
import { isMap } from '../../../api/json';
import { ageTable, resourceClaimTable, resourceSliceTable } from '../columns/registrations';
import type { Core } from '../core';
import { each, fill, within } from '../defaults/fill';
import type { Kind } from '../kind';
import { validateDeviceClass } from '../validation/device-requests';
import {
  validateClaimStatus,
  validateClaimTemplate,
  validateResourceClaim,
  validateSameSpec,
} from '../validation/resource-claims';
import { validateResourceSlice, validateSliceUpdate } from '../validation/resource-slices';

/** Kinds of resource.k8s.io: devices, what asks for them, and who has which. */

type Loose = ApiObject & { [key: string]: unknown };
type Part = Record<string, Json>;

const changed = (owner: Part, key: string, change: (part: Part) => Part): Part =>
  within(owner, key, (value) => (isMap(value) ? change(value) : value));
const changedEach = (owner: Part, key: string, change: (part: Part) => Part): Part =>
  within(owner, key, (value) =>
    Array.isArray(value) ? each(value, (one) => (isMap(one) ? change(one) : one)) : value,
  );

/** Models pkg/apis/resource/v1 defaults.go: one device, unless said otherwise. */
function withCount(request: Part): Part {
  const mode = fill(request, { allocationMode: 'ExactCount' });
  const counted = mode['allocationMode'] === 'ExactCount' && !mode['count'] ? { ...mode, count: 1 } : mode;
  return changedEach(counted, 'tolerations', (toleration) => fill(toleration, { operator: 'Equal' }));
}

const withRequests = (spec: Part): Part =>
  changed(spec, 'devices', (devices) =>
    changedEach(devices, 'requests', (request) =>
      changedEach(changed(request, 'exactly', withCount), 'firstAvailable', withCount),
    ),
  );

/** A taint counts from when it was first seen. */
function withTaintTimes(slice: Loose, { clock }: Core): Loose {
  const spec = slice['spec'] as Part | undefined;
  if (!spec) return slice;
  const dated = changedEach(spec, 'devices', (device) =>
    changedEach(device, 'taints', (taint) => fill(taint, { timeAdded: clock.time })),
  );
  return dated === spec ? slice : { ...slice, spec: dated };
}

const specField =
  (key: string) =>
  ({ spec }: Loose): string => {
    const value = (spec as Part | undefined)?.[key];
    return typeof value === 'string' ? value : '';
  };

type Table = NonNullable<Kind<Loose>['table']>;
const kind = (row: Kind<Loose>): Kind => row as unknown as Kind;
const SPEC = 'io.k8s.api.resource.v1.';

export const DEVICES: readonly Kind[] = [
  kind({
    resource: 'deviceclasses',
    generation: true,
    table: ageTable as unknown as Table,
    validate: validateDeviceClass,
    validateUpdate: (next, _current, errors) => validateDeviceClass(next, errors),
  }),
  kind({
    resource: 'resourceclaims',
    table: resourceClaimTable as unknown as Table,
    defaults: (claim) => changed(claim as unknown as Part, 'spec', withRequests) as unknown as Loose,
    validate: validateResourceClaim,
    validateUpdate: validateSameSpec(`${SPEC}ResourceClaimSpec`),
    validateStatus: validateClaimStatus,
  }),
  kind({
    resource: 'resourceclaimtemplates',
    table: ageTable as unknown as Table,
    defaults: (template) =>
      changed(template as unknown as Part, 'spec', (spec) => changed(spec, 'spec', withRequests)) as unknown as Loose,
    validate: validateClaimTemplate,
    validateUpdate: validateSameSpec(`${SPEC}ResourceClaimTemplateSpec`),
  }),
  kind({
    resource: 'resourceslices',
    generation: true,
    table: resourceSliceTable as unknown as Table,
    selectableFields: { 'spec.driver': specField('driver'), 'spec.nodeName': specField('nodeName') },
    prepareCreate: withTaintTimes,
    prepareUpdate: (next, _current, core) => withTaintTimes(next, core),
    validate: validateResourceSlice,
    validateUpdate: validateSliceUpdate,
  }),
];
