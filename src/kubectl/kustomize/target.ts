import { CliError, asError } from '../errors';
import { goQuote } from '../format/go-text';
import type { TransformerConfig } from './field-specs';
import { readConfigurations } from './configurations';
import type { Folder } from './folder';
import { generate } from './generate';
import type { Kustomization } from './kustomization';
import { COMPONENT, readKustomization } from './kustomization';
import { MALFORMED, parseFile } from './parse';
import { ResourceList } from './resource-list';
import { transformImages } from './transformers/images';
import { labelSpecs, setEntries } from './transformers/labels';
import { transformNames } from './transformers/names';
import { transformNamespace } from './transformers/namespace';
import { readPatch, transformJsonPatch, transformPatch, transformStrategicFiles } from './transformers/patches';
import { readReplacements, transformReplacement } from './transformers/replacements';
import { transformReplicas } from './transformers/replicas';

/** What has come together of resources, and the fields that transformers change in them. */
export interface Accumulated {
  list: ResourceList;
  config: TransformerConfig;
}

type Warn = (text: string) => void;

/** A folder and its kustomization. Models target.KustTarget. */
export class Target {
  readonly kustomization: Kustomization;
  private readonly folder: Folder;
  private readonly warn: Warn;

  /** Throws where the folder has no kustomization that can be read. */
  constructor(folder: Folder, warn: Warn) {
    this.folder = folder;
    this.warn = warn;
    this.kustomization = readKustomization(folder, warn);
  }

  /** Adds what the kustomization names and makes, and changes all that has come together. */
  accumulate(into: Accumulated): void {
    const { kustomization, folder } = this;
    wrap('accumulating resources', () => this.addResources(into, kustomization.resources ?? []));
    into.config = readConfigurations(into.config, kustomization.configurations ?? [], folder);
    for (const entry of kustomization.configMapGenerator ?? [])
      into.list.absorb(generate('ConfigMap', entry, kustomization.generatorOptions, folder));
    for (const entry of kustomization.secretGenerator ?? [])
      into.list.absorb(generate('Secret', entry, kustomization.generatorOptions, folder));
    wrap('accumulating components', () => this.addComponents(into, kustomization.components ?? []));
    this.transform(into);
  }

  private addResources(into: Accumulated, paths: readonly string[]): void {
    for (const path of paths) {
      let trouble: Error;
      try {
        this.addFile(into, path);
        continue;
      } catch (thrown) {
        trouble = asError(thrown);
      }
      const prefix = `accumulation err='${trouble.message}'`;
      let below: Folder;
      try {
        below = this.folder.below(path);
      } catch (thrown) {
        throw trouble.message.includes(MALFORMED) ? trouble : new CliError(`${prefix}: ${asError(thrown).message}`);
      }
      wrap(prefix, () => this.addFolder(into, below));
    }
  }

  private addFile({ list }: Accumulated, path: string): void {
    const resources = wrap(`accumulating resources from '${path}'`, () => {
      const found = new ResourceList();
      found.appendAll(parseFile(this.folder.read(path), path));
      return found.resources;
    });
    wrap(`merging resources from '${path}'`, () => list.appendAll(resources));
  }

  private addFolder(into: Accumulated, folder: Folder): void {
    const target = wrap(`couldn't make target for path '${folder.path}'`, () => new Target(folder, this.warn));
    if (target.kustomization.kind === COMPONENT)
      throw new CliError(`expected kind != '${COMPONENT}' for path '${folder.path}'`);
    const part: Accumulated = { list: new ResourceList(), config: into.config };
    wrap(`recursed accumulation of path '${folder.path}'`, () => target.accumulate(part));
    wrap(`recursed merging from path '${folder.path}'`, () => into.list.appendAll(part.list.resources));
    into.config = part.config;
  }

  /** Components change what has come together so far. */
  private addComponents(into: Accumulated, paths: readonly string[]): void {
    for (const path of paths) {
      const below = quoted('loader.New', () => this.folder.below(path));
      quoted('accumulateDirectory:', () => {
        const target = wrap(`couldn't make target for path '${below.path}'`, () => new Target(below, this.warn));
        const { kind = '' } = target.kustomization;
        if (kind !== COMPONENT)
          throw new CliError(`expected kind '${COMPONENT}' for path '${below.path}' but got '${kind}'`);
        wrap(`recursed accumulation of path '${below.path}'`, () => target.accumulate(into));
      });
    }
  }

  /** The transformers in upstream's order. Patches are read before anything is changed. */
  private transform({ list, config }: Accumulated): void {
    const { kustomization: k, folder } = this;
    const patches = (k.patches ?? []).map((entry) => readPatch(entry, folder));
    const replacements = readReplacements(k, folder);
    transformStrategicFiles(list, k.patchesStrategicMerge ?? [], folder);
    for (const patch of patches) transformPatch(list, patch);
    if (k.namespace) transformNamespace(list, k.namespace, config.namespace);
    if (k.namePrefix) transformNames(list, k.namePrefix, 'prefixes', config.namePrefix);
    if (k.nameSuffix) transformNames(list, k.nameSuffix, 'suffixes', config.nameSuffix);
    for (const entry of k.labels ?? []) setEntries(list, entry.pairs ?? {}, labelSpecs(entry, config));
    setEntries(list, k.commonLabels ?? {}, config.commonLabels);
    setEntries(list, k.commonAnnotations ?? {}, config.commonAnnotations);
    for (const entry of k.patchesJson6902 ?? []) transformJsonPatch(list, entry, folder);
    for (const { name = '', count = 0 } of k.replicas ?? []) transformReplicas(list, name, count, config.replicas);
    for (const entry of k.images ?? []) transformImages(list, entry, config.images);
    for (const replacement of replacements) transformReplacement(list, replacement);
  }
}

/** Puts words before an error's. */
function wrap<T>(words: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw thrown instanceof CliError ? new CliError(`${words}: ${thrown.message}`) : thrown;
  }
}

/** Puts words before an error's, which are quoted. */
function quoted<T>(words: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw thrown instanceof CliError ? new CliError(`${words} ${goQuote(thrown.message)}`) : thrown;
  }
}
