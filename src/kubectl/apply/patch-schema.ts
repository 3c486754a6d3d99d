import { typeByName, typeNameOfKind } from '../../api/schema/tables';
import type { FieldSchema } from '../../api/schema/types';

/** How a field is patched: where its own fields are described, and what a list's items are told apart by. */
export interface PatchSchema {
  field: FieldSchema;
}

/** The schema of a built-in kind; undefined for others, which know no strategic patches. */
export function patchSchemaOf(apiVersion: string, kind: string): PatchSchema | undefined {
  const name = typeNameOfKind(apiVersion, kind);
  return name === undefined ? undefined : { field: { ref: name } };
}

/** The schema of a key of a map. */
export function schemaOfKey({ field }: PatchSchema, key: string): PatchSchema {
  if (field.values) return { field: field.values };
  const fields = field.ref === undefined ? undefined : typeByName(field.ref)?.fields;
  return { field: (fields && Object.hasOwn(fields, key) ? fields[key] : undefined) ?? {} };
}

/** The schema of a list's items. */
export function schemaOfItems({ field }: PatchSchema): PatchSchema {
  return { field: field.items ?? {} };
}

/** `merge`, `replace` or empty. */
export function strategyOf({ field }: PatchSchema): string {
  return field.patchStrategy?.split(',').find((strategy) => strategy !== 'retainKeys') ?? '';
}

export function retainsKeys({ field }: PatchSchema): boolean {
  return field.patchStrategy?.split(',').includes('retainKeys') ?? false;
}

export function mergeKeyOf({ field }: PatchSchema): string {
  return field.patchKey ?? '';
}
