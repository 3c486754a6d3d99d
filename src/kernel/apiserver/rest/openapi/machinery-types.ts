import type { JsonMap } from '../../../../api/json';
import { SCHEMAS } from '../../../../api/schema/openapi';
import type { ResourceRow } from '../../../../api/schema/types';

/** Types that are on the wire only: no object is made of them, so that the tables have them not. */

export const MACHINERY = 'io.k8s.apimachinery.pkg.apis.meta.v1.';

export const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
const TYPE = {
  apiVersion: { type: 'string', description: 'The group and version of the kind.' },
  kind: { type: 'string', description: 'What this is.' },
};

const texts = (description: string): JsonMap => ({
  type: 'array',
  description,
  items: { type: 'string', default: '' },
  'x-kubernetes-list-type': 'atomic',
});
const text = (description: string): JsonMap => ({ type: 'string', description });
const needed = (description: string): JsonMap => ({ type: 'string', description, default: '' });
const refer = (type: string, description: string): JsonMap => ({ allOf: [{ $ref: SCHEMAS + type }], description });
const kindsOf = (group: string, version: string, kind: string): JsonMap => ({
  'x-kubernetes-group-version-kind': [{ group, version, kind }],
});

export const WIRE_TYPES: Readonly<JsonMap> = {
  [`${MACHINERY}APIResource`]: {
    type: 'object',
    description: 'A resource of a version, as discovery tells it.',
    required: ['name', 'singularName', 'namespaced', 'kind', 'verbs'],
    properties: {
      categories: texts('Names under which several resources are meant, such as all.'),
      group: text('The group of the kind, where that is another one.'),
      kind: needed('The kind of its objects.'),
      name: needed('Its name in paths.'),
      namespaced: { type: 'boolean', description: 'Whether its objects are in namespaces.', default: false },
      shortNames: texts('Short names for people.'),
      singularName: needed('Its name of one object.'),
      storageVersionHash: text('Tells apart in which version it is stored.'),
      verbs: texts('What can be done with it.'),
      version: text('The version of the kind, where that is another one.'),
    },
  },
  [`${MACHINERY}APIResourceList`]: {
    type: 'object',
    description: 'The resources of a version.',
    required: ['groupVersion', 'resources'],
    properties: {
      ...TYPE,
      groupVersion: needed('Which version of which group.'),
      resources: {
        type: 'array',
        description: 'The resources.',
        items: { allOf: [{ $ref: `${SCHEMAS}${MACHINERY}APIResource` }], default: {} },
        'x-kubernetes-list-type': 'atomic',
      },
    },
    ...kindsOf('', 'v1', 'APIResourceList'),
  },
  [`${MACHINERY}Patch`]: { type: 'object', description: 'A change of an object, in the way that its media type says.' },
  [`${MACHINERY}WatchEvent`]: {
    type: 'object',
    description: 'One change that a watch tells.',
    required: ['type', 'object'],
    properties: {
      object: refer(RAW_EXTENSION, 'The object as it is now, as it last was, or a Status that ends the watch.'),
      type: needed('ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.'),
    },
    ...kindsOf('', 'v1', 'WatchEvent'),
  },
};

/** Every list has the same shape. */
export function listSchema({ group, version, kind }: ResourceRow, typeName: string, listKind = `${kind}List`): JsonMap {
  return {
    type: 'object',
    description: `A list of objects of kind ${kind}.`,
    required: ['items'],
    properties: {
      ...TYPE,
      items: {
        type: 'array',
        description: 'The objects.',
        items: { allOf: [{ $ref: SCHEMAS + typeName }], default: {} },
      },
      metadata: { ...refer(`${MACHINERY}ListMeta`, 'From when the list is, and how it goes on.'), default: {} },
    },
    ...kindsOf(group, version, listKind),
  };
}
