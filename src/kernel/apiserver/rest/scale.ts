import { equalJson } from '../../../api/json';
import type { ApiObject, DraftObject, Json, LabelSelector } from '../../../api/objects';
import { attempt } from '../core';
import { decodeBody } from '../decode/body';
import { labelsText, selectorText } from '../selector-text';
import { FieldErrors, invalidObject } from '../validation/field-errors';
import { updateObject } from '../writes';
import { writeOf, type Answer, type Call } from './call';
import { writeOptions } from './options';
import { decodedPatch, patcherOf } from './patch';
import type { ResourcePath } from './request-info';
import { currentObject } from './get';
import { checkName, checkRevisionText } from './write';

/** Models the scale subresource of pkg/registry/apps: autoscaling/v1 Scale, seen through a workload. */

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale', typeName: 'io.k8s.api.autoscaling.v1.Scale' };

interface Scalable extends ApiObject {
  /** A ReplicationController selects by labels alone. */
  spec: { replicas?: number; selector?: LabelSelector | Record<string, string> };
  status?: { replicas?: number };
}

/** The Scale of a workload. */
function scaleOf(object: ApiObject): Json {
  const { spec, status, metadata } = object as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = isLabelSelector(spec.selector) ? selectorText(spec.selector) : labelsText(spec.selector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector ? { selector } : {}) },
  };
}

function isLabelSelector(selector: Scalable['spec']['selector']): selector is LabelSelector {
  return Object.values(selector ?? {}).some((part) => typeof part === 'object');
}

export function getScale(call: Call, path: ResourcePath): Answer {
  return { code: 200, body: scaleOf(currentObject(call, path)) };
}

/** PUT of a Scale. */
export function updateScale(call: Call, path: ResourcePath): Answer {
  const options = writeOptions(call.request, 'UpdateOptions');
  const { object } = decodeBody(call.request, SCALE);
  return writeScale(call, path, () => object, options);
}

/** PATCH of a Scale. */
export function patchScale(call: Call, path: ResourcePath): Answer {
  const patcher = patcherOf(call, SCALE.typeName);
  const options = writeOptions(call.request, 'PatchOptions');
  return writeScale(call, path, (scale) => decodedPatch(call, patcher, scale, SCALE, options.fieldValidation), options);
}

/** Writes what `change` makes of the Scale. */
function writeScale(
  call: Call,
  path: ResourcePath,
  change: (scale: Json) => DraftObject,
  options: { dryRun: boolean; fieldManager: string },
): Answer {
  const { resource, namespace, name } = path;
  const write = writeOf(call, options.dryRun, options.fieldManager);
  return attempt(call.core, options.dryRun, () => {
    const written = updateObject(
      call.core,
      { resource, namespace, name, subresource: '' },
      (current) => scaled(current, change, name),
      write,
    );
    return { code: 200, body: scaleOf(written.object) };
  });
}

function scaled(current: ApiObject, change: (scale: Json) => DraftObject, name: string): ApiObject {
  const before = scaleOf(current);
  const next = change(before) as DraftObject & { spec?: { replicas?: number } };
  checkName({ ...next, metadata: next.metadata ?? {} }, name);
  checkRevisionText(next);
  if (equalJson(before, next)) return current;
  const replicas = next.spec?.replicas ?? 0;
  if (replicas < 0) {
    const errors = new FieldErrors();
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw invalidObject('autoscaling', 'Scale', name, errors);
  }
  const { resourceVersion, uid } = next.metadata;
  const metadata = { ...current.metadata, resourceVersion: resourceVersion ?? '', uid: uid ?? '' };
  return { ...current, metadata, spec: { ...(current as Scalable).spec, replicas } } as ApiObject;
}
