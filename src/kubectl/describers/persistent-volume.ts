import { at, isObject, listAt, objectAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { goList } from '../format/go-text';
import { sinceText } from '../printers/human';
import { accessModesText, storageClassOf } from './claim';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { valueText } from './description';
import { writeVolumeSource } from './volumes';

/** Models pkg/describe PersistentVolumeDescriber. */
export const describePersistentVolume = describerWithEvents((description, volume, session) => {
  description.heading(volume, false);
  description.labelsAndAnnotations(volume);
  description.field('Finalizers', goList(listAt(volume, 'metadata', 'finalizers').map((one) => valueText(one))));
  description.field('StorageClass', storageClassOf(volume));
  const deleted = textAt(volume, 'metadata', 'deletionTimestamp');
  const phase = textAt(volume, 'status', 'phase');
  description.field('Status', deleted ? `Terminating (lasts ${sinceText(deleted, session.io.nowMs())})` : phase);
  const claim = objectAt(volume, 'spec', 'claimRef');
  description.field('Claim', claim ? `${textAt(claim, 'namespace')}/${textAt(claim, 'name')}` : '');
  description.field('Reclaim Policy', textAt(volume, 'spec', 'persistentVolumeReclaimPolicy'));
  description.field('Access Modes', accessModesText(listAt(volume, 'spec', 'accessModes')));
  const mode = textAt(volume, 'spec', 'volumeMode');
  if (mode) description.field('VolumeMode', mode);
  description.field('Capacity', valueText(at(volume, 'spec', 'capacity', 'storage'), '0'));
  writeAffinity(description, volume);
  description.field('Message', textAt(volume, 'status', 'message'));
  description.line(0, 'Source:');
  const spec = at(volume, 'spec');
  const { claimRef: _claim, nodeAffinity: _affinity, capacity: _capacity, ...sources } = isObject(spec) ? spec : {};
  writeVolumeSource(description, sources);
});

function writeAffinity(description: Description, volume: JsonObject): void {
  const required = objectAt(volume, 'spec', 'nodeAffinity', 'required');
  if (!required) {
    description.field('Node Affinity', '<none>');
    return;
  }
  description.field('Node Affinity', '');
  const terms = listAt(required, 'nodeSelectorTerms');
  description.field('Required Terms', terms.length === 0 ? '<none>' : '', 1);
  terms.forEach((term, index) => {
    const expressions = listAt(term, 'matchExpressions').map((one) => {
      const values = listAt(one, 'values').map((value) => valueText(value));
      const shown = values.length > 0 ? ` [${values.join(', ')}]` : '';
      return `${textAt(one, 'key')} ${textAt(one, 'operator').toLowerCase()}${shown}`;
    });
    if (expressions.length === 0) description.field(`Term ${index}`, '<none>', 2);
    expressions.forEach((text, position) =>
      description.line(2, position === 0 ? `Term ${index}:\t${text}` : `\t${text}`),
    );
  });
}
