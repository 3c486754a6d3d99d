import type { Json } from '../../api/objects';
import { CliError, asError } from '../errors';
import type { JsonObject } from '../format/json';
import { yamlToJson } from '../manifest/yaml';
import { decodeStruct, list, mapOf, struct } from './decode';
import type { Folder } from './folder';
import { kustomizationFile } from './folder';
import type { FieldSpec } from './field-specs';
import type { Gvk } from './identity';

/** What a patch or a replacement is for. Its fields are regular expressions. */
export interface Selector extends Gvk {
  name?: string;
  namespace?: string;
  labelSelector?: string;
  annotationSelector?: string;
}

export interface PatchEntry {
  path?: string;
  patch?: string;
  target?: Selector;
  options?: { allowNameChange?: boolean; allowKindChange?: boolean };
}

export interface ImageEntry {
  name?: string;
  newName?: string;
  newTag?: string;
  tagSuffix?: string;
  digest?: string;
}

export interface LabelEntry {
  pairs?: Record<string, string>;
  includeSelectors?: boolean;
  includeTemplates?: boolean;
  fields?: FieldSpec[];
}

export interface GeneratorOptions {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  disableNameSuffixHash?: boolean;
  immutable?: boolean;
}

export interface GeneratorEntry {
  name?: string;
  namespace?: string;
  behavior?: string;
  literals?: string[];
  files?: string[];
  envs?: string[];
  env?: string;
  options?: GeneratorOptions;
  /** Of a Secret. */
  type?: string;
}

export interface ReplacementOptions {
  delimiter?: string;
  index?: number;
  encoding?: string;
  create?: boolean;
}

export interface Replacement {
  source?: Selector & { fieldPath?: string; options?: ReplacementOptions };
  sourceValue?: string;
  targets?: { select?: Selector; reject?: Selector[]; fieldPaths?: string[]; options?: ReplacementOptions }[];
}

/** A kustomization file. Models types.Kustomization. */
export interface Kustomization {
  apiVersion?: string;
  kind?: string;
  namePrefix?: string;
  nameSuffix?: string;
  namespace?: string;
  commonLabels?: Record<string, string>;
  labels?: LabelEntry[];
  commonAnnotations?: Record<string, string>;
  patchesStrategicMerge?: string[];
  patchesJson6902?: PatchEntry[];
  patches?: PatchEntry[];
  images?: ImageEntry[];
  imageTags?: ImageEntry[];
  replacements?: (Replacement & { path?: string })[];
  replicas?: { name?: string; count?: number }[];
  sortOptions?: { order?: string; legacySortOptions?: { orderFirst?: string[]; orderLast?: string[] } };
  resources?: string[];
  components?: string[];
  bases?: string[];
  configMapGenerator?: GeneratorEntry[];
  secretGenerator?: GeneratorEntry[];
  generatorOptions?: GeneratorOptions;
  configurations?: string[];
  buildMetadata?: string[];
}

const GVK = { group: 'string', version: 'string', kind: 'string' } as const;
const IDENTITY = { ...GVK, name: 'string', namespace: 'string' } as const;
const TEXTS = list('string');

/** Which structs of kustomize's own the fields of an identity are in. */
const IN_IDENTITY = { group: 'ResId.Gvk', version: 'ResId.Gvk', kind: 'ResId.Gvk', name: 'ResId', namespace: 'ResId' };
const IN_GENERATOR = {
  ...Object.fromEntries(['name', 'namespace', 'behavior', 'options'].map((name) => [name, 'GeneratorArgs'])),
  ...Object.fromEntries(['literals', 'files', 'envs', 'env'].map((name) => [name, 'GeneratorArgs.KvPairSources'])),
};
const selector = struct(
  'Selector',
  { ...IDENTITY, labelSelector: 'string', annotationSelector: 'string' },
  IN_IDENTITY,
);
const patch = struct('Patch', {
  path: 'string',
  patch: 'string',
  target: selector,
  options: struct('PatchArgs', { allowNameChange: 'bool', allowKindChange: 'bool' }),
});
const image = struct('Image', {
  name: 'string',
  newName: 'string',
  newTag: 'string',
  tagSuffix: 'string',
  digest: 'string',
});
const generatorOptions = struct('GeneratorOptions', {
  labels: mapOf('string'),
  annotations: mapOf('string'),
  disableNameSuffixHash: 'bool',
  immutable: 'bool',
});
const GENERATOR = {
  name: 'string',
  namespace: 'string',
  behavior: 'string',
  literals: TEXTS,
  files: TEXTS,
  envs: TEXTS,
  env: 'string',
  options: generatorOptions,
} as const;
const fieldOptions = struct('FieldOptions', {
  delimiter: 'string',
  index: 'int',
  encoding: 'string',
  create: 'bool',
});
const REPLACEMENT = {
  source: struct('SourceSelector', { ...IDENTITY, fieldPath: 'string', options: fieldOptions }, IN_IDENTITY),
  sourceValue: 'string',
  targets: list(
    struct('TargetSelector', { select: selector, reject: list(selector), fieldPaths: TEXTS, options: fieldOptions }),
  ),
} as const;

