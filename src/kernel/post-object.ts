import { assert } from '../base/assert';
import type { ApiRequest } from '../api/client';
import type { ApiObject, Json } from '../api/objects';
import { RESOURCES } from '../api/schema/tables';
import type { ApiServer } from './apiserver/api-server';

const joined = ({ group, version }: { group: string; version: string }): string =>
  group ? `${group}/${version}` : version;

/** Puts an object of a cluster's start through the door, as an installer would. */
export function postObject(api: ApiServer, object: ApiObject): void {
  const row = RESOURCES.find((one) => one.kind === object.kind && joined(one) === object.apiVersion);
  assert(row, `there is no ${object.apiVersion} ${object.kind}`);
  const group = row.group ? `/apis/${row.group}/${row.version}` : `/api/${row.version}`;
  const namespace = row.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
  const request: ApiRequest = {
    method: 'POST',
    path: `${group}${namespace}/${row.resource}`,
    body: object as unknown as Json,
  };
  const answer = api.handle(request, { actor: 'podium' });
  assert(answer.code === 201, `${object.kind} ${object.metadata.name}: ${JSON.stringify(answer.body)}`);
}
