import { equalJson } from '../../../api/json';
import type { ApiObject, DraftObject, Json, LabelSelector } from '../../../api/objects';
import { attempt } from '../core';
import type { ScalePaths } from '../custom/definition';
import { stepsOf, valueAt, withValueAt } from '../custom/json-path';
import { decodeBody } from '../decode/body';
import type { Resource } from '../kind';
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

/** The fields of a workload; a ReplicationController selects by labels alone. */
const WORKLOAD: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
type Selector = LabelSelector | Record<string, string>;

/** What a Scale says of an object: where a definition says where, or in the fields that workloads have. */
function scaleOf(object: ApiObject, { kind }: Resource): Json {
  const paths = kind.scale ?? WORKLOAD;
  const value = object as unknown as Json;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(value, paths.specReplicasPath);
  const selector = kind.scale
    ? valueAt(value, paths.labelSelectorPath ?? '')
    : textOf(valueAt(value, '.spec.selector') as Selector | undefined);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: {
      replicas: valueAt(value, paths.statusReplicasPath) ?? 0,
      ...(typeof selector === 'string' && selector ? { selector } : {}),
    },
  };
}

function textOf(selector: Selector | undefined): string {
  const isFull = Object.values(selector ?? {}).some((part) => typeof part === 'object');
  return isFull ? selectorText(selector) : labelsText(selector as Record<string, string> | undefined);
}

export function getScale(call: Call, path: ResourcePath): Answer {
  return { code: 200, body: scaleOf(currentObject(call, path), path.resource) };
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
  const write = { ...writeOf(call, options.dryRun, options.fieldManager), through: 'scale' };
  return attempt(call.core, options.dryRun, () => {
    const written = updateObject(
      call.core,
      { resource, namespace, name, subresource: '' },
      (current) => scaled(current, change, path),
      write,
    );
    return { code: 200, body: scaleOf(written.object, resource) };
  });
}

function scaled(current: ApiObject, change: (scale: Json) => DraftObject, { resource, name }: ResourcePath): ApiObject {
  const before = scaleOf(current, resource);
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
  const { specReplicasPath } = resource.kind.scale ?? WORKLOAD;
  return withValueAt(
    { ...current, metadata } as unknown as Json,
    stepsOf(specReplicasPath),
    replicas,
  ) as unknown as ApiObject;
}
