import type { PodTemplate, ReplicationController, StoredPodTemplate } from '../../../api/objects';
import { fill, within } from './fill';
import { defaultTemplate } from './workloads';

type Spec = ReplicationController['spec'];
const isEmpty = (labels: object | undefined): boolean => Object.keys(labels ?? {}).length === 0;
const templateOf = (template: NonNullable<Spec['template']>): Spec['template'] =>
  defaultTemplate(template as PodTemplate) as Spec['template'];

/** Models SetDefaults_ReplicationController: who names no labels and no selector takes those of the template. */
export function defaultReplicationController(controller: ReplicationController): ReplicationController {
  const labels = controller.spec?.template?.metadata?.labels;
  const spec = within(controller, 'spec', (current) => {
    const counted = within(fill(current, { replicas: 1 }), 'template', templateOf);
    return labels && isEmpty(counted.selector) ? { ...counted, selector: labels } : counted;
  });
  if (!labels || !isEmpty(spec.metadata.labels)) return spec;
  return { ...spec, metadata: { ...spec.metadata, labels } };
}

export function defaultPodTemplate(object: StoredPodTemplate): StoredPodTemplate {
  return within(object, 'template', (template) => templateOf(template) as StoredPodTemplate['template']);
}
