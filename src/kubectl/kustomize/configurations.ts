import { CliError, asError } from '../errors';
import type { JsonObject } from '../format/json';
import { yamlToJson } from '../manifest/yaml';
import { decodeStruct, list, struct } from './decode';
import type { FieldSpec, NameReference, TransformerConfig } from './field-specs';
import type { Folder } from './folder';
import { sameKind } from './identity';
import { mergeSpecs } from './transformers/labels';

const SPEC = struct('FieldSpec', {
  group: 'string',
  version: 'string',
  kind: 'string',
  path: 'string',
  create: 'bool',
});
const SPECS = list(SPEC);
const LISTS = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'templateLabels',
  'labels',
  'commonAnnotations',
  'images',
  'replicas',
] as const;

const SHAPE = struct('TransformerConfig', {
  ...Object.fromEntries(LISTS.map((name) => [name, SPECS] as const)),
  varReference: SPECS,
  nameReference: list(
    struct('NameBackReferences', { group: 'string', version: 'string', kind: 'string', fieldSpecs: SPECS }),
  ),
});

/** The fields that transformers change, with those of the files that a kustomization names beside. */
export function readConfigurations(
  config: TransformerConfig,
  paths: readonly string[],
  folder: Folder,
): TransformerConfig {
  return paths.reduce((known, path) => {
    let read: JsonObject;
    try {
      read = decodeStruct(yamlToJson(folder.read(path)), SHAPE);
    } catch (thrown) {
      throw new CliError(`accumulating transformer configuration from '${path}': ${asError(thrown).message}`);
    }
    return merged(known, read as unknown as Partial<TransformerConfig>);
  }, config);
}

function merged(known: TransformerConfig, more: Partial<TransformerConfig>): TransformerConfig {
  const lists = LISTS.map((name): [string, FieldSpec[]] => [name, mergeSpecs(known[name], more[name] ?? [])]);
  return {
    ...known,
    ...Object.fromEntries(lists),
    nameReference: (more.nameReference ?? []).reduce(withReference, known.nameReference),
  };
}

function withReference(known: NameReference[], more: NameReference): NameReference[] {
  const gvk = (one: NameReference): Required<Pick<NameReference, 'group' | 'version' | 'kind'>> => ({
    group: one.group ?? '',
    version: one.version ?? '',
    kind: one.kind ?? '',
  });
  const same = known.find((one) => sameKind(gvk(one), gvk(more)));
  if (!same) return [...known, more];
  const fieldSpecs = mergeSpecs(same.fieldSpecs, more.fieldSpecs);
  return known.map((one) => (one === same ? { ...one, fieldSpecs } : one));
}
