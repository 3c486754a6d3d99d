import type { Command } from '../command';
import { usageError } from '../errors';
import { compareBytes } from '../format/json';

export const apiVersionsCommand: Command = {
  name: 'api-versions',
  usage: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  long: 'Lists every group and version this cluster serves.',
  examples: `  # Whether Jobs are served, and in which version
  kubectl api-versions | grep batch`,
  run: async (session) => {
    if (session.args.length > 0)
      throw usageError(session.commandPath, `unexpected arguments: [${session.args.join(' ')}]`);
    const { groupVersions } = await session.discovery.discovered(true);
    for (const version of [...groupVersions].sort(compareBytes)) session.print(`${version}\n`);
  },
};
