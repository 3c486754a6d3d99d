import type { ReplicationController, StoredPodTemplate } from '../../../api/objects';
import { podTemplateTable, replicationControllerTable } from '../columns/workloads';
import { defaultPodTemplate, defaultReplicationController } from '../defaults/replication-controller';
import type { Kind } from '../kind';
import { workloadWarnings } from '../validation/pod-warnings';
import {
  validatePodTemplate,
  validateReplicationController,
  validateReplicationControllerStatus,
} from '../validation/replication-controllers';

/** Models pkg/registry/core/replicationcontroller strategy.go. */
export const replicationcontrollers: Kind<ReplicationController> = {
  resource: 'replicationcontrollers',
  table: replicationControllerTable,
  warnings: workloadWarnings(true),
  generation: true,
  orphansDependents: true,
  selectableFields: { 'status.replicas': (controller) => String(controller.status.replicas ?? 0) },
  defaults: defaultReplicationController,
  validate: validateReplicationController,
  validateUpdate: (next, _current, errors) => validateReplicationController(next, errors),
  validateStatus: validateReplicationControllerStatus,
};

/** Models pkg/registry/core/podtemplate strategy.go. */
export const podtemplates: Kind<StoredPodTemplate> = {
  resource: 'podtemplates',
  table: podTemplateTable,
  returnsDeleted: true,
  generation: true,
  defaults: defaultPodTemplate,
  validate: validatePodTemplate,
  validateUpdate: (next, _current, errors) => validatePodTemplate(next, errors),
};
