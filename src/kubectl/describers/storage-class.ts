import type { Json } from '../../api/objects';
import { at, listAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { boolText, labelsLine, valueText } from './description';

const DEFAULT_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** Models pkg/describe StorageClassDescriber. */
export const describeStorageClass = describerWithEvents((description, storage) => {
  description.heading(storage, false);
  const isDefault = DEFAULT_ANNOTATIONS.some((name) => textAt(storage, 'metadata', 'annotations', name) === 'true');
  description.field('IsDefaultClass', isDefault ? 'Yes' : 'No');
  description.field('Annotations', labelsLine(at(storage, 'metadata', 'annotations')));
  description.field('Provisioner', textAt(storage, 'provisioner'));
  description.field('Parameters', labelsLine(at(storage, 'parameters')));
  description.field('AllowVolumeExpansion', boolText(at(storage, 'allowVolumeExpansion')));
  const options = listAt(storage, 'mountOptions');
  description.line(0, options.length === 0 ? 'MountOptions:\t<none>' : 'MountOptions:');
  for (const option of options) description.line(1, valueText(option));
  for (const [title, field] of [
    ['ReclaimPolicy', 'reclaimPolicy'],
    ['VolumeBindingMode', 'volumeBindingMode'],
  ] as const) {
    const value = textAt(storage, field);
    if (value) description.field(title, value);
  }
  if (at(storage, 'allowedTopologies') !== undefined) writeTopologies(description, storage);
});

function writeTopologies(description: Description, storage: JsonObject): void {
  const terms = listAt(storage, 'allowedTopologies');
  description.field('AllowedTopologies', terms.length === 0 ? '<none>' : '');
  terms.forEach((term, index) => {
    const requirements = listAt(term, 'matchLabelExpressions').map(requirementText);
    if (requirements.length === 0) description.field(`Term ${index}`, '<none>', 1);
    requirements.forEach((text, position) =>
      description.line(1, position === 0 ? `Term ${index}:\t${text}` : `\t${text}`),
    );
  });
}

function requirementText(requirement: Json): string {
  const values = listAt(requirement, 'values').map((value) => valueText(value));
  return `${textAt(requirement, 'key')} in${values.length > 0 ? ` [${values.join(', ')}]` : ''}`;
}
