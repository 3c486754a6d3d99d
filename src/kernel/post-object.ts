import { assert } from '../base/assert';
import type { ApiObject, ResourceName } from '../api/objects';
import { RESOURCES } from '../api/schema/tables';
import type { ApiServer } from './apiserver/api-server';

const joined = ({ group, version }: { group: string; version: string }): string =>
  group ? `${group}/${version}` : version;

/** Makes an object of a cluster's start, as an installer would. Nobody reads an answer. */
export function postObject(api: ApiServer, object: ApiObject): void {
  const row = RESOURCES.find((one) => one.kind === object.kind && joined(one) === object.apiVersion);
  assert(row, `there is no ${object.apiVersion} ${object.kind}`);
  const { namespace = row.namespaced ? 'default' : undefined } = object.metadata;
  const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) };
  api.clientFor('podium').create(row.resource as ResourceName, { ...object, metadata } as never);
}
