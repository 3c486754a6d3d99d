import type { Ref } from '../../scene/ref';
import type { Subject } from '../inspector/subjects';

const ON_STAGE: ReadonlySet<string> = new Set<Ref['resource']>([
  'pods',
  'nodes',
  'services',
  'persistentvolumeclaims',
  'persistentvolumes',
  'components',
]);

/** The thing on the stage that a subject is; `undefined` for what is not drawn there, such as a ConfigMap. */
export function refOf(subject: Subject | undefined): Ref | undefined {
  return subject && isOnStage(subject) ? subject : undefined;
}

function isOnStage(subject: Subject): subject is Ref {
  return ON_STAGE.has(subject.resource);
}
