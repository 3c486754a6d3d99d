import { equalJson } from '../../../api/json';
import type { ControllerRevision, DaemonSet, ObjectMeta, StatefulSet } from '../../../api/objects';
import { controllerRevisionTable, daemonSetTable, statefulSetTable } from '../columns/controlled-sets';
import { defaultDaemonSet, defaultStatefulSet } from '../defaults/controlled-sets';
import type { Kind } from '../kind';
import {
  validateControllerRevision,
  validateControllerRevisionUpdate,
  validateDaemonSet,
  validateDaemonSetStatus,
  validateDaemonSetUpdate,
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from '../validation/controlled-sets';
import { workloadWarnings } from '../validation/pod-warnings';

/**
 * `maxUnavailable` of a StatefulSet stands behind a feature gate that v1.36 closes by default. Models
 * dropStatefulSetDisabledFields.
 */
function withoutMaxUnavailable(set: StatefulSet): StatefulSet {
  const { updateStrategy } = set.spec;
  if (updateStrategy?.rollingUpdate?.maxUnavailable === undefined) return set;
  const { maxUnavailable: _, ...rollingUpdate } = updateStrategy.rollingUpdate;
  return { ...set, spec: { ...set.spec, updateStrategy: { ...updateStrategy, rollingUpdate } } };
}

/** Models pkg/registry/apps/statefulset strategy.go. */
export const statefulsets: Kind<StatefulSet> = {
  resource: 'statefulsets',
  table: statefulSetTable,
  warnings: workloadWarnings(false),
  generation: true,
  defaults: defaultStatefulSet,
  prepareCreate: withoutMaxUnavailable,
  prepareUpdate: withoutMaxUnavailable,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatus: validateStatefulSetStatus,
};

/** The field that counted templates lives on as an annotation. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function withTemplateGeneration(daemonSet: DaemonSet, generation: string): DaemonSet {
  const { annotations } = daemonSet.metadata;
  if (annotations?.[TEMPLATE_GENERATION] === generation) return daemonSet;
  const counted = { ...annotations, [TEMPLATE_GENERATION]: generation };
  return { ...daemonSet, metadata: { ...daemonSet.metadata, annotations: counted } };
}

/** Whoever does not know the count says 0. */
const withSomeGeneration = (daemonSet: DaemonSet): DaemonSet =>
  withTemplateGeneration(daemonSet, daemonSet.metadata.annotations?.[TEMPLATE_GENERATION] ?? '0');

/** A client cannot set the count: it goes up by one with each new template. */
function countedTemplate(next: DaemonSet, current: DaemonSet): DaemonSet {
  const before = Number(current.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
  const changed = !equalJson(next.spec.template, current.spec.template);
  return withTemplateGeneration(next, String(before + (changed ? 1 : 0)));
}

/** In memory the count is a field. */
function withoutTemplateGeneration(metadata: ObjectMeta): ObjectMeta {
  const { annotations: { [TEMPLATE_GENERATION]: _, ...annotations } = {}, ...others } = metadata;
  return Object.keys(annotations).length > 0 ? { ...others, annotations } : others;
}

/** Models pkg/registry/apps/daemonset strategy.go. */
export const daemonsets: Kind<DaemonSet> = {
  resource: 'daemonsets',
  unconverted: withoutTemplateGeneration,
  table: daemonSetTable,
  warnings: workloadWarnings(false),
  generation: true,
  defaults: (daemonSet) => withSomeGeneration(defaultDaemonSet(daemonSet)),
  prepareCreate: (daemonSet) => withTemplateGeneration(daemonSet, '1'),
  prepareUpdate: countedTemplate,
  prepareStatus: countedTemplate,
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatus: validateDaemonSetStatus,
};

/** Models pkg/registry/apps/controllerrevision strategy.go. */
export const controllerrevisions: Kind<ControllerRevision> = {
  resource: 'controllerrevisions',
  table: controllerRevisionTable,
  validate: validateControllerRevision,
  validateUpdate: validateControllerRevisionUpdate,
};
