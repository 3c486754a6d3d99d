import type { FieldSchema } from '../../../api/schema/types';
import type { Schema } from './schema';

/** Models kube-openapi's schemaconv for definitions: what server-side apply has to know of a custom object's schema. */

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** The type of the objects of a definition's version. */
export function fieldSchemaOf(schema: Schema): FieldSchema {
  const root = convert(schema as Source);
  const own = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { ref: OBJECT_META } } as const;
  return root.type === 'object' && root.fields ? { ...root, fields: { ...root.fields, ...own } } : root;
}

/** The keys that matter here, as a definition writes them. */
interface Source {
  readonly type?: string;
  readonly format?: string;
  readonly default?: FieldSchema['default'];
  readonly properties?: Readonly<Record<string, Source>>;
  readonly additionalProperties?: boolean | Source;
  readonly items?: Source;
  readonly 'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

function convert(source: Source): FieldSchema {
  const { type, format, items, properties, additionalProperties } = source;
  const given = source.default === undefined ? {} : { default: source.default };
  if (type === 'array' && items) {
    const [listType, mapKeys] = [source['x-kubernetes-list-type'], source['x-kubernetes-list-map-keys']];
    const relation = { ...(listType ? { listType } : {}), ...(mapKeys ? { mapKeys: [...mapKeys] } : {}) };
    return { type, items: convert(items), ...relation, ...given };
  }
  if (type === 'object') {
    const mapType = source['x-kubernetes-map-type'];
    const shared = { type, ...(mapType ? { mapType } : {}), ...given } as const;
    if (typeof additionalProperties === 'object') return { ...shared, values: convert(additionalProperties) };
    if (!properties) return shared;
    const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, convert(one)]));
    return { ...shared, fields, ...(source['x-kubernetes-preserve-unknown-fields'] ? { values: {} } : {}) };
  }
  if (type === 'string' || type === 'integer' || type === 'number' || type === 'boolean')
    return { type, ...(format ? { format } : {}), ...given };
  return {};
}
