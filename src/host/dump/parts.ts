import { isMap, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';

/** Parts of objects that strangers wrote: whatever is not what it should be counts as not there. */

export const map = (value: Json | undefined): JsonMap => (isMap(value) ? value : {});
export const list = (value: Json | undefined): JsonMap[] => (Array.isArray(value) ? value.map(map) : []);
export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export const nameOf = ({ metadata }: JsonMap): string => text(map(metadata)['name']);
export const namespaceOf = ({ metadata }: JsonMap): string => text(map(metadata)['namespace']);

/** `KIND NAMESPACE/NAME`, or `KIND NAME`. */
export function keyOf(object: JsonMap): string {
  const namespace = namespaceOf(object);
  return `${text(object['kind'])} ${namespace === '' ? '' : `${namespace}/`}${nameOf(object)}`;
}

/** What no two objects of a cluster share: kinds of two groups may have one name. */
export function identityOf(object: JsonMap): string {
  const [group = '', version] = text(object['apiVersion']).split('/');
  return `${version === undefined ? '' : group} ${keyOf(object)}`;
}
