import type { FieldSchema } from '../../../api/schema/types';

/** How Go's messages name the type of a field. */

/** Integers are below these in size. */
export const INTEGER_LIMITS: Readonly<Record<string, bigint>> = { int32: 1n << 31n, int64: 1n << 63n };

/** `io.k8s.api.core.v1.PodSpec` → `v1.PodSpec`. */
function qualified(typeName: string): string {
  return typeName.split('.').slice(-2).join('.');
}

/** The Go type of a field of the type `owner`, such as `[]v1.Container`. */
export function goTypeName(field: FieldSchema, owner: string): string {
  if (field.goType) return withPackage(field.goType, owner);
  if (field.ref) return qualified(field.ref);
  if (field.items) return `[]${goTypeName(field.items, owner)}`;
  if (field.values) return `map[string]${goTypeName(field.values, owner)}`;
  if (field.format === 'byte') return '[]uint8';
  if (field.type === 'boolean') return 'bool';
  if (field.type === 'integer') return field.format === 'int64' ? 'int64' : 'int32';
  return field.type === 'number' ? 'float64' : 'string';
}

/** `[]AccessMode` of a type of core/v1 → `[]v1.AccessMode`. */
function withPackage(goType: string, owner: string): string {
  const match = /^(\[\]|map\[\w+\])?\*?(.*)$/.exec(goType)!;
  const name = match[2]!;
  const version = owner.split('.').at(-2) ?? 'v1';
  return `${match[1] ?? ''}${name.includes('.') ? name.replace('metav1.', 'v1.') : `${version}.${name}`}`;
}
