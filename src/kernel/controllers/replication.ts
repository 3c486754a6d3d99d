import type { ReplicaSet, ReplicationController } from '../../api/objects';
import type { ControllerParts } from '../machinery/controller';
import { ReplicaSetController, type Replicated } from './replicaset';

/** Models pkg/controller/replication conversion.go: a ReplicationController seen as a ReplicaSet. */
const REPLICATION_CONTROLLERS: Replicated = {
  name: 'replication-controller',
  resource: 'replicationcontrollers',
  kind: 'ReplicationController',
  view(object) {
    const { spec, ...rest } = object as ReplicationController;
    return { ...rest, spec: { ...spec, selector: { matchLabels: spec.selector ?? {} } } } as unknown as ReplicaSet;
  },
  statusOf: ({ terminatingReplicas: _, ...status }) => status,
};

/** Keeps as many Pods as each ReplicationController wants. Models pkg/controller/replication replication_controller.go. */
export class ReplicationManager extends ReplicaSetController {
  constructor(parts: ControllerParts) {
    super(parts, REPLICATION_CONTROLLERS);
  }
}
