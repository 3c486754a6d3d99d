import { select } from '../cluster/select';
import type { Command } from '../command';
import { CliError } from '../errors';
import { bool } from '../flags/flags';
import { FILENAME_FLAGS, SAVE_CONFIG_FLAG, SUBRESOURCE_FLAG, VALIDATE_FLAG, fieldManagerFlag } from '../flags/standard';
import { PRINT_FLAGS } from '../printers/output';

export const editCommand: Command = {
  name: 'edit',
  completes: 'resources',
  usage: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  long: 'Opens an object in an editor. The terminal here has none: use the editor of the page, kubectl patch or kubectl apply.',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    VALIDATE_FLAG,
    bool('output-patch', 'Print the patch.'),
    bool('windows-line-endings', 'Use the line endings of Windows.'),
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-edit'),
    SUBRESOURCE_FLAG,
  ],
  run: async (session) => {
    const { flags } = session;
    const selection = await select(session, {
      namespace: session.namespace,
      enforceNamespace: session.explicitNamespace,
      filenames: flags.list('filename'),
      recursive: flags.bool('recursive'),
      args: session.args,
      allowEmptySelector: true,
      continueOnError: true,
      latest: true,
      flatten: true,
    });
    const { infos, error } = await selection.infos();
    if (error) throw error;
    if (infos.length === 0) throw new CliError('edit cancelled, no objects found');
    throw new CliError('unable to launch the editor "vi"');
  },
};
