import { keyOf, type ApiObject } from '../../../api/objects';
import { notFound } from '../../../api/status';
import type { Answer, Call } from './call';
import { checkRevision, objectsOf } from './list';
import type { ResourcePath } from './request-info';
import { objectAnswer } from './table';

/** GET of one object. */
export function getObject(call: Call, path: ResourcePath): Answer {
  checkRevision(call, call.request.query?.['resourceVersion'] ?? '');
  return objectAnswer(call, path.resource, 200, currentObject(call, path));
}

/** The object a request is about. Throws 404. */
export function currentObject(call: Call, { resource, namespace, name }: ResourcePath): ApiObject {
  const object = objectsOf(call, resource).get(keyOf(namespace, name));
  if (!object) throw notFound(resource.row.group, resource.row.resource, name);
  return object;
}
