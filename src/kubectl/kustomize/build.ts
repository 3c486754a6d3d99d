import { CliError } from '../errors';
import { textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { KubectlIo } from '../io';
import { toYaml } from '../printers/yaml';
import { DEFAULT_CONFIG } from './field-specs';
import { Folder } from './folder';
import { sortResources } from './order';
import { tidyAnnotations } from './parse';
import { ResourceList } from './resource-list';
import { Target } from './target';
import type { Accumulated } from './target';
import { setEntries } from './transformers/labels';
import { transformHashes } from './transformers/names';
import { transformNameReferences } from './transformers/name-references';

const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'kustomize-v5.8.1' };
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';

/**
 * The objects of a folder with a kustomization, in the order in which kubectl applies them. Warnings go to stderr. Throws
 * in kustomize's words. Models krusty.Kustomizer.Run.
 */
export async function buildKustomization(io: KubectlIo, name: string): Promise<JsonObject[]> {
  const target = new Target(Folder.open(io, name), (text) => io.stderr(text));
  const all: Accumulated = { list: new ResourceList(), config: DEFAULT_CONFIG };
  target.accumulate(all);
  const { list, config } = all;
  await transformHashes(list);
  transformNameReferences(list, config.nameReference);
  list.resources = list.resources.filter(({ object }) => !isLocal(object));
  list.resources = sortResources(list.resources, target.kustomization.sortOptions);
  addMetadata(list, target.kustomization.buildMetadata ?? []);
  return list.resources.map(({ object }) => {
    tidyAnnotations(object);
    return object;
  });
}

/** Objects that are only there for the build. */
function isLocal(object: JsonObject): boolean {
  const value = textAt(object, 'metadata', 'annotations', LOCAL_CONFIG);
  return value !== '' && value !== 'false';
}

function addMetadata(list: ResourceList, wanted: readonly string[]): void {
  for (const one of wanted) {
    if (one === 'managedByLabel') setEntries(list, MANAGED_BY, [{ path: 'metadata/labels', create: true }]);
    else throw new CliError(`the option '${one}' of buildMetadata is not known here`);
  }
}

/** The objects as `kubectl kustomize` prints them. */
export function kustomizationYaml(objects: readonly JsonObject[]): string {
  return objects.map(toYaml).join('---\n');
}
