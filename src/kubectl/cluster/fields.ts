import { typeByName, typeNameOfKind } from '../../api/schema/tables';
import type { Mapping } from './discovery';
import { groupVersionOf } from './discovery';

/** The fields below a path of a kind that Kubernetes serves by itself; none for others and for paths that lead nowhere. */
export function explainedFields(mapping: Mapping, path: readonly string[]): string[] {
  let name = typeNameOfKind(groupVersionOf(mapping), mapping.kind);
  for (const step of path) {
    const fields = name === undefined ? undefined : typeByName(name)?.fields;
    const field = fields && Object.hasOwn(fields, step) ? fields[step] : undefined;
    name = field?.ref ?? field?.items?.ref ?? field?.values?.ref;
  }
  return name === undefined ? [] : Object.keys(typeByName(name)?.fields ?? {});
}
