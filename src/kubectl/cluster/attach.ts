import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { textAt } from '../format/json';
import type { Session } from '../session';
import { firstPodOf } from './pods';
import { select } from './select';

/** The Pod that `POD`, `TYPE/NAME` or a file names: itself, or the one with the most to say of a workload. */
export async function attachablePod(
  session: Session,
  names: readonly string[],
  filenames: readonly string[] = [],
): Promise<JsonObject> {
  const selection = await select(session, {
    namespace: session.namespace,
    enforceNamespace: session.explicitNamespace,
    filenames: [...filenames],
    nameType: 'pods',
    args: [...names],
    latest: filenames.length > 0,
  });
  const { infos, error } = await selection.infos();
  if (error) throw error;
  const object = infos[0]?.object;
  if (infos.length !== 1 || !object) throw new CliError('cannot exec into multiple objects at a time');
  if (textAt(object, 'kind') === 'Pod') return object;
  const timeout = session.flags.duration('pod-running-timeout');
  return (await firstPodOf(session, object, 'cannot attach to', timeout)).pod;
}
