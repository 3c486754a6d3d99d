import { firstPodOf } from '../cluster/pods';
import type { SelectOptions } from '../cluster/select';
import { select } from '../cluster/select';
import { preferredResources } from '../commands/api-resources';
import { listAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';

/** The longest that Tab waits for a Pod of a workload. */
const PATIENCE_MS = 100;

/** What is on the server, for Tab: whatever goes wrong there is nothing to offer. */
async function objectsOf(
  session: Session,
  args: string[],
  options: Partial<SelectOptions> = {},
): Promise<JsonObject[]> {
  try {
    const { namespace } = session;
    const common = { namespace, allowEmptySelector: true, flatten: true, continueOnError: true };
    const selection = await select(session, { ...common, args, ...options });
    const { infos } = await selection.infos();
    return infos.flatMap(({ object }) => (object === undefined ? [] : [object]));
  } catch {
    return [];
  }
}

/** The names of everything of a type, or of several with commas between them. */
export async function namesOf(session: Session, type: string, namespace?: string): Promise<string[]> {
  const objects = await objectsOf(session, [type], namespace === undefined ? {} : { namespace });
  return objects.map((object) => textAt(object, 'metadata', 'name'));
}

/** `services`, `deployments.apps`: every type that can be read, in the order of api-resources. */
export async function typesOf(session: Session): Promise<string[]> {
  try {
    const resources = await preferredResources(session.discovery, true);
    return resources
      .filter(({ verbs }) => verbs.includes('get'))
      .map(({ resource, group }) => (group ? `${resource}.${group}` : resource));
  } catch {
    return [];
  }
}

/** The Pod that `POD` or `TYPE/NAME` comes to. Models convertResourceNameToPodName. */
async function podOf(session: Session, name: string): Promise<JsonObject | undefined> {
  const [object] = await objectsOf(session, [name], { nameType: 'pods' });
  if (object === undefined || textAt(object, 'kind') === 'Pod') return object;
  try {
    return (await firstPodOf(session, object, '', PATIENCE_MS)).pod;
  } catch {
    return undefined;
  }
}

/** The containers of what is named, those that initialise first. */
export async function containersOf(session: Session, name: string): Promise<string[]> {
  const pod = await podOf(session, name);
  return ['initContainers', 'containers'].flatMap((list) =>
    listAt(pod ?? null, 'spec', list).map((container) => textAt(container, 'name')),
  );
}

/** `8080:80`: a port of this machine and one of what is named, as far as the first is not typed. */
export async function portsOf(session: Session, name: string, typed: string): Promise<string[]> {
  const [type = '', service = ''] = name.includes('/') ? name.split('/') : ['pod'];
  const isService = ['service', 'services', 'svc'].includes(type);
  const object = isService ? (await objectsOf(session, ['services', service]))[0] : await podOf(session, name);
  const lists = isService ? [object ?? null] : listAt(object ?? null, 'spec', 'containers');
  const ports = lists.flatMap((one) =>
    (isService ? listAt(one, 'spec', 'ports') : listAt(one, 'ports')).map((port) =>
      textOf(port, isService ? 'port' : 'containerPort'),
    ),
  );
  return ports.map((port) => `${typed === '' ? port : typed.split(':')[0]}:${port}`);
}

const textOf = (object: unknown, field: string): string => String((object as Record<string, unknown>)[field]);
