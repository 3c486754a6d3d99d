import resources from './resources.json';
import encodedTypes from './types.json';
import { decodeType, longName, shortName, type EncodedType } from './type-code';
import type { ResourceRow, TypeSchema } from './types';

const encoded = encodedTypes as unknown as Record<string, EncodedType>;
const decoded = new Map<string, TypeSchema>();
let names: Map<string, string> | undefined;

/** Every resource that Kubernetes v1.36 serves by itself, in the order of discovery. */
export const RESOURCES: readonly ResourceRow[] = resources as ResourceRow[];

/** The schema of a type by its published name, such as `io.k8s.api.core.v1.PodSpec`. Decoded when first asked for. */
export function typeByName(name: string): TypeSchema | undefined {
  const known = decoded.get(name);
  if (known) return known;
  const short = shortName(name);
  if (!Object.hasOwn(encoded, short)) return undefined;
  const type = decodeType(encoded[short]!);
  decoded.set(name, type);
  return type;
}

/** The name of the type that a kind is made of: `('apps/v1', 'Deployment')` → `io.k8s.api.apps.v1.Deployment`. */
export function typeNameOfKind(apiVersion: string, kind: string): string | undefined {
  names ??= new Map(
    Object.entries(encoded).flatMap(([name, type]) => (type.kind ? [[type.kind, longName(name)]] : [])),
  );
  return names.get(`${apiVersion.includes('/') ? '' : '/'}${apiVersion}/${kind}`);
}
