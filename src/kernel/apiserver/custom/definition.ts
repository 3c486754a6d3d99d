import type { ApiObject } from '../../../api/objects';
import type { ResourceRow } from '../../../api/schema/types';
import type { Column } from '../kind';
import type { Schema } from './schema';

/** What is used of a CustomResourceDefinition. */

export interface Names {
  readonly plural: string;
  readonly singular?: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly shortNames?: string[];
  readonly categories?: string[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: NonNullable<Column['type']>;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

export interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

export interface Definition extends ApiObject {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: Names;
    readonly versions: readonly Version[];
    readonly conversion?: { readonly strategy?: string };
    readonly preserveUnknownFields?: boolean;
  };
  readonly status: {
    readonly acceptedNames?: Partial<Names>;
    readonly conditions?: readonly Condition[] | null;
    readonly storedVersions?: readonly string[] | null;
  };
}

export const DEFINITIONS = 'customresourcedefinitions';
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const PART_VERBS = ['get', 'patch', 'update'];

export function hasCondition({ status }: Definition, type: string): boolean {
  return status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

/** The key in the store of a definition's objects. */
export const storageKey = ({ spec }: Definition): string => `${spec.names.plural}.${spec.group}`;

/** A version of a custom resource as discovery lists it. */
export function rowOf({ spec }: Definition, version: Version): ResourceRow {
  const { names, group, scope } = spec;
  const { status, scale } = version.subresources ?? {};
  return {
    group,
    version: version.name,
    resource: names.plural,
    singular: names.singular ?? '',
    kind: names.kind,
    namespaced: scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: VERBS,
    subresources: [
      ...(status ? [{ name: 'status', kind: names.kind, verbs: PART_VERBS }] : []),
      ...(scale ? [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: PART_VERBS }] : []),
    ],
  };
}
