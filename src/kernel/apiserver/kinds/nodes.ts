import type { Node } from '../../../api/objects';
import { fill, within } from '../defaults/fill';
import type { Kind } from '../kind';
import { validateNode, validateNodeStatus, validateNodeUpdate } from '../validation/nodes';
import { nodeTable } from '../columns/node';

/** Models pkg/registry/core/node. */
export const nodes: Kind<Node> = {
  resource: 'nodes',
  keepsInitialStatus: true,
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec.unschedulable ?? false) },
  table: nodeTable,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatus: validateNodeStatus,
  defaults: (node) =>
    within(node, 'status', (status) => (status.capacity ? fill(status, { allocatable: status.capacity }) : status)),
};
