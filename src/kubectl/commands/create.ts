import type { Command } from '../command';
import { bool, text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SAVE_CONFIG_FLAG, SELECTOR_FLAG, VALIDATE_FLAG, fieldManagerFlag } from '../flags/standard';
import { PRINT_FLAGS } from '../printers/output';
import { createFromFiles } from './create/files';

export const createCommand: Command = {
  name: 'create',
  usage: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  long: 'Makes objects from manifests, or from flags with one of the commands below.',
  examples: `  # From a file
  kubectl create -f job.yaml`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    RECORD_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    bool('edit', 'Edit the objects before they are made.'),
    text('raw', 'Send POST to this path.'),
    fieldManagerFlag('kubectl-create'),
  ],
  run: createFromFiles,
};