const IN_REPLACEMENT = Object.fromEntries(Object.keys(REPLACEMENT).map((name) => [name, 'Replacement']));

/** A replacement in a file of its own. */
export const REPLACEMENT_SHAPE = struct('Replacement', REPLACEMENT);

/** The fields that a build does without here, because they run other programs or are read from other formats. */
const UNUSED = [
  'crds',
  'generators',
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
  'openapi',
  'transformers',
  'validators',
  'vars',
];

const SHAPE = struct('Kustomization', {
  apiVersion: 'string',
  kind: 'string',
  metadata: struct('ObjectMeta', {
    name: 'string',
    namespace: 'string',
    labels: mapOf('string'),
    annotations: mapOf('string'),
  }),
  namePrefix: 'string',
  nameSuffix: 'string',
  namespace: 'string',
  commonLabels: mapOf('string'),
  labels: list(
    struct('Label', {
      pairs: mapOf('string'),
      includeSelectors: 'bool',
      includeTemplates: 'bool',
      fields: list(struct('FieldSpec', { ...GVK, path: 'string', create: 'bool' })),
    }),
  ),
  commonAnnotations: mapOf('string'),
  patchesStrategicMerge: list('string', 'types.PatchStrategicMerge'),
  patchesJson6902: list(patch),
  patches: list(patch),
  images: list(image),
  imageTags: list(image),
  replacements: list(struct('ReplacementField', { ...REPLACEMENT, path: 'string' }, IN_REPLACEMENT)),
  replicas: list(struct('Replica', { name: 'string', count: 'int64' })),
  sortOptions: struct('SortOptions', {
    order: 'string',
    legacySortOptions: struct('LegacySortOptions', { orderFirst: TEXTS, orderLast: TEXTS }),
  }),
  resources: TEXTS,
  components: TEXTS,
  bases: TEXTS,
  configMapGenerator: list(struct('ConfigMapArgs', GENERATOR, IN_GENERATOR)),
  secretGenerator: list(struct('SecretArgs', { ...GENERATOR, type: 'string' }, IN_GENERATOR)),
  generatorOptions,
  configurations: TEXTS,
  buildMetadata: TEXTS,
  ...Object.fromEntries(UNUSED.map((name) => [name, 'any'] as const)),
});

const EDIT_FIX = "Run 'kustomize edit fix' to update your Kustomization automatically.";

/** Old fields and what is written in their place, in the order in which they are told. */
const DEPRECATED: readonly [field: string, instead: string, advice: string][] = [
  ['bases', 'resources', EDIT_FIX],
  ['commonLabels', 'labels', EDIT_FIX],
  ['imageTags', 'images', EDIT_FIX],
  ['patchesJson6902', 'patches', EDIT_FIX],
  ['patchesStrategicMerge', 'patches', EDIT_FIX],
  ['vars', 'replacements', `[EXPERIMENTAL] ${EDIT_FIX}`],
];

export const COMPONENT = 'Component';
const API_VERSIONS = {
  Kustomization: 'kustomize.config.k8s.io/v1beta1',
  Component: 'kustomize.config.k8s.io/v1alpha1',
};

/** Reads the kustomization of a folder, old fields under their new names. Throws in upstream's words. */
export function readKustomization(folder: Folder, warn: (text: string) => void): Kustomization {
  const { text } = kustomizationFile(folder);
  const read = decoded(text);
  for (const [field, instead, advice] of DEPRECATED) {
    if (read[field] !== undefined)
      warn(`# Warning: '${field}' is deprecated. Please use '${instead}' instead. ${advice}\n`);
  }
  const unused = UNUSED.find((name) => read[name] !== undefined);
  if (unused !== undefined) throw new CliError(`the field '${unused}' of kustomizations is not built here`);
  const kustomization = read as unknown as Kustomization;
  if (Object.keys(read).every((name) => name === 'apiVersion' || name === 'kind'))
    throw new CliError('kustomization.yaml is empty');
  kustomization.kind ||= 'Kustomization';
  requireKind(kustomization, folder);
  const { resources = [], bases = [], images = [], imageTags = [] } = kustomization;
  return { ...kustomization, resources: [...resources, ...bases], images: [...images, ...imageTags] };
}

function decoded(text: string): JsonObject {
  let value: Json;
  try {
    value = yamlToJson(text);
  } catch (thrown) {
    throw new CliError(
      `invalid Kustomization: ${asError(thrown).message.replace(/^error converting YAML to JSON: /, '')}`,
    );
  }
  try {
    return decodeStruct(value, SHAPE);
  } catch (thrown) {
    throw new CliError(`invalid Kustomization: ${asError(thrown).message}`);
  }
}

function requireKind({ kind = '', apiVersion }: Kustomization, folder: Folder): void {
  const wrong: string[] = [];
  if (kind !== 'Kustomization' && kind !== COMPONENT) wrong.push('kind should be Kustomization or Component');
  const version = kind === COMPONENT ? API_VERSIONS.Component : API_VERSIONS.Kustomization;
  if (apiVersion && apiVersion !== version) wrong.push(`apiVersion for ${kind} should be ${version}`);
  if (wrong.length > 0)
    throw new CliError(`Failed to read kustomization file under ${folder.path}:\n${wrong.join('\n')}`);
}
