import { controllerOf, type ControllerRevision, type DaemonSet, type StatefulSet } from '../../../api/objects';
import type { TableColumns } from '../kind';
import { AGE, ageOf, labelsCell, NONE, selectorCell, TEMPLATE_COLUMNS, templateCells } from './cells';

/** Models pkg/printers/internalversion printStatefulSet, printDaemonSet and printControllerRevision. */

export const statefulSetTable: TableColumns<StatefulSet> = {
  columns: [{ name: 'Ready', description: 'Number of the pod with ready state' }, AGE, ...TEMPLATE_COLUMNS],
  cells: (statefulSet, nowMs) => [
    `${statefulSet.status.readyReplicas ?? 0}/${statefulSet.spec.replicas ?? 0}`,
    ageOf(statefulSet, nowMs),
    ...templateCells(statefulSet.spec.template),
  ],
};

export const daemonSetTable: TableColumns<DaemonSet> = {
  columns: [
    { name: 'Desired', type: 'integer', doc: 'apps.v1.DaemonSetStatus.desiredNumberScheduled' },
    { name: 'Current', type: 'integer', doc: 'apps.v1.DaemonSetStatus.currentNumberScheduled' },
    { name: 'Ready', type: 'integer', doc: 'apps.v1.DaemonSetStatus.numberReady' },
    { name: 'Up-to-date', type: 'integer', doc: 'apps.v1.DaemonSetStatus.updatedNumberScheduled' },
    { name: 'Available', type: 'integer', doc: 'apps.v1.DaemonSetStatus.numberAvailable' },
    { name: 'Node Selector', doc: 'core.v1.PodSpec.nodeSelector' },
    AGE,
    ...TEMPLATE_COLUMNS,
    { name: 'Selector', priority: 1, doc: 'apps.v1.DaemonSetSpec.selector' },
  ],
  cells: ({ spec, status, ...rest }, nowMs) => [
    status.desiredNumberScheduled,
    status.currentNumberScheduled,
    status.numberReady,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    labelsCell(spec.template.spec?.nodeSelector),
    ageOf(rest, nowMs),
    ...templateCells(spec.template),
    selectorCell(spec.selector),
  ],
};

export const controllerRevisionTable: TableColumns<ControllerRevision> = {
  columns: [
    { name: 'Controller', description: 'Controller of the object' },
    { name: 'Revision', doc: 'apps.v1.ControllerRevision.revision' },
    AGE,
  ],
  cells: (revision, nowMs) => [controllerCell(revision), revision.revision, ageOf(revision, nowMs)],
};

/** The controller as kubectl would name it: `statefulset.apps/web`. */
function controllerCell(revision: ControllerRevision): string {
  const controller = controllerOf(revision);
  if (!controller) return NONE;
  const [group, version] = controller.apiVersion.split('/');
  return `${controller.kind.toLowerCase()}${version ? `.${group}` : ''}/${controller.name}`;
}
