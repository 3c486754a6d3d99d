import type { Json } from '../../api/objects';
import type { JsonObject } from '../format/json';
import { at, listAt, objectAt, stringMapAt, textAt } from '../format/json';
import { goList } from '../format/go-text';
import { sinceText } from '../printers/human';
import type { Description } from './description';
import { valueText } from './description';

const SHORT_MODES: [string, string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX`. Models GetAccessModesAsString. */
export function accessModesText(modes: Json[]): string {
  return SHORT_MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** The storage class of a claim or a volume, an old annotation first. */
export function storageClassOf(object: Json | undefined): string {
  return textAt(object, 'metadata', 'annotations', CLASS_ANNOTATION) || textAt(object, 'spec', 'storageClassName');
}

/** A claim, or with `full` false the template of one inside a Pod. Models printPersistentVolumeClaim. */
export function writeClaim(
  description: Description,
  claim: JsonObject,
  full: boolean,
  level: number,
  nowMs: number,
): void {
  if (full) description.heading(claim, true);
  description.field('StorageClass', storageClassOf(claim), level);
  if (full) {
    const deleted = textAt(claim, 'metadata', 'deletionTimestamp');
    description.field(
      'Status',
      deleted ? `Terminating (lasts ${sinceText(deleted, nowMs)})` : textAt(claim, 'status', 'phase'),
    );
  }
  description.field('Volume', textAt(claim, 'spec', 'volumeName'), level);
  const indent = '  '.repeat(level);
  description.labels('Labels', at(claim, 'metadata', 'labels'), indent);
  if (level === 0) description.annotations('Annotations', at(claim, 'metadata', 'annotations'));
  else description.labels('Annotations', Object.fromEntries(stringMapAt(claim, 'metadata', 'annotations')), indent);
  if (full)
    description.field('Finalizers', goList(listAt(claim, 'metadata', 'finalizers').map((one) => valueText(one))));
  const bound = textAt(claim, 'spec', 'volumeName') !== '';
  const capacity = bound ? valueText(at(claim, 'status', 'capacity', 'storage'), '0') : '';
  description.field('Capacity', capacity, level);
  description.field('Access Modes', bound ? accessModesText(listAt(claim, 'status', 'accessModes')) : '', level);
  const mode = at(claim, 'spec', 'volumeMode');
  if (mode !== undefined && mode !== null) description.field('VolumeMode', valueText(mode), level);
  const source = objectAt(claim, 'spec', 'dataSource');
  if (!source) return;
  description.line(level, 'DataSource:');
  if (source['apiGroup']) description.field('APIGroup', textAt(source, 'apiGroup'), level + 1);
  description.field('Kind', textAt(source, 'kind'), level + 1);
  description.field('Name', textAt(source, 'name'), level + 1);
}
