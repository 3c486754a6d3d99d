import { equalJson } from '../../../api/json';
import type { Container, Json, Pod, PodSpec, Toleration } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { goDiff } from './go-dump';
import { validateImage } from './containers';
import { validatePodSpec } from './pod-spec';
import { validateTolerations } from './scheduling';

/** Models pkg/apis/core/validation ValidatePodCreate, ValidatePodUpdate and ValidatePodStatusUpdate. */

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];
const POD_SPEC = 'io.k8s.api.core.v1.PodSpec';

export function validatePod(pod: Pod, errors: FieldErrors): void {
  validatePodOnly(pod, errors);
  if (pod.spec.ephemeralContainers?.length) errors.forbidden('spec.ephemeralContainers', 'cannot be set on create');
  if (pod.spec.schedulingGates?.length && pod.spec.nodeName) {
    errors.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared');
  }
}

/** What holds for every Pod, and more strictly than for a template. Models validatePodMetadataAndSpec. */
function validatePodOnly({ metadata, spec }: Pod, errors: FieldErrors): void {
  validatePodSpec(spec, 'spec', errors, { isPod: true, podName: metadata.name });
  if (!spec.serviceAccountName)
    spec.volumes?.forEach(({ projected }, index) => {
      projected?.sources?.forEach(({ serviceAccountToken }, place) => {
        const at = `spec.volumes[${index}].projected.sources[${place}].serviceAccountToken`;
        if (serviceAccountToken) errors.forbidden(at, 'must not be specified when serviceAccountName is not set');
      });
    });
  for (const key of ['containers', 'initContainers'] as const)
    (spec[key] as Container[] | undefined)?.forEach((container, index) =>
      validateImage(container, `spec.${key}[${index}]`, errors),
    );
}

export function validatePodUpdate(next: Pod, current: Pod, errors: FieldErrors): void {
  if (next.spec === current.spec) return;
  validatePodOnly(next, errors);
  for (const key of ['containers', 'initContainers'] as const) {
    if ((next.spec[key]?.length ?? 0) === (current.spec[key]?.length ?? 0)) continue;
    errors.forbidden(`spec.${key}`, 'pod updates may not add or remove containers');
    return;
  }
  if (!validateDeadline(next.spec, current.spec, errors)) return;
  validateOnlyAdded(next.spec.tolerations ?? [], current.spec.tolerations ?? [], errors);
  validateOnlyRemovedGates(next.spec, current.spec, errors);
  const munged = withUpdatable(next.spec, current.spec);
  if (equalJson(munged, current.spec)) return;
  const difference = goDiff(current.spec as unknown as Json, munged as unknown as Json, POD_SPEC);
  errors.forbidden('spec', `pod updates may not change fields other than ${UPDATABLE.join(',')}\n${difference}`);
}

/** A deadline can be set, and made earlier. Returns whether the other fields are worth a look. */
function validateDeadline(next: PodSpec, current: PodSpec, errors: FieldErrors): boolean {
  const path = 'spec.activeDeadlineSeconds';
  const [after, before] = [next.activeDeadlineSeconds, current.activeDeadlineSeconds];
  if (after !== undefined && before !== undefined && before < after) {
    errors.invalid(path, after, 'must be less than or equal to previous value');
    return false;
  }
  if (after === undefined && before !== undefined) {
    errors.invalid(path, null, 'must not update from a positive integer to nil value');
    return false;
  }
  return true;
}

function validateOnlyAdded(next: readonly Toleration[], current: readonly Toleration[], errors: FieldErrors): void {
  const isKept = (old: Toleration): boolean =>
    next.some((one) => equalJson({ ...old, tolerationSeconds: null }, { ...one, tolerationSeconds: null }));
  if (!current.every(isKept)) {
    errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
    return;
  }
  validateTolerations(next, 'spec.tolerations', errors);
}

function validateOnlyRemovedGates(next: PodSpec, current: PodSpec, errors: FieldErrors): void {
  const known = new Set((current.schedulingGates ?? []).map((gate) => gate.name));
  next.schedulingGates?.forEach((gate, index) => {
    if (!known.has(gate.name)) {
      errors.forbidden(
        `spec.schedulingGates[${index}].name`,
        `only deletion is allowed, but found new scheduling gate '${gate.name}'`,
      );
    }
  });
}

type Images = { image?: string }[] | undefined;

/** The new spec with everything put back that may change. */
function withUpdatable(next: PodSpec, current: PodSpec): PodSpec {
  const withImages = <T extends Images>(list: T, from: Images): T =>
    list?.map((container, index) => ({ ...container, image: from?.[index]?.image })) as T;
  const munged: PodSpec = { ...next, containers: withImages(next.containers, current.containers) };
  if (next.initContainers) munged.initContainers = withImages(next.initContainers, current.initContainers);
  restore(munged, current, 'activeDeadlineSeconds');
  restore(munged, current, 'tolerations');
  restore(munged, current, 'schedulingGates');
  const before = current.terminationGracePeriodSeconds;
  if (before !== undefined && before < 0 && next.terminationGracePeriodSeconds === 1)
    munged.terminationGracePeriodSeconds = before;
  return munged;
}

function restore<K extends keyof PodSpec>(spec: PodSpec, from: PodSpec, key: K): void {
  if (from[key] === undefined) delete spec[key];
  else spec[key] = from[key];
}

/** What a status may say of a Pod. */
export function validatePodStatus(next: Pod, current: Pod, errors: FieldErrors): void {
  const nominated = next.status.nominatedNodeName;
  if (nominated && nominated !== current.status.nominatedNodeName && current.spec.nodeName) {
    errors.forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node');
  }
}
