import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { listAt, textAt } from '../format/json';
import type { Session } from '../session';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

const names = (pod: Json, field: string): string[] =>
  listAt(pod, 'spec', field).map((container) => textAt(container, 'name'));

/** `app, side, setup (init)`. Models podcmd.AllContainerNames. */
export function allContainerNames(pod: Json): string {
  return [
    ...names(pod, 'containers'),
    ...names(pod, 'ephemeralContainers').map((name) => `${name} (ephem)`),
    ...names(pod, 'initContainers').map((name) => `${name} (init)`),
  ].join(', ');
}

/**
 * The container that is asked for, or the default one, which is then named if there are several. Throws for a
 * container that the Pod does not have. Models podcmd.FindOrDefaultContainerByName.
 */
export function chooseContainer(session: Session, pod: JsonObject, wanted: string, quiet: boolean): string {
  const containers = names(pod, 'containers');
  const all = [...containers, ...names(pod, 'initContainers'), ...names(pod, 'ephemeralContainers')];
  const podName = textAt(pod, 'metadata', 'name');
  const [first] = containers;
  if (first === undefined)
    throw new CliError(`pod ${textAt(pod, 'metadata', 'namespace')}/${podName} does not have any containers`);
  const name = wanted || textAt(pod, 'metadata', 'annotations', DEFAULT_CONTAINER);
  if (name !== '') {
    if (all.includes(name)) return name;
    throw new CliError(`container ${name} is not valid for pod ${podName} out of: ${allContainerNames(pod)}`);
  }
  if (!quiet && all.length > 1)
    session.printError(`Defaulted container "${first}" out of: ${allContainerNames(pod)}\n`);
  return first;
}
