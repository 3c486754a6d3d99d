import type { Json } from '../objects';

/** One field of an API type, as the published OpenAPI describes it. */
export interface FieldSchema {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';
  format?: string;
  /** Name of another type, such as `io.k8s.api.core.v1.PodSpec`. */
  ref?: string;
  items?: FieldSchema;
  /** The values of a map. */
  values?: FieldSchema;
  /** The declared fields of a struct that has no name of its own: a part of a custom resource. */
  fields?: Record<string, FieldSchema>;
  enum?: string[];
  default?: Json;
  listType?: 'map' | 'set' | 'atomic';
  mapKeys?: string[];
  mapType?: 'atomic' | 'granular';
  patchStrategy?: string;
  patchKey?: string;
  /** Its name in Go, where that is not the key capitalised. */
  goName?: string;
  /** A pointer in Go: a zero value that was given is kept. */
  pointer?: boolean;
  /** A list or map that is written even where it is empty. */
  always?: boolean;
  /** The name of its type in Go, where that is not a basic type. */
  goType?: string;
}

/** An API type: its fields, or (Quantity, IntOrString, Time …) the scalar it stands for. */
export interface TypeSchema {
  type?: string;
  format?: string;
  oneOf?: Json;
  required?: string[];
  mapType?: 'atomic' | 'granular';
  kinds?: { group: string; version: string; kind: string }[];
  /** In the order of the Go declaration. */
  fields?: Record<string, FieldSchema>;
}

/** A served resource, as discovery lists it. */
export interface ResourceRow {
  group: string;
  version: string;
  resource: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  verbs: string[];
  subresources: { name: string; kind: string; group?: string; version?: string; verbs: string[] }[];
}
