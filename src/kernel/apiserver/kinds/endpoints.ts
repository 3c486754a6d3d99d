import type { Endpoints, EndpointSlice } from '../../../api/objects';
import { endpointSliceTable, endpointsTable } from '../columns/services';
import { each, fill, within } from '../defaults/fill';
import type { Kind } from '../kind';
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/endpoint-slices';
import { validateEndpoints, validateEndpointsUpdate } from '../validation/endpoints';

/** Models pkg/registry/core/endpoint strategy.go. */
export const endpoints: Kind<Endpoints> = {
  resource: 'endpoints',
  table: endpointsTable,
  createsOnUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  defaults: (object) =>
    within(object, 'subsets', (subsets) =>
      each(subsets, (subset) =>
        within(subset, 'ports', (ports) => each(ports, (port) => fill(port, { protocol: 'TCP' }))),
      ),
    ),
  validate: validateEndpoints,
  validateUpdate: validateEndpointsUpdate,
};

/** Models pkg/registry/discovery/endpointslice strategy.go. */
export const endpointslices: Kind<EndpointSlice> = {
  resource: 'endpointslices',
  table: endpointSliceTable,
  generation: true,
  defaults: (slice) =>
    within(slice, 'ports', (ports) => each(ports, (port) => fill(port, { name: '', protocol: 'TCP' }))),
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
};
