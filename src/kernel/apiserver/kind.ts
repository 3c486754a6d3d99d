import type { ApiObject, Json, ObjectMeta } from '../../api/objects';
import type { ResourceRow } from '../../api/schema/types';
import type { Core } from './core';
import type { ScalePaths } from './custom/definition';
import type { Schema } from './custom/schema';
import type { FieldErrors } from './validation/field-errors';

/** A column of a Table, as the server describes it to printers. */
export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** In place of a description: the field whose documentation it repeats, such as `core.v1.PodStatus.podIP`. */
  readonly doc?: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority?: number;
}

/** The columns of a kind beside that of its name. */
export interface TableColumns<T extends ApiObject> {
  readonly columns: readonly Column[];
  /** The name comes last, and only with `-o wide`. */
  readonly nameAtEnd?: boolean;
  /** The cells of a row. `nowMs` is milliseconds since the Unix epoch. */
  cells(object: T, nowMs: number): Json[];
  /** The name's cell, where that says more than the name. */
  nameOf?(object: T): string;
  /** What the row says of the object beside the cells. */
  conditions?(object: T): Json[];
}

/** The text of a field that selectors compare. */
export type SelectableField<T> = { of(object: T): string }['of'];

type PartStrategy<T> = { of(changed: T, current: T, errors: FieldErrors, core: Core): T }['of'];

/**
 * What is particular to a kind. Everything is optional: what a kind does not say, the generic registry does. Objects are
 * never changed in place; a function that has nothing to change returns its argument.
 */
export interface Kind<T extends ApiObject = ApiObject> {
  /** The resource's name and its key in the store, such as `pods`. */
  readonly resource: string;
  /** DELETE answers with the object instead of a Status. */
  readonly returnsDeleted?: boolean;
  /** PUT of what is not there creates it. */
  readonly createsOnUpdate?: boolean;
  /** PUT must carry a resourceVersion. */
  readonly needsRevision?: boolean;
  /** DELETE without a propagation policy orphans the dependents. */
  readonly orphansDependents?: boolean;
  /** `metadata.generation` counts the changes of everything but metadata and status. */
  readonly generation?: boolean;
  /** The status of a new object is kept: kubelets register Nodes with one. */
  readonly keepsInitialStatus?: boolean;
  /** A write to the status leaves the labels as they were. */
  readonly statusKeepsLabels?: boolean;
  /** Where its Scale is read and written, if not in the fields that workloads have. */
  readonly scale?: ScalePaths;
  /** Told to whoever uses the resource at all. */
  readonly deprecation?: string;
  /** Fields that field selectors know, beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, SelectableField<T>>>;
  readonly table?: TableColumns<T>;
  /** Metadata as it is in memory, where a version's conversion adds to it: what shows metadata alone shows this. */
  unconverted?(metadata: ObjectMeta): ObjectMeta;

  /** Its objects, where nobody stores them: they are made when somebody asks. */
  computed?(core: Core): readonly T[];
  /** What is filled in where nothing is said. Models the version's defaults.go. */
  defaults?(object: T): T;
  /** Models the strategy's PrepareForCreate, after status was reset. */
  prepareCreate?(object: T, core: Core): T;
  /** Models the strategy's PrepareForUpdate, after status and generation were kept. */
  prepareUpdate?(next: T, current: T, core: Core): T;
  /** Models the status strategy's PrepareForUpdate, after all but the status was kept. */
  prepareStatus?(next: T, current: T, core: Core): T;
  /** What reading it back from the store adds to a new object. */
  readBack?(object: T): T;
  validate?(object: T, errors: FieldErrors): void;
  validateUpdate?(next: T, current: T, errors: FieldErrors): void;
  validateStatus?(next: T, current: T, errors: FieldErrors): void;
  /** What a subresource of its own name may change: the object as it should be, and what is wrong with it. */
  readonly parts?: Readonly<Record<string, PartStrategy<T>>>;
  /** Texts of Warning headers. */
  warnings?(next: T, current: T | undefined): string[];
  /** Seconds of grace a deletion gets; kinds without this are not deleted gracefully. */
  gracePeriodSeconds?(object: T, asked: number | undefined): number;
  /** For kinds that are emptied before they go: the object, marked with the moment of its deletion. */
  startDeletion?(marked: T): T;
  /** Goes with `startDeletion`: whether the object is empty already. */
  mayVanish?(object: T): boolean;
}

/** A resource in one version, as requests name it. */
export interface Resource {
  readonly row: ResourceRow;
  readonly apiVersion: string;
  /** The published name of its type; `undefined` for custom resources. */
  readonly typeName: string | undefined;
  readonly kind: Kind;
  readonly hasStatus: boolean;
  /** For versions that are not the stored one: the way there and back. */
  readonly conversion?: Conversion;
  /** For custom resources: the schema of each version, and what a list of them is called. */
  readonly custom?: { readonly schemas: ReadonlyMap<string, Schema>; readonly listKind: string };
  /** All versions of it that are served, itself among them, by apiVersion. */
  readonly siblings: ReadonlyMap<string, Resource>;
}

/** How an object of one version is written in another. */
export interface Conversion {
  toStored(object: ApiObject): ApiObject;
  fromStored(object: ApiObject): ApiObject;
  /** The group that refusals name: that of the kind in memory. */
  readonly group: string;
  /** What refusals call a field of the stored version. */
  readonly fields?: Readonly<Record<string, string>>;
}
