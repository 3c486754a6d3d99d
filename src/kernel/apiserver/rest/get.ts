import type { ApiObject } from '../../../api/objects';
import { notFound } from '../../../api/status';
import type { Answer, Call } from './call';
import { checkRevision } from './list';
import type { ResourcePath } from './request-info';
import { objectAnswer } from './table';

/** GET of one object. */
export function getObject(call: Call, path: ResourcePath): Answer {
  checkRevision(call, call.request.query?.['resourceVersion'] ?? '');
  return objectAnswer(call, path.resource, 200, currentObject(call, path));
}

/** The object a request is about. Throws 404. */
export function currentObject(call: Call, { resource, namespace, name }: ResourcePath): ApiObject {
  const object = call.core.store.get(resource.kind.resource, namespace ? `${namespace}/${name}` : name);
  if (!object) throw notFound(resource.row.group, resource.row.resource, name);
  return object;
}
