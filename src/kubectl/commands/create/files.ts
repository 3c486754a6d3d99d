import { hasLastApplied, withLastApplied } from '../../apply/last-applied';
import { refreshInfo } from '../../cluster/info';
import { manifestOptions, namesManifests } from '../../cluster/manifest-sources';
import { sendRaw } from '../../cluster/raw';
import { select } from '../../cluster/select';
import { createObject } from '../../cluster/writes';
import { CliError, usageError, withSource } from '../../errors';
import { printerFor } from '../../printers/output';
import type { Session } from '../../session';
import { withDryRun } from '../../session';

/** `create -f`: makes every object of the manifests, going on after an error. Models pkg/cmd/create RunCreate. */
export async function createFromFiles(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw usageError(session.commandPath, `Unexpected args: [${args.join(' ')}]`);
  if (!namesManifests(session)) {
    throw new CliError('must specify one of -f and -k');
  }
  if (flags.text('raw') !== '') return sendRaw(session, 'POST', flags.text('raw'));
  const dryRun = session.dryRun();
  const fieldValidation = session.fieldValidation();
  const printer = printerFor(flags, session.io, withDryRun('created', dryRun));
  const selection = await select(session, {
    ...manifestOptions(session),
    labelSelector: flags.text('selector'),
    validate: fieldValidation !== 'Ignore',
    continueOnError: true,
    flatten: true,
  });
  let count = 0;
  await selection.visit(async (info) => {
    let object = info.object ?? {};
    if (flags.bool('save-config') || hasLastApplied(object)) object = withLastApplied(object);
    info.object = object;
    if (dryRun !== 'client') {
      const options = { fieldManager: flags.text('field-manager'), fieldValidation, dryRun };
      try {
        refreshInfo(info, await createObject(session.rest, info, object, options));
      } catch (thrown) {
        throw withSource('creating', info.source, thrown);
      }
    }
    count++;
    printer.print(info.object, session.out);
  });
  if (count === 0) throw new CliError('no objects passed to create');
}
