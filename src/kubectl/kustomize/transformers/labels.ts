import { CliError } from '../../errors';
import { isObject } from '../../format/json';
import { changeField } from '../field-path';
import type { FieldSpec, TransformerConfig } from '../field-specs';
import { sortedTexts } from '../generate';
import { isSelected } from '../identity';
import type { LabelEntry } from '../kustomization';
import type { ResourceList } from '../resource-list';

/** Sets entries of the maps that the specs name: labels, selectors or annotations. Models filters/labels. */
export function setEntries(list: ResourceList, entries: Record<string, string>, specs: readonly FieldSpec[]): void {
  for (const { object } of list.resources)
    for (const [key, text] of sortedTexts(entries))
      for (const spec of specs) changeField(object, spec, (map) => (isObject(map) ? { ...map, [key]: text } : map), {});
}

/** The fields of an entry of `labels`: the metadata at least, templates and selectors where it says so. */
export function labelSpecs(entry: LabelEntry, config: TransformerConfig): FieldSpec[] {
  const specs = mergeSpecs(entry.fields ?? [], config.labels);
  if (entry.includeSelectors) return mergeSpecs(specs, config.commonLabels);
  const templates = entry.includeTemplates ? mergeSpecs(specs, config.templateLabels) : specs;
  return mergeSpecs(templates, [{ path: 'metadata/labels', create: true }]);
}

/** Adds the specs that are not there in effect. Throws where one is made only in one of the lists. */
export function mergeSpecs(specs: readonly FieldSpec[], more: readonly FieldSpec[]): FieldSpec[] {
  const merged = [...specs];
  for (const spec of more) {
    const known = merged.find((one) => one.path === spec.path && isSelected(one, spec));
    if (!known) merged.push(spec);
    else if ((known.create ?? false) !== (spec.create ?? false))
      throw new CliError('failed to merge labels: conflicting fieldspecs');
  }
  return merged;
}
