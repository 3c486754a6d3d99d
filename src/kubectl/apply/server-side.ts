import type { Info } from '../cluster/info';
import { refreshInfo } from '../cluster/info';
import { patchObject } from '../cluster/writes';
import { CliError, ServerError, isConflict } from '../errors';
import type { Json } from '../../api/objects';
import { at, textAt } from '../format/json';
import type { DryRun, Session } from '../session';
import { LAST_APPLIED } from './last-applied';
import { annotationOwners, migrateToServerSide } from './migrate';

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
  const manifest = info.object ?? {};
  try {
    refreshInfo(info, await patchObject(session.rest, info, 'apply', manifest, options));
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 415) {
      throw new CliError(`Server-side apply not available on the server: (${thrown.message})`);
    }
    if (isConflict(thrown)) throw new CliError(`${thrown.message}\n${ADVICE}`);
    throw thrown;
  }
  await migrate(session, info, manifest, options);
  if (at(info.object, 'metadata', 'deletionTimestamp') !== undefined) {
    session.printError(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
  }
}

/** What client-side apply has left behind is taken over. That it fails is told, and tried again next time. */
async function migrate(session: Session, info: Info, manifest: Json, options: ServerSideOptions): Promise<void> {
  const warn = (what: string, thrown: unknown): void => {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    session.printError(
      `Warning: ${what}. This is non-fatal and will be retried next time you apply. Error: ${words}\n`,
    );
  };
  try {
    await keepLastApplied(session, info, options);
  } catch (thrown) {
    return warn(`failed to migrate ${LAST_APPLIED} for Server-Side Apply`, thrown);
  }
  let migrated: boolean;
  try {
    migrated = await migrateToServerSide(session, info, options);
  } catch (thrown) {
    return warn('server rejected managed fields migration to Server-Side Apply', thrown);
  }
  if (!migrated) return;
  try {
    refreshInfo(info, await patchObject(session.rest, info, 'apply', manifest, options));
  } catch (thrown) {
    warn('failed to re-apply configuration after performing Server-Side Apply migration', thrown);
  }
}

/** An annotation that client-side apply left behind gets an owner of its own, so that it goes on being kept. */
async function keepLastApplied(session: Session, info: Info, options: ServerSideOptions): Promise<void> {
  const annotation = textAt(info.object, 'metadata', 'annotations', LAST_APPLIED);
  if (options.fieldManager !== 'kubectl' || annotation === '') return;
  if (annotationOwners(info.object, 'Apply').length > 0) return;
  const body = {
    apiVersion: textAt(info.object, 'apiVersion'),
    kind: textAt(info.object, 'kind'),
    metadata: {
      name: info.name,
      ...(info.namespace ? { namespace: info.namespace } : {}),
      annotations: { [LAST_APPLIED]: annotation },
    },
  };
  const { dryRun } = options;
  const kept = { fieldManager: 'kubectl-last-applied', dryRun };
  refreshInfo(info, await patchObject(session.rest, info, 'apply', body, kept));
}
