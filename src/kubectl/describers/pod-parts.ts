import type { Json } from '../../api/objects';
import { labelSelectorText } from '../cluster/pods';
import { at, listAt, numberAt, objectAt, textAt } from '../format/json';
import { goSort } from '../printers/sort';
import { writeContainers } from './containers';
import type { Description } from './description';
import { writeVolumes } from './volumes';

/** `Key=value:Effect op=Exists for 300s`, sorted by key. Models printTolerationsMultilineWithIndent. */
export function writeTolerations(description: Description, title: string, tolerations: Json[], indent = ''): void {
  const sorted = [...tolerations];
  goSort(sorted, (left, right) => textAt(left, 'key') < textAt(right, 'key'));
  if (sorted.length === 0) description.line(0, `${indent}${title}:\t<none>`);
  sorted.forEach((toleration, index) => {
    const start = index === 0 ? `${indent}${title}:\t` : `${indent}\t`;
    description.line(0, start + tolerationText(toleration));
  });
}

function tolerationText(toleration: Json): string {
  const key = textAt(toleration, 'key');
  const value = textAt(toleration, 'value');
  const effect = textAt(toleration, 'effect');
  let text = key + (value ? `=${value}` : '') + (effect ? `:${effect}` : '');
  if (textAt(toleration, 'operator') === 'Exists' && !value) text += key || effect ? ' op=Exists' : 'op=Exists';
  const seconds = numberAt(toleration, 'tolerationSeconds');
  return seconds === undefined ? text : `${text} for ${seconds}s`;
}

export function writeSpreadConstraints(description: Description, constraints: Json[], space: string): void {
  const sorted = [...constraints];
  goSort(sorted, (left, right) => textAt(left, 'topologyKey') < textAt(right, 'topologyKey'));
  sorted.forEach((constraint, index) => {
    const start = index === 0 ? `${space}Topology Spread Constraints:\t` : `${space}\t`;
    const selector = objectAt(constraint, 'labelSelector');
    const chosen = selector ? ` for selector ${formatSelector(selector)}` : '';
    const skew = numberAt(constraint, 'maxSkew') ?? 0;
    description.line(
      0,
      `${start}${textAt(constraint, 'topologyKey')}:${textAt(constraint, 'whenUnsatisfiable')} when max skew ${skew} is exceeded${chosen}`,
    );
  });
}

/** A label selector as text; `<none>` for one that selects everything. Models metav1.FormatLabelSelector. */
export function formatSelector(selector: Json | undefined): string {
  return labelSelectorText(selector) || '<none>';
}

/** `Kind/name` of the owner that controls an object; empty without one. */
export function controllerText(object: Json | undefined): string {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((one) => at(one, 'controller') === true);
  return owner === undefined ? '' : `${textAt(owner, 'kind')}/${textAt(owner, 'name')}`;
}

/** Models DescribePodTemplate. */
export function writePodTemplate(description: Description, template: Json | undefined): void {
  description.line(0, 'Pod Template:');
  if (template === undefined || template === null) {
    description.write(1, '<unset>');
    return;
  }
  description.labels('  Labels', at(template, 'metadata', 'labels'));
  if (Object.keys(objectAt(template, 'metadata', 'annotations') ?? {}).length > 0) {
    description.annotations('  Annotations', at(template, 'metadata', 'annotations'));
  }
  const account = textAt(template, 'spec', 'serviceAccountName');
  if (account) description.field('Service Account', account, 1);
  const initial = listAt(template, 'spec', 'initContainers');
  if (initial.length > 0) writeContainers(description, 'Init Containers', initial, undefined, undefined, '  ');
  writeContainers(description, 'Containers', listAt(template, 'spec', 'containers'), undefined, undefined, '  ');
  writeVolumes(description, listAt(template, 'spec', 'volumes'), '  ');
  writeSpreadConstraints(description, listAt(template, 'spec', 'topologySpreadConstraints'), '  ');
  const priority = textAt(template, 'spec', 'priorityClassName');
  if (priority) description.field('Priority Class Name', priority, 1);
  description.labels('  Node-Selectors', at(template, 'spec', 'nodeSelector'));
  writeTolerations(description, '  Tolerations', listAt(template, 'spec', 'tolerations'));
}
