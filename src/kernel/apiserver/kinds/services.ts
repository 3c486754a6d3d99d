import type { Service } from '../../../api/objects';
import { serviceTable } from '../columns/services';
import { defaultService } from '../defaults/service';
import type { Kind } from '../kind';
import { validateService, validateServiceUpdate } from '../validation/services';
import { allocateService, reallocateService } from './service-addresses';

/** Models pkg/registry/core/service. */
export const services: Kind<Service> = {
  resource: 'services',
  returnsDeleted: true,
  table: serviceTable,
  createsOnUpdate: true,
  selectableFields: {
    'spec.clusterIP': (service) => service.spec.clusterIP ?? '',
    'spec.type': (service) => service.spec.type ?? '',
  },
  defaults: defaultService,
  prepareCreate: allocateService,
  prepareUpdate: reallocateService,
  warnings: (service, current) =>
    service.spec.externalIPs?.length && service.spec !== current?.spec
      ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']
      : [],
  validate: validateService,
  validateUpdate: validateServiceUpdate,
};
