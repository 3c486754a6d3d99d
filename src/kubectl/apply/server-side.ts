import type { Info } from '../cluster/info';
import { refreshInfo } from '../cluster/info';
import { patchObject } from '../cluster/writes';
import { CliError, ServerError, isConflict } from '../errors';
import type { Json } from '../../api/objects';
import { at, isObject, listAt, textAt } from '../format/json';
import type { DryRun, Session } from '../session';
import { LAST_APPLIED } from './last-applied';

export interface ServerSideOptions {
  fieldManager: string;
  fieldValidation: string;
  dryRun: DryRun;
  /** Take over what others own. */
  force: boolean;
}

const ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** Sends the manifest as it is and lets the server merge it. Changes `info` to the answer. */
export async function applyServerSide(session: Session, info: Info, options: ServerSideOptions): Promise<void> {
  try {
    refreshInfo(info, await patchObject(session.rest, info, 'apply', info.object ?? {}, options));
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 415) {
      throw new CliError(`Server-side apply not available on the server: (${thrown.message})`);
    }
    if (isConflict(thrown)) throw new CliError(`${thrown.message}\n${ADVICE}`);
    throw thrown;
  }
  await keepLastApplied(session, info, options);
  if (at(info.object, 'metadata', 'deletionTimestamp') !== undefined) {
    session.printError(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
  }
}

/** An annotation that client-side apply left behind gets an owner of its own, so that it goes on being kept. */
async function keepLastApplied(session: Session, info: Info, options: ServerSideOptions): Promise<void> {
  const annotation = textAt(info.object, 'metadata', 'annotations', LAST_APPLIED);
  if (options.fieldManager !== 'kubectl' || annotation === '' || ownedByApply(info.object)) return;
  const body = {
    apiVersion: textAt(info.object, 'apiVersion'),
    kind: textAt(info.object, 'kind'),
    metadata: {
      name: info.name,
      ...(info.namespace ? { namespace: info.namespace } : {}),
      annotations: { [LAST_APPLIED]: annotation },
    },
  };
  try {
    const manager = { ...options, fieldManager: 'kubectl-last-applied' };
    refreshInfo(info, await patchObject(session.rest, info, 'apply', body, { ...manager, force: false }));
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    session.printError(
      `Warning: failed to migrate ${LAST_APPLIED} for Server-Side Apply. This is non-fatal and will be retried next time you apply. Error: ${words}\n`,
    );
  }
}

function ownedByApply(object: Json | undefined): boolean {
  return listAt(object, 'metadata', 'managedFields').some(
    (entry) =>
      textAt(entry, 'operation') === 'Apply' &&
      isObject(at(entry, 'fieldsV1', 'f:metadata', 'f:annotations', `f:${LAST_APPLIED}`)),
  );
}
