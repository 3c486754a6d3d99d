import type { Json } from '../../api/objects';
import { CliError } from '../errors';
import { textAt } from '../format/json';
import type { Deadline } from './deadline';
import type { Waiting } from './follow';
import { followObject } from './follow';
import type { Info } from './info';
import { objectName } from './info';

interface Target {
  info: Info;
  /** The object that is to go; another one of the same name does not count. Empty for any. */
  uid: string;
}

/** Waits until objects are gone. Throws when time runs out. Models pkg/cmd/wait IsDeleted. */
export async function waitForDeletion(context: Waiting, targets: readonly Target[], deadline: Deadline): Promise<void> {
  for (const { info, uid } of targets) {
    const isGone = (present: Json | undefined): boolean =>
      present === undefined || (uid !== '' && textAt(present, 'metadata', 'uid') !== uid);
    const outcome = await followObject(context, info, deadline, isGone);
    if (outcome === 'timeout') throw new CliError(`timed out waiting for the condition on ${objectName(info)}`);
  }
}
