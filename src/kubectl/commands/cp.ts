import type { Command } from '../command';
import { CliError } from '../errors';
import { bool, int, text } from '../flags/flags';

export const cpCommand: Command = {
  name: 'cp',
  usage: 'cp <file-spec-src> <file-spec-dest>',
  short: 'Copy files and directories to and from containers',
  flags: [
    text('container', 'The container.', { short: 'c' }),
    bool('no-preserve', 'Do not keep owners and permissions.'),
    int('retries', 'How often to try again.'),
  ],
  run: async ({ args }) => {
    if (args.length !== 2) throw new CliError('source and destination are required');
    const [source, target] = args.map(fileSpec);
    if (source?.pod && target?.pod) throw new CliError('one of src or dest must be a local file specification');
    if (!source?.file || !target?.file) throw new CliError('filepath can not be empty');
    if (!source.pod && !target.pod) throw new CliError('one of src or dest must be a remote file specification');
    throw new CliError('unable to upgrade connection: this cluster opens no streams into containers');
  },
};

/** `[[namespace/]pod:]file`. */
function fileSpec(text: string): { pod: string; file: string } {
  const colon = text.indexOf(':');
  if (colon === 0) throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  if (colon < 0) return { pod: '', file: text };
  const pod = text.slice(0, colon);
  if (pod.split('/').length > 2)
    throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  return { pod, file: text.slice(colon + 1) };
}
